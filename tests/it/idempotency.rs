//! `Idempotency-Key`: what is sent again is carried out once.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::owners::OWNER;
use crate::support::process::Process;
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use runboard::server::clock::ManualClock;
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;
use tempfile::TempDir;

const KEY: &str = "idempotency-key";

/// A response, and whether it is that of before.
struct Once {
    status: StatusCode,
    body: Value,
    is_replay: bool,
}

async fn post(app: &TestApp, path: &str, key: &str, body: &Value) -> Once {
    let request = app.request(Method::POST, path).header(KEY, key);
    let request = if body.is_null() { request } else { request.json(body) };
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let is_replay = headers.get("idempotency-replayed").is_some_and(|value| value == "true");
    Once { status, body: serde_json::from_str(&response.text().await.unwrap()).unwrap(), is_replay }
}

async fn runs_of(app: &TestApp, agent: i64) -> Vec<Value> {
    app.get(&format!("/api/agents/{agent}/runs?limit=100")).await.1.as_array().unwrap().clone()
}

on_both!(
    fifty_requests_with_one_key_make_one_run,
    each_post_is_carried_out_once,
    stopping_again_stops_nothing_newer,
    a_key_stands_for_one_request,
    two_keys_are_none_to_choose_from,
    the_first_answer_comes_again_whatever_has_changed_since,
    a_refusal_leaves_the_key_free,
    a_key_is_its_owner_s,
    after_a_day_a_key_is_free,
    a_page_s_request_is_carried_out_once,
);

async fn fifty_requests_with_one_key_make_one_run(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let path = format!("/api/agents/{agent}/task");
    let answers = join_all((0..50).map(|_| post(&app, &path, "one", &Value::Null))).await;
    let first = &answers[0].body;
    assert!(first["run_id"].is_i64(), "{first}");
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (StatusCode::ACCEPTED, first));
    }
    assert_eq!(answers.iter().filter(|answer| !answer.is_replay).count(), 1);
    assert_eq!(runs_of(&app, agent).await.len(), 1);
    let other = post(&app, &path, "other", &Value::Null).await;
    assert!(!other.is_replay && other.body["run_id"] != first["run_id"]);
}

async fn each_post_is_carried_out_once(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let over = app.task_is(agent, "success").await["id"].clone();
    let waiting = app.task_is(app.agent("wait").await, "running").await["id"].clone();
    let thread = app.post(&format!("/api/agents/{agent}/threads"), json!({})).await.1["id"].clone();
    let said =
        app.post(&format!("/api/threads/{thread}/messages"), json!({ "role": "user", "content": "Hello" })).await;
    assert_eq!(said.0, StatusCode::CREATED, "{}", said.1);
    let changed = json!({ "name": "Changed", "model": "demo/quick" });
    let changed = app.request(Method::PUT, &format!("/api/agents/{agent}")).json(&changed);
    assert_eq!(app.send(changed).await.1["version"], 2);
    let requests = [
        (format!("/api/agents/{agent}/versions/1/restore"), json!({ "version": 2 })),
        ("/api/agents".to_owned(), json!({ "name": "Made once" })),
        (format!("/api/agents/{agent}/duplicate"), json!({ "name": "Copied once" })),
        ("/api/agents/bulk".to_owned(), json!({ "action": "tag", "ids": [agent, 99], "add": ["once"] })),
        (format!("/api/agents/{agent}/task"), Value::Null),
        (format!("/api/agents/{agent}/threads"), json!({ "title": "Opened once" })),
        (format!("/api/threads/{thread}/messages"), json!({ "role": "user", "content": "Said once" })),
        (format!("/api/threads/{thread}/run"), Value::Null),
        (format!("/api/runs/{over}/retry"), Value::Null),
        ("/api/runs/bulk".to_owned(), json!({ "action": "tag", "ids": [over], "tags": ["once"] })),
        ("/api/views".to_owned(), json!({ "name": "Saved once", "query": "status=failed" })),
        (format!("/api/runs/{waiting}/stop"), Value::Null),
        (format!("/api/agents/{agent}/stop"), Value::Null),
        ("/api/hold".to_owned(), json!({ "note": "Held once" })),
    ];
    for (at, (path, body)) in requests.iter().enumerate() {
        let first = post(&app, path, &format!("key-{at}"), body).await;
        assert!(first.status.is_success() && !first.is_replay, "{path}: {} {}", first.status, first.body);
        let again = post(&app, path, &format!("key-{at}"), body).await;
        assert_eq!((again.status, again.is_replay), (first.status, true), "{path}: {}", again.body);
        assert_eq!(again.body, first.body, "{path}");
    }
    assert_eq!(app.get(&format!("/api/agents/{agent}")).await.1["version"], 4);
    // Each did one thing: the run of before, the task's, the thread's, the retry.
    assert_eq!(runs_of(&app, agent).await.len(), 4);
    let messages = app.get(&format!("/api/threads/{thread}/messages")).await.1;
    let said = messages.as_array().unwrap().iter().filter(|message| message["content"] == "Said once").count();
    assert_eq!(said, 1, "{messages}");
    let agents = app.get("/api/agents").await.1;
    for name in ["Made once", "Copied once"] {
        assert_eq!(agents.as_array().unwrap().iter().filter(|agent| agent["name"] == name).count(), 1, "{agents}");
    }
}

async fn stopping_again_stops_nothing_newer(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("wait").await;
    let path = format!("/api/agents/{agent}/stop");
    assert_eq!(post(&app, &path, "stop", &Value::Null).await.body, json!({ "stopped": 0 }));
    let newer = app.task_is(agent, "running").await["id"].as_i64().unwrap();
    let again = post(&app, &path, "stop", &Value::Null).await;
    assert_eq!((again.body, again.is_replay), (json!({ "stopped": 0 }), true));
    assert_eq!(app.run(newer).await["cancel_requested_at"], Value::Null);
}

async fn a_key_stands_for_one_request(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let path = format!("/api/agents/{agent}/threads");
    assert_eq!(post(&app, &path, "k", &json!({ "title": "One" })).await.status, StatusCode::CREATED);
    for (path, body) in [(path.as_str(), json!({ "title": "Two" })), ("/api/agents", json!({ "name": "Two" }))] {
        let other = post(&app, path, "k", &body).await;
        let detail = problem(&(other.status, other.body), 422);
        assert!(detail.contains("Idempotency-Key") && detail.contains("24 hours"), "{detail}");
    }
    for key in ["two words", "\"\"", &"k".repeat(256)] {
        let refused = post(&app, &path, key, &json!({ "title": "Three" })).await;
        assert!(problem(&(refused.status, refused.body), 400).contains("1 to 255"));
    }
    assert_eq!(app.get(&path).await.1.as_array().unwrap().len(), 1);
}

async fn the_first_answer_comes_again_whatever_has_changed_since(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let over = app.task_is(agent, "success").await["id"].clone();
    let waits = app.task_is(app.agent("wait").await, "running").await["id"].clone();
    let chat = app.post(&format!("/api/agents/{agent}/threads"), json!({})).await.1["id"].clone();
    let says = json!({ "role": "user", "content": "Hello" });
    assert_eq!(app.post(&format!("/api/threads/{chat}/messages"), says.clone()).await.0, StatusCode::CREATED);
    let requests = [
        (format!("/api/agents/{agent}/task"), json!({ "model": "ollama/other" })),
        (format!("/api/runs/{over}/retry"), json!({ "tags": ["again"] })),
        (format!("/api/runs/{over}/retry"), Value::Null),
        (format!("/api/threads/{chat}/messages"), says),
        (format!("/api/threads/{chat}/run"), Value::Null),
        (format!("/api/runs/{waits}/stop"), Value::Null),
    ];
    let mut first = Vec::new();
    for (nr, (path, body)) in requests.iter().enumerate() {
        let answer = post(&app, path, &format!("k{nr}"), body).await;
        assert!(answer.status.is_success() && !answer.is_replay, "{path}: {}", answer.body);
        first.push(answer);
    }
    app.run_is(waits.as_i64().unwrap(), "cancelled").await;
    for path in [format!("/api/threads/{chat}"), format!("/api/agents/{agent}")] {
        assert_eq!(app.send(app.request(Method::DELETE, &path)).await.0, StatusCode::NO_CONTENT);
    }
    for (nr, (path, body)) in requests.iter().enumerate() {
        let again = post(&app, path, &format!("k{nr}"), body).await;
        assert!(again.is_replay, "{path}: {}", again.body);
        assert_eq!((again.status, &again.body), (first[nr].status, &first[nr].body), "{path}");
    }
    // Asked twice, and once of that under a key, a stop is on record too.
    let again = post(&app, &format!("/api/runs/{waits}/stop"), "k5", &Value::Null).await;
    assert!(again.is_replay);
}

async fn two_keys_are_none_to_choose_from(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let twice = app.request(Method::POST, &format!("/api/agents/{agent}/task")).header(KEY, "one").header(KEY, "two");
    problem(&app.send(twice).await, 400);
    assert_eq!(runs_of(&app, agent).await.len(), 0);
}

async fn a_refusal_leaves_the_key_free(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let run = app.task_is(app.agent("wait").await, "running").await["id"].as_i64().unwrap();
    let path = format!("/api/runs/{run}/retry");
    for _ in 0..2 {
        let refused = post(&app, &path, "retry", &Value::Null).await;
        assert!(problem(&(refused.status, refused.body), 409).contains("when it is over"));
    }
    app.stage.open(1);
    app.run_is(run, "success").await;
    let retried = post(&app, &path, "retry", &Value::Null).await;
    assert_eq!((retried.status, retried.is_replay), (StatusCode::ACCEPTED, false));
}

async fn a_key_is_its_owner_s(database: TestDatabase) {
    let app = TestApp::of_several_owners(database).await;
    let create = |owner: &str| {
        app.request(Method::POST, "/api/agents")
            .header(OWNER, owner)
            .header(KEY, "same")
            .json(&json!({ "name": "Own" }))
    };
    let (first, second) = (app.send(create("1")).await, app.send(create("2")).await);
    assert_eq!((first.0, second.0), (StatusCode::CREATED, StatusCode::CREATED));
    assert_ne!(first.1["id"], second.1["id"]);
}

async fn after_a_day_a_key_is_free(database: TestDatabase) {
    let clock = ManualClock::at(1_900_000_000_000);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let agent = app.agent("quick").await;
    let path = format!("/api/agents/{agent}/task");
    let first = post(&app, &path, "daily", &Value::Null).await;
    clock.advance(24 * 3_600 * 1_000 - 60_000);
    app.state.store.drop_old_request_keys().await.unwrap();
    assert!(post(&app, &path, "daily", &Value::Null).await.is_replay);
    clock.advance(2 * 60_000);
    let next = post(&app, &path, "daily", &Value::Null).await;
    assert!(!next.is_replay && next.body["run_id"] != first.body["run_id"]);
    clock.advance(24 * 3_600 * 1_000 + 60_000);
    app.state.store.drop_old_request_keys().await.unwrap();
    assert!(!post(&app, &path, "daily", &Value::Null).await.is_replay);
    assert_eq!(runs_of(&app, agent).await.len(), 3);
}

async fn a_page_s_request_is_carried_out_once(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let start = json!({ "agent_id": agent, "key": "click" });
    let (first, again) = (app.post("/ui/runs/start", start.clone()).await, app.post("/ui/runs/start", start).await);
    assert_eq!(first.0, StatusCode::OK, "{}", first.1);
    assert_eq!(first, again);
    let say = json!({ "agent": agent, "thread": null, "content": "Hello", "key": "say" });
    let (first, again) = (app.post("/ui/chat/say", say.clone()).await, app.post("/ui/chat/say", say).await);
    assert_eq!(first, again);
    assert_eq!(runs_of(&app, agent).await.len(), 2);
    let (status, answer) = app.post("/ui/runs/start", json!({ "agent_id": agent, "key": "" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    assert_eq!(runs_of(&app, agent).await.len(), 2);
}

/// The answer is lost with the server: what was committed is found by its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_again_after_kill_9_makes_no_second_run() {
    let dir = TempDir::new().unwrap();
    let mut server = Process::start(dir.path()).await;
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    let list = format!("/api/agents/{agent}/runs?limit=100");
    for round in 0..3 {
        // Nobody reads the answer.
        let address = server.url.strip_prefix("http://").unwrap().to_owned();
        let mut asks = TcpStream::connect(&address).unwrap();
        let request = format!(
            "POST /api/agents/{agent}/task HTTP/1.1\r\nHost: {address}\r\nIdempotency-Key: k{round}\r\nContent-Length: 0\r\n\r\n"
        );
        asks.write_all(request.as_bytes()).unwrap();
        let before = eventually("it is committed", async || {
            let runs = server.get(&list).await;
            (runs.as_array().unwrap().len() == round + 1).then(|| runs[0]["id"].clone())
        })
        .await;
        server.signal("-KILL");
        server.child.wait().unwrap();
        drop(server);
        server = Process::start(dir.path()).await;
        let again =
            server.client.post(format!("{}/api/agents/{agent}/task", server.url)).header(KEY, format!("k{round}"));
        let again: Value = again.send().await.unwrap().json().await.unwrap();
        assert_eq!(again["run_id"], before);
        assert_eq!(server.get(&list).await.as_array().unwrap().len(), round + 1);
    }
}
