//! Migrations, up and down, on databases with rows in them.

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::USAGE;
use crate::support::subject::{Subject, ending, first_step};
use migration::{Migrator, MigratorTrait};
use runboard::domain::agent::AgentSettings;
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::id::{AgentId, RunId, ThreadId};
use runboard::domain::run::Trigger;
use runboard::domain::step::StepKind;
use runboard::domain::thread::Role;
use runboard::server::clock::SystemClock;
use runboard::server::execution::{NewStep, StepEnding};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::error::StoreError;
use runboard::server::store::which::Which;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use std::sync::Arc;

on_both!(
    every_step_down_and_up_again_works_with_rows,
    calls_in_old_records_become_structure_and_text_again,
    older_runs_get_the_causes_of_their_failures_and_what_lists_show,
    the_database_refuses_what_the_types_forbid,
    rows_of_the_list_are_complete,
    first_start_is_told_apart_from_an_emptied_database,
    a_database_keeps_its_manners_when_parents_are_gone,
);

async fn every_step_down_and_up_again_works_with_rows(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();

    let migrations = Migrator::migrations().len();
    for left in (0..migrations).rev() {
        s.store.migrate_down(Some(1)).await.unwrap();
        let applied = s.store.migration_status().await.unwrap().iter().filter(|(_, applied)| *applied).count();
        assert_eq!(applied, left);
    }
    s.store.migrate().await.unwrap();
    assert!(s.store.migration_status().await.unwrap().iter().all(|(_, applied)| *applied));
    let agent = s.agent(5).await;
    s.queue(agent).await;
}

/// Which run, position, kind, name, the call's id, input and output.
type OldStep = (usize, i32, &'static str, &'static str, Option<&'static str>, Option<&'static str>, &'static str);

/// Steps as they were recorded when calls stood below what was said: of a run that asked for two tools, of which one was
/// missing, and whose answer looks like a call; and of one that ended before its calls were made.
const OLD_STEPS: &[OldStep] = &[
    (0, 1, "model_call", "m", None, None, "Like this:\n→ clock {}\n→ clock {}\n→ echo {\"q\":\"x\"}"),
    (0, 2, "tool_call", "mcp:files", None, Some(""), ""),
    (0, 3, "tool_call", "clock", Some("a"), Some("{}"), "12:00"),
    (0, 4, "tool_call", "echo", None, Some("{\"q\":\"x\"}"), "→ echo {}"),
    (0, 5, "model_call", "m", None, None, "→ clock {}"),
    (1, 1, "model_call", "m", None, None, "→ clock {}"),
];

/// Returns how many migrations there are from the one of this name on.
pub fn since(name: &str) -> u32 {
    let migrations = Migrator::migrations();
    let before = migrations.iter().position(|migration| migration.name().ends_with(name)).unwrap();
    (migrations.len() - before) as u32
}

fn since_calls_are_recorded() -> u32 {
    since("record_calls")
}

async fn insert_old(raw: &DatabaseConnection, runs: &[RunId], steps: &[OldStep]) {
    for (run, position, kind, name, call_id, input, output) in steps {
        let insert =
            "INSERT INTO run_steps (run_id, position, kind, name, started_at, finished_at, call_id, input, output)
                      VALUES ($1, $2, $3, $4, 0, 1, $5, $6, $7)";
        let id = |text: &Option<&str>| text.map(str::to_owned);
        let texts = [(*kind).into(), (*name).into(), id(call_id).into(), id(input).into(), (*output).into()];
        let values = [runs[*run].0.into(), (*position).into()].into_iter().chain(texts);
        raw.execute_raw(Statement::from_sql_and_values(raw.get_database_backend(), insert, values)).await.unwrap();
    }
}

async fn calls_in_old_records_become_structure_and_text_again(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 2).await;
    let newer = Some(since_calls_are_recorded());
    s.store.migrate_down(newer).await.unwrap();
    let raw = Database::connect(&s.database.url).await.unwrap();
    insert_old(&raw, &runs, OLD_STEPS).await;

    s.store.migrate().await.unwrap();
    let steps = s.store.steps(&s.scope, runs[0]).await.unwrap();
    assert_eq!(steps[0].said.as_deref(), Some("Like this:\n→ clock {}"), "the first line is no call that was made");
    let calls: Vec<_> =
        steps[0].calls.iter().map(|call| (call.id.as_deref(), call.name.as_str(), call.text())).collect();
    assert_eq!(calls, [(Some("a"), "clock", "{}".to_owned()), (None, "echo", "{\"q\":\"x\"}".to_owned())]);
    assert_eq!((steps[3].output.as_deref(), steps[3].said.as_deref()), (Some("→ echo {}"), None));
    assert_eq!((steps[4].said.as_deref(), steps[4].calls.len()), (Some("→ clock {}"), 0), "an answer is no call");
    let early = s.store.steps(&s.scope, runs[1]).await.unwrap();
    assert_eq!((early[0].said.as_deref(), early[0].calls.len()), (Some("→ clock {}"), 0));

    s.store.migrate_down(newer).await.unwrap();
    let select = "SELECT output FROM run_steps ORDER BY run_id, position".to_owned();
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), select)).await.unwrap();
    let outputs: Vec<String> = rows.iter().map(|row| row.try_get("", "output").unwrap()).collect();
    assert_eq!(outputs, OLD_STEPS.iter().map(|(.., output)| *output).collect::<Vec<_>>());
    s.store.migrate().await.unwrap();
    assert_eq!(s.store.steps(&s.scope, runs[0]).await.unwrap(), steps);
}

/// Errors as they were recorded before causes were, with the kind of failure.
const OLD_ERRORS: &[(FailureCause, &str, FailureCause, Option<&str>)] = {
    use FailureCause::*;
    &[
        (Other, "Stopped: the agent called f with the same arguments 6 times in a row.", Loop, None),
        (Other, "openai/… needs OPENAI_API_KEY: set it and start: now", MissingKey, Some("OPENAI_API_KEY")),
        (Other, "the task needs an answer: none came", Other, None),
        (Other, "it needs : this", Other, None),
        (Other, "429 Too Many Requests: slow down", ProviderStatus, Some("429")),
        (Other, "400 Bad Request", ProviderStatus, Some("400")),
        (Other, "599", ProviderStatus, Some("599")),
        (Other, "123 things: went wrong", Other, None),
        (Other, "4000 things", Other, None),
        (Other, "", Other, None),
        (Other, "localhost:1 cannot be reached: Connection refused", ProviderUnreachable, None),
        (Other, "the provider sent nothing for 60 s", ProviderSilent, None),
        (Other, "the connection broke off before the answer was complete: reset", BrokeOff, None),
        (Other, "The run has made 25 model and tool calls, its limit, without coming to an answer.", StepLimit, None),
        (Other, "the model declined to answer: no", Declined, None),
        (TimeLimit, "The run took longer than its limit of 5 s and was cut off.", TimeLimit, None),
        (Interrupted, "429: The server was shut down", Interrupted, None),
        (RunBudget, "The run has used 330 tokens, more than its budget of 250.", RunBudget, None),
        (RunBudget, "The agent's runs of this month (UTC) have used 9 tokens; its budget is 8.", MonthBudget, None),
        (RunBudget, "The price of x is not known, so a budget in dollars cannot be kept.", UnknownPrice, None),
    ]
};

async fn older_runs_get_the_causes_of_their_failures_and_what_lists_show(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(100).await;
    let runs = s.queue_many(agent, OLD_ERRORS.len() + 1).await;
    let claims = s.store.claim_runs("a", 100, &[]).await.unwrap();
    for claim in &claims {
        s.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
    }
    let answered = claims.iter().find(|claim| claim.run == runs[OLD_ERRORS.len()]).unwrap();
    for (position, input) in [(2, "{}"), (3, "{}"), (4, "")] {
        let call = NewStep { kind: StepKind::ToolCall, input: input.to_owned(), ..first_step() };
        s.store.begin_step(answered, position, &call).await.unwrap().unwrap();
        let error = (position != 2).then(|| "no".to_owned());
        let ending = StepEnding { position, error, ..StepEnding::default() };
        s.store.end_step(answered, &ending, &USAGE).await.unwrap().unwrap();
    }
    let long = format!("\n## Report {}\nAll is well.", "x".repeat(200));
    let success = Ending { text: long, ..ending(Verdict::Success) };
    s.store.end_run(answered, &success).await.unwrap().unwrap();
    for (run, (given, error, ..)) in runs.iter().zip(OLD_ERRORS) {
        let claim = claims.iter().find(|claim| claim.run == *run).unwrap();
        let failed = Verdict::Failed(Failure::new(*given, *error));
        s.store.end_run(claim, &Ending { text: String::new(), ..ending(failed) }).await.unwrap().unwrap();
    }

    let as_written = s.store.run(&s.scope, answered.run).await.unwrap();
    assert_eq!(as_written.failed_calls, 1, "a tool that was not offered is no call");
    assert!(as_written.answer_preview.as_ref().is_some_and(|line| line.starts_with("Report x") && line.ends_with('…')));
    s.store.migrate_down(Some(since("record_causes"))).await.unwrap();
    s.store.migrate().await.unwrap();
    assert_eq!(s.store.run(&s.scope, answered.run).await.unwrap(), as_written);
    for (run, (_, error, cause, detail)) in runs.iter().zip(OLD_ERRORS) {
        let run = s.store.run(&s.scope, *run).await.unwrap();
        assert_eq!((run.failure_cause, run.failure_detail.as_deref()), (Some(*cause), *detail), "{error}");
        assert_eq!(run.failure_kind, Some(cause.kind()), "{error}");
        assert_eq!((run.failed_calls, run.answer_preview), (0, None));
    }
}

/// Between two runs with tools there may be more runs without than memory has room for. SQLite only: there a text can be
/// stored that nobody can read.
#[tokio::test(flavor = "multi_thread")]
async fn runs_without_tools_are_not_read_for_their_calls() {
    let s = Subject::on(TestDatabase::sqlite()).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 42).await;
    s.store.migrate_down(Some(since_calls_are_recorded())).await.unwrap();
    let raw = Database::connect(&s.database.url).await.unwrap();
    for (nr, run) in runs.iter().enumerate() {
        let steps: [OldStep; 2] = [
            (0, 1, "model_call", "m", None, None, "→ clock {}"),
            (0, 2, "tool_call", "clock", None, Some("{}"), "12:00"),
        ];
        // More with tools than are taken at once, each followed by one without.
        let steps = if nr % 2 == 0 { &steps[..] } else { &steps[..1] };
        insert_old(&raw, &[*run], steps).await;
    }
    let unreadable = "UPDATE run_steps SET output = x'ff'
                      WHERE run_id NOT IN (SELECT run_id FROM run_steps WHERE kind = 'tool_call')";
    raw.execute_unprepared(unreadable).await.unwrap();

    s.store.migrate().await.unwrap();
    for run in runs.iter().step_by(2) {
        let steps = s.store.steps(&s.scope, *run).await.unwrap();
        assert_eq!((steps[0].said.as_deref(), steps[0].calls.len()), (Some(""), 1));
    }
}

async fn the_database_refuses_what_the_types_forbid(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    for statement in [
        format!("UPDATE agent_runs SET status = 'done' WHERE id = {run}"),
        format!("UPDATE agent_runs SET trigger = 'cron' WHERE id = {run}"),
        format!("UPDATE agent_runs SET status = 'failed', finished_at = 1 WHERE id = {run}"),
        format!("UPDATE agent_runs SET status = 'success' WHERE id = {run}"),
        format!("UPDATE agent_runs SET total_cost = -1 WHERE id = {run}"),
        format!("UPDATE agent_runs SET agent_id = 4711 WHERE id = {run}"),
        "UPDATE thread_messages SET role = 'robot'".to_owned(),
        "UPDATE agents SET timeout_s = 0".to_owned(),
    ] {
        assert!(raw.execute_unprepared(&statement).await.is_err(), "{statement}");
    }
}

async fn rows_of_the_list_are_complete(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, quiet) = (s.agent(5).await, s.agent(5).await);
    s.queue_many(agent, 25).await;
    let claims = s.store.claim_runs("a", 3, &[]).await.unwrap();
    for claim in &claims {
        s.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
    }
    s.store.end_run(&claims[0], &ending(Verdict::Success)).await.unwrap().unwrap();
    let rows = s.store.agent_rows(&s.scope, Which::All).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [agent, quiet]);
    let row = &rows[0];
    assert_eq!((row.pulse.running_count, row.pulse.queued_count, row.strip.len()), (2, 22, 20));
    assert_eq!(row.pulse.success_rate, Some(1.0));
    assert!(row.strip.is_sorted_by(|a, b| a.run_id > b.run_id));
    assert_eq!(row.pulse.last_run.as_ref().map(|run| run.id), row.strip.first().map(|cell| cell.run_id));
    assert!(rows[1].strip.is_empty() && rows[1].pulse.last_run.is_none() && rows[1].pulse.success_rate.is_none());
    assert_eq!(s.store.agent_rows(&s.scope, Which::These(&[quiet])).await.unwrap(), rows[1..]);

    let (thread, _) = s.store.create_thread(&s.scope, quiet, "Talk").await.unwrap();
    s.store.post_message(&s.scope, thread.id, Role::User, "a\0b").await.unwrap();
    s.store.create_thread_run(&s.scope, thread.id, Trigger::Api).await.unwrap();
    assert_eq!(s.store.agent_with_runs(&s.scope, quiet, 20).await.unwrap().1.len(), 1);
    assert_eq!(s.store.run_counts(&s.scope, agent).await.unwrap().values().sum::<i64>(), 25);
    assert_eq!(s.store.live_seqs().await.unwrap().len(), 2);
}

async fn first_start_is_told_apart_from_an_emptied_database(database: TestDatabase) {
    let s = Subject::on(database).await;
    let first = ["One", "Two"].map(|name| AgentSettings { model: "demo/quick".into(), ..AgentSettings::named(name) });
    assert!(s.store.create_first_agents(&first).await.unwrap());
    assert!(!s.store.create_first_agents(&first).await.unwrap());
    for (agent, _) in s.store.agents(&s.scope).await.unwrap() {
        s.store.delete_agent(agent.id).await.unwrap();
    }
    let again = s.database.open(Arc::new(SystemClock)).await;
    assert!(!again.create_first_agents(&first).await.unwrap());
}

async fn a_database_keeps_its_manners_when_parents_are_gone(database: TestDatabase) {
    let s = Subject::on(database).await;
    let error = s.store.create_thread(&s.scope, AgentId(4711), "Talk").await.unwrap_err();
    assert!(matches!(error, StoreError::NoAgent(_)), "{error}");
    let error = s.store.post_message(&s.scope, ThreadId(4711), Role::User, "x").await.unwrap_err();
    assert!(matches!(error, StoreError::NoThread(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_start_together_set_up_one_postgres_once() {
    let database = TestDatabase::postgres().await;
    let start = || {
        let database = database.clone();
        tokio::spawn(async move {
            let store = database.open_migrated(Arc::new(SystemClock)).await;
            let first = [AgentSettings { model: "demo/quick".into(), ..AgentSettings::named("One") }];
            store.create_first_agents(&first).await.unwrap()
        })
    };
    let (a, b, c) = tokio::join!(start(), start(), start());
    let planted = [a, b, c].into_iter().filter(|planted| *planted.as_ref().unwrap()).count();
    assert_eq!(planted, 1);
}
