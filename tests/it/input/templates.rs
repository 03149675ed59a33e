//! Tests of names in instructions, and of instructions that were there before names meant something.

use super::{pointers, said, started};
use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::Subject;
use migration::{Migrator, MigratorTrait};
use reqwest::StatusCode;
use runboard::domain::agent::AgentSettings;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;

on_both!(
    names_stand_for_what_a_run_is_given,
    an_input_without_a_name_comes_after_the_task,
    braces_from_before_keep_their_meaning,
    runs_from_before_were_given_nothing,
);

async fn names_stand_for_what_a_run_is_given(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let settings = json!({
        "name": "Support", "model": "demo/quick", "system_instructions": "You help {{customer}}.",
        "task_instructions": "Since {{ since }}: {{input}}\nAnswer {{customer}}.",
    });
    let agent = app.agent_with(settings).await;
    let (_, shown) = app.get(&format!("/api/agents/{agent}")).await;
    assert_eq!((&shown["variables"], &shown["templates"]), (&json!(["customer", "since"]), &json!(true)));

    let given = json!({"input": "{{since}} <b>", "variables": {"customer": "Ada & Co", "since": "noon", "spare": "x"}});
    let run = started(&app, agent, given).await;
    assert_eq!(said(&app, &run).await, ["You help Ada & Co.", "Since noon: {{since}} <b>\nAnswer Ada & Co."]);
    assert_eq!(run["variables"]["spare"], "x", "what no name stands for is kept");

    let at = format!("/api/agents/{agent}/task");
    let missing = app.post(&at, json!({"variables": {"since": "noon"}})).await;
    assert!(problem(&missing, 422).contains("the agent's instructions hold {{customer}}"), "{missing:?}");
    assert_eq!(pointers(&missing), ["/variables/customer", "/input"]);
    assert_eq!(pointers(&app.poke(&at).await), ["/variables/customer", "/variables/since", "/input"]);
}

#[tokio::test]
async fn what_is_no_name_is_refused_when_it_is_saved() {
    let app = TestApp::start().await;
    let with = |task: &str| json!({"name": "A", "model": "demo/quick", "task_instructions": task});
    for task in ["{{ a | upper }}", "{{a.b}}", "{{", "{{}}", "{{ 1 + 1 }}"] {
        let answer = app.post("/api/agents", with(task)).await;
        assert!(problem(&answer, 422).contains("Turn templates off"), "{answer:?}");
        assert_eq!(pointers(&answer), ["/task_instructions"]);
    }
    let mut off = with("{{ a | upper }}");
    off["templates"] = json!(false);
    let agent = app.agent_with(off).await;
    assert_eq!(app.get(&format!("/api/agents/{agent}")).await.1["variables"], json!([]));
    let run = started(&app, agent, json!({"input": "x"})).await;
    assert_eq!(said(&app, &run).await, ["{{ a | upper }}\n\nx"]);

    let mut daily = with("Sum up {{input}}.");
    daily["schedule"] = json!("@daily");
    let answer = app.post("/api/agents", daily).await;
    assert!(problem(&answer, 422).contains("a schedule has no value for it"), "{answer:?}");
    assert_eq!(pointers(&answer), ["/schedule"]);
    // Blocks and comments of other languages are text.
    let agent = app.agent_with(with("{% if x %}{# y #}")).await;
    assert_eq!(said(&app, &app.task_is(agent, "success").await).await, ["{% if x %}{# y #}"]);
}

async fn an_input_without_a_name_comes_after_the_task(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let settings = json!({"name": "A", "model": "demo/quick", "task_instructions": "Triage this.\n", "tags": ["eu"]});
    let agent = app.agent_with(settings).await;
    let run = started(&app, agent, json!({"input": "It is late."})).await;
    assert_eq!(said(&app, &run).await, ["Triage this.\n\nIt is late."]);
    let (_, shown) = app.get(&format!("/api/agents/{agent}")).await;
    assert_eq!((&shown["tags"], &shown["variables"]), (&json!(["eu"]), &json!([])));
    let bad = app.post("/api/agents", json!({"name": "A", "tags": ["a", "b,c"]})).await;
    assert_eq!((bad.0, pointers(&bad)), (StatusCode::UNPROCESSABLE_ENTITY, vec!["/tags".to_owned()]));
}

/// Returns how many migrations there are from the one on that gives runs input.
fn since_runs_are_given_input() -> u32 {
    let migrations = Migrator::migrations();
    let before = migrations.iter().position(|migration| migration.name().ends_with("give_input")).unwrap();
    (migrations.len() - before) as u32
}

async fn braces_from_before_keep_their_meaning(database: TestDatabase) {
    let s = Subject::on(database).await;
    let texts = [("", "Say {{who}}."), ("{{", ""), ("{ {", "}} {x}"), ("", "")];
    let mut agents = Vec::new();
    for (system, task) in texts {
        let (system_instructions, task_instructions) = (system.to_owned(), task.to_owned());
        let settings = AgentSettings {
            model: "demo/quick".into(),
            system_instructions,
            task_instructions,
            ..AgentSettings::named("Old")
        };
        agents.push(s.store.create_agent(&s.scope, &settings, None).await.unwrap());
    }
    s.store.migrate_down(Some(since_runs_are_given_input())).await.unwrap();
    s.store.migrate().await.unwrap();
    let mut templates = Vec::new();
    for agent in &agents {
        let settings = s.store.agent(&s.scope, *agent).await.unwrap().0.settings;
        assert_eq!(settings.tags, [""; 0]);
        templates.push(settings.templates);
    }
    assert_eq!(templates, [false, false, true, true]);
    let run = s.queue(agents[0]).await;
    let thread = s.store.run(&s.scope, run).await.unwrap().thread_id;
    assert_eq!(s.store.messages(&s.scope, thread).await.unwrap()[0].content, "Say {{who}}.");
}

async fn runs_from_before_were_given_nothing(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 3).await;
    s.store.migrate_down(Some(since_runs_are_given_input())).await.unwrap();
    s.store.migrate().await.unwrap();
    let found = s.store.run_with_input(&s.scope, runs[1]).await.unwrap();
    assert_eq!((found.run.brief, found.given), (Default::default(), Default::default()));
    let raw = Database::connect(&s.database.url).await.unwrap();
    let bad = format!("UPDATE agent_runs SET run_budget_tokens = 0 WHERE id = {}", runs[0]);
    assert!(raw.execute_unprepared(&bad).await.is_err());
    assert!(raw.execute_unprepared("INSERT INTO run_inputs VALUES (4711, NULL, '{}', '')").await.is_err());
    assert_eq!(s.store.past_inputs(&s.scope, agent, None, 5).await.unwrap(), []);
}
