//! Threads: chat turns, and what a run is given to answer.

use crate::support::app::{TestApp, problem};
use crate::support::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};

fn said(messages: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages.as_array().unwrap().iter().map(|m| (text(&m["role"]), text(&m["content"]))).collect()
}

fn given(app: &TestApp, execution: usize) -> Vec<(String, String)> {
    let given = app.stage.given.lock().unwrap();
    given[execution].iter().map(|m| (m.role.to_string(), m.content.clone())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(role, content)| ((*role).to_owned(), (*content).to_owned())).collect()
}

async fn thread(app: &TestApp, agent: i64) -> i64 {
    let (status, thread) = app.post(&format!("/api/agents/{agent}/threads"), json!({ "title": "Talk" })).await;
    assert_eq!(status, StatusCode::CREATED, "{thread}");
    assert_eq!((&thread["title"], &thread["kind"]), (&json!("Talk"), &json!("chat")));
    thread["id"].as_i64().unwrap()
}

async fn say(app: &TestApp, thread: i64, content: &str) {
    let body = json!({ "role": "user", "content": content });
    let (status, message) = app.post(&format!("/api/threads/{thread}/messages"), body).await;
    assert_eq!(status, StatusCode::CREATED, "{message}");
}

async fn answer(app: &TestApp, thread: i64) -> i64 {
    let (status, started) = app.poke(&format!("/api/threads/{thread}/run")).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{started}");
    started["run_id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_chat_turn_answers_the_messages_so_far() {
    let app = TestApp::start().await;
    let agent = app.agent_with(json!({ "name": "T", "model": "demo/quick", "system_instructions": "Be brief" })).await;
    let thread = thread(&app, agent).await;
    say(&app, thread, "one").await;
    let run = answer(&app, thread).await;
    let run = app.run_is(run, "success").await;
    assert_eq!((&run["chat"], &run["thread_id"]), (&json!(true), &json!(thread)));
    say(&app, thread, "two").await;
    let second = answer(&app, thread).await;
    app.run_is(second, "success").await;
    let (_, messages) = app.get(&format!("/api/threads/{thread}/messages")).await;
    let expected = [("user", "one"), ("assistant", "done"), ("user", "two"), ("assistant", "done")];
    assert_eq!(said(&messages), pairs(&expected));
    assert_eq!(messages[1]["run_id"], run["id"]);
    assert_eq!(messages[0]["run_id"], Value::Null);
    assert_eq!(given(&app, 0), pairs(&[("system", "Be brief"), ("user", "one")]));
    let second = [("system", "Be brief"), ("user", "one"), ("assistant", "done"), ("user", "two")];
    assert_eq!(given(&app, 1), pairs(&second));
}

#[tokio::test]
async fn what_a_stopped_turn_wrote_is_left_out_of_later_turns() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let thread = thread(&app, agent).await;
    say(&app, thread, "one").await;
    let run = answer(&app, thread).await;
    app.run_is(run, "running").await;
    eventually("it has begun", async || (app.stage.begun() == 1).then_some(())).await;
    app.poke(&format!("/api/runs/{run}/stop")).await;
    app.run_is(run, "cancelled").await;
    let (_, messages) = app.get(&format!("/api/threads/{thread}/messages")).await;
    assert_eq!(said(&messages), pairs(&[("user", "one"), ("assistant", "so far")]));
    say(&app, thread, "two").await;
    app.stage.open(1);
    let run = answer(&app, thread).await;
    app.run_is(run, "success").await;
    assert_eq!(given(&app, 1), pairs(&[("user", "one"), ("user", "two")]));
}

#[tokio::test]
async fn a_retried_turn_replays_only_what_preceded_the_original() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let thread = thread(&app, agent).await;
    say(&app, thread, "one").await;
    let first = answer(&app, thread).await;
    app.run_is(first, "success").await;
    say(&app, thread, "two").await;
    let (_, started) = app.poke(&format!("/api/runs/{first}/retry")).await;
    let retry = app.run_is(started["run_id"].as_i64().unwrap(), "success").await;
    assert_eq!(retry["chat"], true);
    assert_eq!(given(&app, 1), pairs(&[("user", "one")]));
}

#[tokio::test]
async fn a_thread_without_a_message_has_nothing_to_answer() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let thread = thread(&app, agent).await;
    let detail = problem(&app.poke(&format!("/api/threads/{thread}/run")).await, 409);
    assert!(detail.contains("message"), "{detail}");
}

#[tokio::test]
async fn only_a_person_s_words_can_be_posted() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let thread = thread(&app, agent).await;
    let path = format!("/api/threads/{thread}/messages");
    for (body, says) in [
        (json!({ "role": "assistant", "content": "x" }), "role"),
        (json!({ "role": "nobody", "content": "x" }), "nobody"),
        (json!({ "role": "user", "content": "" }), "content"),
        (json!({ "role": "user" }), "content"),
        (json!({ "role": "user", "content": "x", "mood": "good" }), "mood"),
    ] {
        let detail = problem(&app.post(&path, body).await, 422);
        assert!(detail.contains(says), "{detail}");
    }
    let (_, messages) = app.get(&path).await;
    assert_eq!(messages, json!([]));
}

#[tokio::test]
async fn threads_are_listed_newest_first() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (first, second) = (thread(&app, agent).await, thread(&app, agent).await);
    let (_, threads) = app.get(&format!("/api/agents/{agent}/threads")).await;
    let ids: Vec<_> = threads.as_array().unwrap().iter().map(|t| t["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [second, first]);
}
