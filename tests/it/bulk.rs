//! One action on many runs: which runs it has is settled when it is asked for, each has a result, and nothing is done twice.

mod cancel;
mod carried_on;
mod delete;
mod rest;

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use reqwest::StatusCode;
use runboard::server::clock::ManualClock;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

on_both!(
    runs_are_stopped_and_those_that_are_over_stay_as_they_are,
    runs_that_are_over_are_retried_and_others_say_why_not,
    tags_are_added_and_removed_and_watchers_see_them,
    a_run_that_comes_later_is_left_alone,
    more_than_ten_thousand_runs_are_refused_with_their_number,
    what_came_of_it_is_kept_for_a_week,
);

/// Asks for an action and waits until it is finished; returns it with its results, lowest number first.
pub async fn carried_out(app: &TestApp, body: Value) -> (Value, Vec<Value>) {
    let (status, asked) = app.post("/api/runs/bulk", body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{asked}");
    finished(app, asked["bulk_id"].as_i64().unwrap()).await
}

/// Waits until an action is finished.
pub async fn finished(app: &TestApp, id: i64) -> (Value, Vec<Value>) {
    let job = eventually("it is finished", async || {
        let (_, job) = app.get(&format!("/api/bulk/{id}?limit=200")).await;
        job["finished_at"].is_string().then_some(job)
    })
    .await;
    let mut results = job["data"].as_array().unwrap().clone();
    results.reverse();
    (job, results)
}

/// Returns how many there are, were done, left as they were, failed, and are left.
pub fn counts(job: &Value) -> [i64; 5] {
    ["total", "done", "unchanged", "failed", "left"].map(|name| job[name].as_i64().unwrap())
}

async fn runs_are_stopped_and_those_that_are_over_stay_as_they_are(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let over = app.task_is(app.agent("quick").await, "success").await["id"].as_i64().unwrap();
    let busy = app.agent_with(json!({ "name": "Busy", "model": "ollama/wait", "max_concurrent_runs": 1 })).await;
    let running = app.task_is(busy, "running").await["id"].as_i64().unwrap();
    let queued = app.task(busy).await;
    // Named twice, it is one run.
    let body = json!({ "action": "stop", "ids": [queued, over, running, over] });
    let (job, results) = carried_out(&app, body).await;
    assert_eq!(counts(&job), [3, 2, 1, 0, 0], "{job}");
    assert_eq!((&results[0]["run_id"], &results[0]["result"]), (&json!(over), &json!("unchanged")));
    assert!(results[0]["detail"].as_str().unwrap().contains("nothing to stop"), "{}", results[0]);
    assert!(results[1..].iter().all(|result| result["result"] == "done"), "{results:?}");
    app.run_is(running, "cancelled").await;
    app.run_is(queued, "cancelled").await;
    assert_eq!(app.run(over).await["status"], "success");
}

async fn runs_that_are_over_are_retried_and_others_say_why_not(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let over = app.task_is(app.agent("fail").await, "failed").await["id"].as_i64().unwrap();
    let running = app.task_is(app.agent("wait").await, "running").await["id"].as_i64().unwrap();
    let (job, results) = carried_out(&app, json!({ "action": "retry", "ids": [over, running] })).await;
    assert_eq!(counts(&job), [2, 1, 0, 1, 0], "{job}");
    let new = app.run(results[0]["new_run_id"].as_i64().unwrap()).await;
    assert_eq!((&new["retry_of"], &new["trigger"]), (&json!(over), &json!("api")));
    assert!(results[1]["detail"].as_str().unwrap().contains("retry it when it is over"), "{}", results[1]);
    assert_eq!(results[1]["new_run_id"], Value::Null);
    let (_, failed) = app.get(&format!("/api/bulk/{}?result=failed", job["id"])).await;
    assert_eq!((failed["data"].as_array().unwrap().len(), &failed["data"][0]["run_id"]), (1, &json!(running)));
    assert_eq!(failed["applied_filters"], json!({ "result": "failed" }));
}

async fn tags_are_added_and_removed_and_watchers_see_them(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let plain = app.task_is(agent, "success").await["id"].as_i64().unwrap();
    let nine: Vec<String> = (0..9).map(|n| format!("t{n}")).collect();
    let (_, full) = app.post(&format!("/api/agents/{agent}/task"), json!({ "tags": nine })).await;
    let full = full["run_id"].as_i64().unwrap();
    app.run_is(full, "success").await;
    let seq = |rows: Vec<(i64, i64)>| rows.into_iter().find(|(id, _)| *id == agent).unwrap().1;
    let numbers = async || {
        let all = app.state.store.live_seqs().await.unwrap();
        seq(all.into_iter().map(|(id, (_, seq))| (id.0, seq)).collect())
    };
    let before = numbers().await;
    let body = json!({ "action": "tag", "ids": [plain, full], "tags": ["one", "two"], "remove": ["none"] });
    let (job, results) = carried_out(&app, body.clone()).await;
    assert_eq!(counts(&job), [2, 1, 0, 1, 0], "{job}");
    assert_eq!(app.run(plain).await["tags"], json!(["one", "two"]));
    assert!(results[1]["detail"].as_str().unwrap().contains("at most 10 tags"), "{}", results[1]);
    assert_eq!(app.run(full).await["tags"].as_array().unwrap().len(), 9);
    assert_eq!(numbers().await, before + 1, "what changed nothing is no change");
    let (job, _) = carried_out(&app, body).await;
    assert_eq!(counts(&job), [2, 0, 1, 1, 0], "{job}");
    let away = json!({ "action": "tag", "filter": { "tag": "one" }, "remove": ["one", "two"] });
    let (job, _) = carried_out(&app, away).await;
    assert_eq!((counts(&job), &job["filter"]), ([1, 1, 0, 0, 0], &json!({ "tag": "one" })));
    assert_eq!(app.run(plain).await["tags"], json!([]));
    // A list that is kept is not older than that.
    let (_, list) = app.get(&format!("/api/agents/{agent}/runs")).await;
    let listed = list.as_array().unwrap().iter().find(|run| run["id"] == plain).unwrap().clone();
    assert_eq!(listed["tags"], json!([]));
}

async fn a_run_that_comes_later_is_left_alone(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(app.task_is(agent, "success").await["id"].as_i64().unwrap());
    }
    // Each retry is a run that the filter would have too, while the action is carried out.
    let body = json!({ "action": "retry", "filter": { "agent": agent } });
    let (status, asked) = app.post("/api/runs/bulk", body).await;
    assert_eq!((status, &asked["total"]), (StatusCode::ACCEPTED, &json!(3)));
    let later = app.task(agent).await;
    let (job, results) = finished(&app, asked["bulk_id"].as_i64().unwrap()).await;
    let acted_on: Vec<_> = results.iter().map(|result| result["run_id"].as_i64().unwrap()).collect();
    assert_eq!((acted_on, counts(&job)), (runs, [3, 3, 0, 0, 0]));
    let (_, all) = app.get(&format!("/api/agents/{agent}/runs?limit=100")).await;
    let repeats = |run: i64| all.as_array().unwrap().iter().filter(|other| other["retry_of"] == run).count();
    assert_eq!((all.as_array().unwrap().len(), repeats(later)), (7, 0));
    // Nothing matches: nothing is done, and that is said.
    let (job, results) = carried_out(&app, json!({ "action": "stop", "filter": { "status": "skipped" } })).await;
    assert_eq!((counts(&job), results.len()), ([0; 5], 0));
}

async fn more_than_ten_thousand_runs_are_refused_with_their_number(database: TestDatabase) {
    let app = TestApp::on(database.clone(), "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    app.task_is(agent, "success").await;
    let raw = Database::connect(&database.url).await.unwrap();
    let more = "INSERT INTO agent_runs (owner_id, agent_id, thread_id, status, trigger, chat, queued_at, started_at, finished_at, model)
                WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
                SELECT r.owner_id, r.agent_id, r.thread_id, 'success', 'api', FALSE, r.queued_at, r.started_at, r.finished_at, r.model
                FROM n CROSS JOIN agent_runs r";
    raw.execute_unprepared(more).await.unwrap();
    let asked = app.post("/api/runs/bulk", json!({ "action": "stop", "filter": { "agent": agent } })).await;
    let detail = problem(&asked, 422);
    assert!(detail.contains("10001 runs") && detail.contains("at most 10000"), "{detail}");
    assert_eq!(asked.1["errors"][0]["pointer"], "/filter");
    let (_, none) = app.get("/api/bulk").await;
    assert_eq!(none["data"], json!([]), "nothing was written down");
    // As many as there may be are done.
    let body = json!({ "action": "stop", "filter": { "agent": agent, "retried": false, "q": "#1" } });
    assert_eq!(counts(&carried_out(&app, body).await.0), [1, 0, 1, 0, 0]);
}

async fn what_came_of_it_is_kept_for_a_week(database: TestDatabase) {
    let clock = ManualClock::at(1_900_000_000_000);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let run = app.task_is(app.agent("quick").await, "success").await["id"].as_i64().unwrap();
    let (job, _) = carried_out(&app, json!({ "action": "tag", "ids": [run], "tags": ["kept"] })).await;
    let path = format!("/api/bulk/{}", job["id"]);
    clock.advance(7 * 24 * 3_600 * 1_000 - 60_000);
    app.state.store.drop_old_bulks().await.unwrap();
    assert_eq!(app.get(&path).await.0, StatusCode::OK);
    clock.advance(2 * 60_000);
    app.state.store.drop_old_bulks().await.unwrap();
    assert!(problem(&app.get(&path).await, 404).contains("7 days"));
    assert_eq!(app.run(run).await["tags"], json!(["kept"]));
}
