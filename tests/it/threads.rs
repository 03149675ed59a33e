//! Threads: chat turns, and what a run is given to answer.

mod chats;
mod history;

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::stage::HISTORY_LIMIT;
use crate::support::subject::{Subject, ending, first_step};
use reqwest::{Method, StatusCode};
use runboard::domain::agent::AgentSettings;
use runboard::domain::finish::Finish;
use runboard::domain::id::{AgentId, RunId, ThreadId};
use runboard::domain::money::NanoDollars;
use runboard::domain::run::{RunStatus, Trigger, Usage};
use runboard::domain::step::payload::PREVIEW;
use runboard::domain::step::{MAX_ARGUMENTS, StepCall, StepKind};
use runboard::domain::thread::Role;
use runboard::server::execution::{AnswerRecord, NewStep, Past, PastCalls, StepEnding};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::error::StoreError;
use runboard::server::work::demo::DemoPace;
use serde_json::{Value, json};

fn said(messages: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages.as_array().unwrap().iter().map(|m| (text(&m["role"]), text(&m["content"]))).collect()
}

fn given(app: &TestApp, execution: usize) -> Vec<(String, String)> {
    let given = app.stage.given.lock().unwrap();
    given[execution].iter().map(in_words).collect()
}

/// Returns who spoke, and the words.
fn in_words(past: &Past) -> (String, String) {
    match past {
        Past::Said(message) => (message.role.to_string(), message.content.clone()),
        Past::Calls(calls) => ("tool".to_owned(), calls.said.clone()),
    }
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
        (json!({ "role": "user", "content": "a\0b" }), "content: must not contain the character NUL"),
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

/// Posts a message in a thread, or in a new one; returns thread and run.
async fn said_to(s: &Subject, agent: AgentId, thread: Option<ThreadId>, content: &str) -> (ThreadId, RunId) {
    let run = s.store.create_chat_turn(&s.scope, agent, thread, content, Trigger::Manual).await.unwrap().run;
    (run.thread_id, run.id)
}

/// Claims what can be claimed.
async fn claimed(s: &Subject) -> Vec<runboard::server::store::leases::Claim> {
    s.store.claim_runs("a", 10, &[]).await.unwrap()
}

fn runs(claims: &[runboard::server::store::leases::Claim]) -> Vec<RunId> {
    claims.iter().map(|claim| claim.run).collect()
}

/// Executes the one run that can be claimed.
async fn answered(s: &Subject, verdict: Verdict) -> RunId {
    let claim = claimed(s).await.remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.store.end_run(&claim, &ending(verdict)).await.unwrap().unwrap();
    claim.run
}

#[tokio::test]
async fn a_second_message_waits_for_the_answer_to_the_first() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let thread = thread(&app, agent).await;
    say(&app, thread, "one").await;
    let first = answer(&app, thread).await;
    app.run_is(first, "running").await;
    say(&app, thread, "two").await;
    let second = answer(&app, thread).await;
    app.stage.open(1);
    app.run_is(first, "success").await;
    app.run_is(second, "running").await;
    app.stage.open(1);
    app.run_is(second, "success").await;
    assert_eq!(given(&app, 1), pairs(&[("user", "one"), ("assistant", "done"), ("user", "two")]));
}

#[tokio::test]
async fn a_thread_is_named_by_people_or_by_its_first_message() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (_, new) = app.post(&format!("/api/agents/{agent}/threads"), json!({})).await;
    assert_eq!(new["title"], "New chat");
    let unnamed = new["id"].as_i64().unwrap();
    let named = thread(&app, agent).await;
    for thread in [unnamed, named] {
        say(&app, thread, "What is new?").await;
    }
    let titles = async || {
        let (_, threads) = app.get(&format!("/api/agents/{agent}/threads")).await;
        threads.as_array().unwrap().iter().map(|t| t["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles().await, ["Talk", "What is new?"]);
    let path = format!("/api/threads/{unnamed}");
    let (status, renamed) = app.send(app.request(Method::PATCH, &path).json(&json!({ "title": " News\n" }))).await;
    assert_eq!((status, &renamed["title"]), (StatusCode::OK, &json!("News")), "{renamed}");
    assert_eq!(titles().await, ["Talk", "News"]);
    let two_lines = app.post(&format!("/api/agents/{agent}/threads"), json!({ "title": "Two\r\nlines" })).await;
    assert_eq!(two_lines.1["title"], "Two lines");
    problem(&app.post(&format!("/api/agents/{agent}/threads"), json!({ "title": "\n" })).await, 422);
    for (body, says) in [(json!({ "title": " " }), "title"), (json!({}), "title"), (json!({ "name": "x" }), "name")] {
        let detail = problem(&app.send(app.request(Method::PATCH, &path).json(&body)).await, 422);
        assert!(detail.contains(says), "{detail}");
    }
    let missing = app.request(Method::PATCH, "/api/threads/4711").json(&json!({ "title": "x" }));
    problem(&app.send(missing).await, 404);
}

#[tokio::test]
async fn deleting_a_thread_stops_its_runs_and_hides_it() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let thread = thread(&app, agent).await;
    say(&app, thread, "one").await;
    let running = answer(&app, thread).await;
    app.run_is(running, "running").await;
    let waiting = answer(&app, thread).await;
    let path = format!("/api/threads/{thread}");
    let (status, _) = app.send(app.request(Method::DELETE, &path)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    app.run_is(running, "cancelled").await;
    app.run_is(waiting, "cancelled").await;
    problem(&app.send(app.request(Method::DELETE, &path)).await, 404);
    problem(&app.get(&format!("{path}/messages")).await, 404);
    problem(&app.post(&format!("{path}/messages"), json!({ "role": "user", "content": "x" })).await, 404);
    problem(&app.poke(&format!("{path}/run")).await, 404);
    assert_eq!(app.get(&format!("/api/agents/{agent}/threads")).await.1, json!([]));
    let task = app.task(agent).await;
    let of_task = app.run(task).await["thread_id"].clone();
    problem(&app.send(app.request(Method::DELETE, &format!("/api/threads/{of_task}"))).await, 409);
}

#[tokio::test]
async fn later_turns_know_what_tools_have_answered() {
    let app = TestApp::at_work(TestDatabase::sqlite(), DemoPace::INSTANT).await;
    let agent = app.agent("tools").await;
    let thread = thread(&app, agent).await;
    let mut steps = Vec::new();
    for content in ["one", "two"] {
        say(&app, thread, content).await;
        let run = answer(&app, thread).await;
        app.run_is(run, "success").await;
        steps.push(app.get(&format!("/api/runs/{run}/steps")).await.1);
    }
    let (told, given) = (steps[0][1]["output"].as_str().unwrap(), steps[1][0]["input"].as_str().unwrap());
    assert!(given.contains(&format!("current_time: {told}")), "{given}");
    assert_eq!(steps[1].as_array().unwrap().len(), 3, "asked again, it calls its tools again");
}
