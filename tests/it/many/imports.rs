//! Agents to a file and from one.

use crate::support::app::{Answer, TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_MATCH};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both!(
    an_export_is_imported_as_nothing_to_do,
    a_dry_run_says_what_an_import_would_do,
    what_was_shown_is_what_is_imported,
    a_mistake_anywhere_keeps_all_from_being_imported,
    a_name_means_one_agent,
    two_hundred_agents_are_imported_in_seconds,
    an_import_is_carried_out_once,
    two_imports_at_once_create_an_agent_once,
);

const PATH: &str = "/api/agents/import";
const DRY: &str = "/api/agents/import?dry_run=true";

fn toml(app: &TestApp, path: &str, file: &str) -> RequestBuilder {
    app.request(Method::POST, path).header(CONTENT_TYPE, "application/toml").body(file.to_owned())
}

async fn import(app: &TestApp, path: &str, file: &str) -> Answer {
    app.send(toml(app, path, file)).await
}

async fn export(app: &TestApp, query: &str) -> String {
    let response = app.request(Method::GET, &format!("/api/agents/export{query}")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/toml");
    assert!(response.headers()[CONTENT_DISPOSITION].to_str().unwrap().contains("agents.toml"));
    response.text().await.unwrap()
}

fn results(report: &Value) -> Vec<(&str, &str)> {
    let agents = report["agents"].as_array().unwrap().iter();
    agents.map(|agent| (agent["name"].as_str().unwrap(), agent["result"].as_str().unwrap())).collect()
}

async fn agents(app: &TestApp) -> Vec<Value> {
    app.get("/api/agents").await.1.as_array().unwrap().clone()
}

async fn an_export_is_imported_as_nothing_to_do(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let first = app.agent_with(json!({ "name": "Zed", "tags": ["x"], "month_budget_tokens": 9 })).await;
    app.agent_with(json!({ "name": "Ada", "task_instructions": "One\nTwo \n", "schedule": "@daily" })).await;
    let file = export(&app, "").await;
    assert!(file.find("\"Ada\"").unwrap() < file.find("\"Zed\"").unwrap(), "{file}");
    for word in ["id =", "version", "created", "cost"] {
        assert!(!file.contains(&format!("\n{word}")), "{word} in {file}");
    }
    assert_eq!(export(&app, "").await, file);
    let (status, report) = import(&app, PATH, &file).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert!(results(&report).iter().all(|(_, result)| *result == "unchanged"), "{report}");
    assert_eq!(app.get(&format!("/api/agents/{first}")).await.1["version"], 1);

    let one = app.request(Method::GET, &format!("/api/agents/{first}/export")).send().await.unwrap();
    let one = one.text().await.unwrap();
    assert_eq!(one, export(&app, "?name=Zed").await);
    assert!(one.contains("Zed") && !one.contains("Ada"));
    problem(&app.get("/api/agents/export?name=Nobody").await, 404);
    problem(&app.get("/api/agents/export?tag=x").await, 422);
    problem(&app.get("/api/agents/999/export").await, 404);
}

const FILE: &str = r#"
[[agent]]
name = "Old"
model = "demo/slow"
max_steps = 3
system_instructions = """
One
Zwei
Three
"""

[[agent]]
name = "New"
model = "demo/quick"
tags = ["x"]
"#;

async fn with_old(app: &TestApp) -> i64 {
    let old =
        json!({ "name": "Old", "model": "demo/quick", "system_instructions": "One\nTwo\nThree\n", "max_steps": 3 });
    app.agent_with(old).await
}

async fn a_dry_run_says_what_an_import_would_do(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let old = with_old(&app).await;
    let before = agents(&app).await;
    let (status, report) = import(&app, DRY, FILE).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert_eq!(results(&report), [("Old", "changed"), ("New", "created")]);
    let counts = ["dry_run", "created", "changed", "unchanged", "failed"].map(|name| report[name].clone());
    assert_eq!(counts, [json!(true), json!(1), json!(1), json!(0), json!(0)]);
    let [changed, created] = [0, 1].map(|at| &report["agents"][at]);
    assert_eq!((&changed["id"], &changed["version"], &changed["line"]), (&json!(old), &json!(1), &json!(2)));
    assert_eq!((&created["id"], &created["line"]), (&Value::Null, &json!(12)));
    let model = &changed["changes"][0];
    assert_eq!(
        (&model["name"], &model["before"], &model["after"]),
        (&json!("model"), &json!("demo/quick"), &json!("demo/slow"))
    );
    let kinds: Vec<_> = changed["changes"][1]["lines"].as_array().unwrap().iter().map(|line| &line["kind"]).collect();
    assert_eq!(kinds, ["same", "removed", "added", "same"]);
    assert_eq!(created["changes"].as_array().unwrap().len(), 2, "{created}");
    assert_eq!(agents(&app).await, before, "nothing was written");

    let (status, done) = import(&app, PATH, FILE).await;
    assert_eq!(status, StatusCode::OK, "{done}");
    assert_eq!((&done["dry_run"], &done["agents"][0]["version"]), (&json!(false), &json!(2)));
    let new = done["agents"][1]["id"].as_i64().unwrap();
    assert_eq!(app.get(&format!("/api/agents/{new}")).await.1["tags"], json!(["x"]));
    for (agent, number) in [(old, 2), (new, 1)] {
        assert_eq!(app.get(&format!("/api/agents/{agent}/versions/{number}")).await.1["note"], "Imported");
    }
}

async fn what_was_shown_is_what_is_imported(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let old = with_old(&app).await;
    let response = toml(&app, DRY, FILE).send().await.unwrap();
    let tag = response.headers()[ETAG].to_str().unwrap().to_owned();
    let report: Value = response.json().await.unwrap();
    assert_eq!(tag, format!("\"{}\"", report["fingerprint"].as_str().unwrap()));
    // Another file, then another agent.
    let other = FILE.replace("\"x\"", "\"y\"");
    problem(&app.send(toml(&app, PATH, &other).header(IF_MATCH, &tag)).await, 409);
    let changed = json!({ "name": "Old", "model": "demo/quick", "max_steps": 9 });
    app.send(app.request(Method::PUT, &format!("/api/agents/{old}")).json(&changed)).await;
    let detail = problem(&app.send(toml(&app, PATH, FILE).header(IF_MATCH, &tag)).await, 409);
    assert!(detail.contains("Nothing was imported"), "{detail}");
    assert_eq!(app.get(&format!("/api/agents/{old}")).await.1["max_steps"], 9);
    let (_, report) = import(&app, DRY, FILE).await;
    let tag = format!("\"{}\"", report["fingerprint"].as_str().unwrap());
    let (status, done) = app.send(toml(&app, PATH, FILE).header(IF_MATCH, &tag)).await;
    assert_eq!((status, &done["changed"]), (StatusCode::OK, &json!(1)), "{done}");
    // There is nothing left to do, which is something else than what was shown.
    problem(&app.send(toml(&app, PATH, FILE).header(IF_MATCH, &tag)).await, 409);
}

async fn a_mistake_anywhere_keeps_all_from_being_imported(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let before = agents(&app).await;
    let file = "[[agent]]\nname = \"Good\"\n\n[[agent]]\nname = \"Bad\"\nmodel = \"demo/none\"\nmax_steps = 0\nschedule = \"often\"\n";
    let (status, report) = import(&app, DRY, file).await;
    assert_eq!((status, results(&report)), (StatusCode::OK, vec![("Good", "created"), ("Bad", "failed")]));
    let errors: Vec<_> = report["agents"][1]["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["line"].as_i64().unwrap()))
        .collect();
    assert_eq!(errors, [("/agent/1/model", 6), ("/agent/1/schedule", 8), ("/agent/1/max_steps", 7)]);
    let refused = import(&app, PATH, file).await;
    let detail = problem(&refused, 422);
    assert!(
        detail.starts_with("Nothing was imported: of 2 agents in the file 1 cannot be used. line 6, “Bad”, model: "),
        "{detail}"
    );
    assert_eq!(refused.1["errors"].as_array().unwrap().len(), 3);
    assert_eq!(agents(&app).await, before);

    assert!(problem(&import(&app, DRY, "[[agent]\n").await, 400).contains("line 1"));
    problem(&import(&app, DRY, "[other]\nx = 1\n").await, 422);
    problem(&app.send(toml(&app, DRY, "").body(vec![0xff, 0xfe])).await, 400);
    problem(&import(&app, DRY, &format!("# {}", "x".repeat(2 * 1024 * 1024))).await, 413);
    problem(&app.send(app.request(Method::POST, DRY).body("")).await, 415);
    problem(&import(&app, "/api/agents/import?dry=true", "").await, 422);
}

async fn a_name_means_one_agent(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (one, two) = (app.agent_with(json!({ "name": "Twin" })).await, app.agent_with(json!({ "name": "Twin" })).await);
    let (_, report) = import(&app, DRY, "[[agent]]\nname = \"Twin\"\n").await;
    assert_eq!(results(&report), [("Twin", "failed")]);
    let detail = report["agents"][0]["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(
        detail,
        format!(
            "is that of 2 agents, #{one} and #{two}, so it is not clear which one is meant: rename one of them first"
        )
    );
    let (_, report) = import(&app, DRY, "[[agent]]\nname = \"Same\"\n[[agent]]\nname = \" Same\"\n").await;
    assert_eq!(results(&report), [("Same", "created"), ("Same", "failed")]);
    let detail = report["agents"][1]["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, "must be another one: the agent at line 1 of the file has it too");
    assert!(export(&app, "").await.contains("# Several agents have this name."));
}

fn two_hundred(model: &str) -> String {
    let agent = |nr: usize| {
        format!(
            "[[agent]]\nname = \"Agent {nr:03}\"\nmodel = \"{model}\"\nsystem_instructions = \"\"\"\n{}\"\"\"\n",
            "Do it.\n".repeat(50)
        )
    };
    (0..200).map(agent).collect()
}

async fn two_hundred_agents_are_imported_in_seconds(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let begun = Instant::now();
    for (model, counts) in [("demo/quick", ("created", 200)), ("demo/slow", ("changed", 200))] {
        let (status, report) = import(&app, PATH, &two_hundred(model)).await;
        assert_eq!((status, &report[counts.0]), (StatusCode::OK, &json!(counts.1)), "{report}");
    }
    // Far more than it takes, on a machine with much else to do; 400 commits of their own would not fit.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let all = agents(&app).await;
    let imported = all.iter().filter(|agent| agent["model"] == "demo/slow" && agent["version"] == 2).count();
    assert_eq!(imported, 200);
}

async fn an_import_is_carried_out_once(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    with_old(&app).await;
    let send = async || {
        let response = toml(&app, PATH, FILE).header("idempotency-key", "import").send().await.unwrap();
        let is_replay = response.headers().contains_key("idempotency-replayed");
        (response.status(), is_replay, response.json::<Value>().await.unwrap())
    };
    let first = send().await;
    // Now it could not be carried out any more: the name is that of two.
    let twin = app.agent_with(json!({ "name": "New" })).await;
    let again = send().await;
    assert_eq!((first.0, first.1, again.0, again.1), (StatusCode::OK, false, StatusCode::OK, true));
    assert_eq!(first.2, again.2);
    let is_new = |agent: &&Value| agent["name"] == "New" && agent["id"] != twin;
    assert_eq!(agents(&app).await.iter().filter(is_new).count(), 1);
}

async fn two_imports_at_once_create_an_agent_once(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let answers = futures::future::join_all((0..8).map(|_| import(&app, PATH, FILE))).await;
    for (status, answer) in &answers {
        assert!(matches!(*status, StatusCode::OK | StatusCode::CONFLICT), "{status} {answer}");
    }
    assert!(answers.iter().any(|(status, _)| *status == StatusCode::OK));
    for name in ["Old", "New"] {
        assert_eq!(agents(&app).await.iter().filter(|agent| agent["name"] == name).count(), 1, "{name}");
    }
}
