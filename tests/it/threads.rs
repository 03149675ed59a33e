//! Threads: chat turns, and what a run is given to answer.

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
use runboard::domain::step::{MAX_PAYLOAD, StepCall, StepKind};
use runboard::domain::thread::Role;
use runboard::server::execution::{AnswerRecord, NewStep, Past, PastCalls, StepEnding};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::error::StoreError;
use runboard::server::work::demo::DemoPace;
use serde_json::{Value, json};

on_both!(
    turns_of_a_thread_are_claimed_one_at_a_time,
    a_thread_with_many_waiting_turns_holds_up_no_other,
    an_answer_belongs_to_what_it_answers,
    of_a_long_conversation_the_oldest_turns_are_left_out_whole,
    tools_of_earlier_turns_count_as_part_of_the_conversation,
    echoes_of_tasks_are_kept_for_a_day_and_those_of_chats_for_good,
    a_message_and_its_run_are_one,
    a_deleted_thread_leaves_its_runs_on_record,
    chats_are_read_as_they_stand,
);

fn said(messages: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages.as_array().unwrap().iter().map(|m| (text(&m["role"]), text(&m["content"]))).collect()
}

fn given(app: &TestApp, execution: usize) -> Vec<(String, String)> {
    let given = app.stage.given.lock().unwrap();
    given[execution].iter().map(in_words).collect()
}

/// Who spoke, and the words.
fn in_words(past: &Past) -> (String, String) {
    match past {
        Past::Said(message) => (message.role.to_string(), message.content.clone()),
        Past::Calls(calls) => ("tool".to_owned(), calls.said.clone()),
    }
}

/// The first calls in a history.
fn calls_of(history: &[Past]) -> PastCalls {
    let calls = history.iter().find_map(|past| match past {
        Past::Calls(calls) => Some(calls.clone()),
        Past::Said(_) => None,
    });
    calls.unwrap()
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

/// Says something in a thread, or in a new one; returns thread and run.
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

async fn turns_of_a_thread_are_claimed_one_at_a_time(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, first) = said_to(&s, agent, None, "one").await;
    let (_, second) = said_to(&s, agent, Some(thread), "two").await;
    let (_, other) = said_to(&s, agent, None, "elsewhere").await;
    let task = s.queue(agent).await;
    let claims = claimed(&s).await;
    assert_eq!(runs(&claims), [first, other, task]);
    assert_eq!(runs(&claimed(&s).await), []);
    s.store.mark_running(&claims[0], &first_step()).await.unwrap().unwrap();
    assert_eq!(runs(&claimed(&s).await), []);
    s.store.end_run(&claims[0], &ending(Verdict::Success)).await.unwrap().unwrap();
    assert_eq!(runs(&claimed(&s).await), [second]);
}

async fn a_thread_with_many_waiting_turns_holds_up_no_other(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, first) = said_to(&s, agent, None, "one").await;
    for _ in 0..20 {
        said_to(&s, agent, Some(thread), "and").await;
    }
    let task = s.queue(agent).await;
    let claims = s.store.claim_runs("a", 2, &[]).await.unwrap();
    assert_eq!(runs(&claims), [first, task]);
}

async fn an_answer_belongs_to_what_it_answers(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, first) = said_to(&s, agent, None, "one").await;
    // Posted before the first one is answered, so its id is lower than the answer's.
    let (_, second) = said_to(&s, agent, Some(thread), "two").await;
    assert_eq!(answered(&s, Verdict::Success).await, first);
    let history = async |run| {
        let history = s.store.assignment(run, |_| HISTORY_LIMIT).await.unwrap().history;
        history.iter().map(in_words).collect::<Vec<_>>()
    };
    let expected = pairs(&[("user", "one"), ("assistant", "done"), ("user", "two")]);
    assert_eq!(history(second).await, expected);
    assert_eq!(answered(&s, Verdict::Success).await, second);
    // Of two successful answers the newer counts, and a retry sees only what preceded the original.
    let retry = s.store.create_retry(&s.scope, first, Trigger::Manual).await.unwrap().run.id;
    assert_eq!(history(retry).await, pairs(&[("user", "one")]));
    assert_eq!(answered(&s, Verdict::Success).await, retry);
    let (_, third) = said_to(&s, agent, Some(thread), "three").await;
    let expected = [("user", "one"), ("assistant", "done"), ("user", "two"), ("assistant", "done"), ("user", "three")];
    assert_eq!(history(third).await, pairs(&expected));
    assert_eq!(answered(&s, Verdict::Cancelled).await, third);
    let (_, fourth) = said_to(&s, agent, Some(thread), "four").await;
    let expected = [&expected[..], &[("user", "four")]].concat();
    assert_eq!(history(fourth).await, pairs(&expected));
}

async fn of_a_long_conversation_the_oldest_turns_are_left_out_whole(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (model, system_instructions) = ("demo/quick".into(), "Be brief".into());
    let settings = AgentSettings { model, system_instructions, ..AgentSettings::named("Test") };
    let agent = s.store.create_agent(&s.scope, &settings).await.unwrap();
    let say = async |thread, content: &str| said_to(&s, agent, thread, &format!("{content:é<50}")).await;
    let (thread, _) = say(None, "one").await;
    answered(&s, Verdict::Success).await;
    for content in ["two", "three"] {
        say(Some(thread), content).await;
        answered(&s, Verdict::Success).await;
    }
    let (_, last) = say(Some(thread), "four").await;
    // Of each question 47 characters have two bytes; "done" is its answer, "Be brief" goes before all.
    let turn = 3 + 2 * 47 + 4;
    let told = async |limit: i64| {
        let history = s.store.assignment(last, |_| limit).await.unwrap().history;
        let shown = |text: &str| text.trim_end_matches('é').to_owned();
        history.iter().map(in_words).map(|(role, text)| (role, shown(&text))).collect::<Vec<_>>()
    };
    let all = pairs(&[
        ("system", "Be brief"),
        ("user", "one"),
        ("assistant", "done"),
        ("user", "two"),
        ("assistant", "done"),
        ("user", "three"),
        ("assistant", "done"),
        ("user", "four"),
    ]);
    assert_eq!(told(4 * turn + 8).await, all);
    let cut = told(4 * turn - 10).await;
    assert_eq!(cut[0], all[0]);
    assert!(cut[1].0 == "system" && cut[1].1.starts_with("[The 2 earliest messages of this"), "{cut:?}");
    assert_eq!(cut[2..], all[3..]);
    let least = told(0).await;
    assert!(least[1].1.starts_with("[The 6 earliest messages"), "{least:?}");
    assert_eq!(least[2..], all[7..], "what is asked now always stays");
    let transcript = s.store.transcript(&s.scope, last, |_| 4 * turn - 10).await.unwrap();
    assert_eq!(transcript.len(), cut.len(), "its page shows what it was given");
}

async fn tools_of_earlier_turns_count_as_part_of_the_conversation(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, _) = said_to(&s, agent, None, "one").await;
    let claim = claimed(&s).await.remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let call = NewStep {
        kind: StepKind::ToolCall,
        name: "fetch".into(),
        input: r#"{"q":"x"}"#.into(),
        prompt_tokens: None,
        call_id: Some("call_x".into()),
    };
    let echo = json!({ "content": "a\u{0}b" });
    let answer = AnswerRecord {
        calls: vec![fetches(json!({ "q": "x" }))],
        finish: Some(Finish::Stop),
        reasoning: Some("é".repeat(MAX_PAYLOAD)),
        served_model: Some("served".into()),
        echo: Some(echo.clone()),
    };
    for (position, output) in [(1, String::new()), (2, "r".repeat(1_000))] {
        if position == 2 {
            s.store.begin_step(&claim, position, &call).await.unwrap().unwrap();
        }
        let answer = if position == 1 { answer.clone() } else { AnswerRecord::default() };
        let ending = StepEnding { position, output: Some(output), answer, ..StepEnding::default() };
        s.store.end_step(&claim, &ending, &Usage::default()).await.unwrap().unwrap();
    }
    let steps = s.store.steps(&s.scope, claim.run).await.unwrap();
    assert_eq!((steps[0].finish, steps[0].served_model.as_deref()), (Some(Finish::Stop), Some("served")));
    assert_eq!((steps[0].said.as_deref(), &steps[0].calls), (Some(""), &answer.calls));
    assert_eq!((steps[1].call_id.as_deref(), steps[1].said.as_deref()), (Some("call_x"), None));
    assert_eq!((steps[0].reasoning.as_ref().map(String::len), steps[0].reasoning_cut), (Some(MAX_PAYLOAD), true));
    s.store.begin_step(&claim, 3, &first_step()).await.unwrap().unwrap();
    let last = StepEnding { position: 3, output: Some("done".into()), ..StepEnding::default() };
    let usage = Usage { total_cost: Some(NanoDollars(7)), cost_billed: true, ..Usage::default() };
    let finish = Some(Finish::Length);
    let end = Ending { open: vec![last], usage: Some(usage), finish, ..ending(Verdict::Success) };
    let (change, _) = s.store.end_run(&claim, &end).await.unwrap().unwrap();
    assert_eq!((change.run.finish, change.run.usage), (finish, usage));
    let (_, second) = said_to(&s, agent, Some(thread), "two").await;
    let roles = async |limit| {
        let history = s.store.assignment(second, |_| limit).await.unwrap().history;
        history.iter().map(|past| in_words(past).0).collect::<Vec<_>>()
    };
    assert_eq!(roles(1_100).await, ["user", "tool", "assistant", "user"]);
    assert_eq!(roles(1_000).await, ["system", "user"]);
    let whole = s.store.assignment(second, |_| 1_100).await.unwrap().history;
    let past = calls_of(&whole);
    assert_eq!((&past.calls[0].arguments, past.calls[0].result.len()), (&json!({ "q": "x" }), 1_000));
    assert_eq!((past.calls[0].id.as_deref(), past.echo), (Some("call_x"), Some(echo)));
}

/// A model's call of the tool `fetch`.
fn fetches(arguments: serde_json::Value) -> StepCall {
    let (id, name) = (Some("call_x".into()), "fetch".into());
    StepCall { id, name, arguments, arguments_text: None, arguments_cut: false }
}

/// A run that is claimed next calls a tool, with an echo, and ends.
async fn works_with_echo(s: &Subject, verdict: Verdict) {
    let claim = claimed(s).await.remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let echo = Some(json!({ "content": "thought" }));
    let answer = AnswerRecord { calls: vec![fetches(json!({}))], echo, ..AnswerRecord::default() };
    let asked = StepEnding { position: 1, answer, ..StepEnding::default() };
    s.store.end_step(&claim, &asked, &Usage::default()).await.unwrap().unwrap();
    let (name, call_id) = ("fetch".to_owned(), Some("call_x".to_owned()));
    let call = NewStep { kind: StepKind::ToolCall, name, input: "{}".into(), prompt_tokens: None, call_id };
    s.store.begin_step(&claim, 2, &call).await.unwrap().unwrap();
    let called = StepEnding { position: 2, output: Some("result".into()), ..StepEnding::default() };
    s.store.end_step(&claim, &called, &Usage::default()).await.unwrap().unwrap();
    s.store.end_run(&claim, &Ending { open: Vec::new(), ..ending(verdict) }).await.unwrap().unwrap();
}

async fn echoes_of_tasks_are_kept_for_a_day_and_those_of_chats_for_good(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (chat, _) = said_to(&s, agent, None, "one").await;
    works_with_echo(&s, Verdict::Success).await;
    let task = s.queue(agent).await;
    works_with_echo(&s, Verdict::Success).await;
    let task = s.store.run(&s.scope, task).await.unwrap().thread_id;
    said_to(&s, agent, Some(chat), "two").await;
    works_with_echo(&s, Verdict::Cancelled).await;
    // The calls before, as a run that goes on with a thread is shown them.
    let past = async |thread| {
        s.store.post_message(&s.scope, thread, Role::User, "and now?").await.unwrap();
        let run = s.store.create_thread_run(&s.scope, thread, Trigger::Api).await.unwrap().run.id;
        let history = s.store.assignment(run, |_| i64::MAX).await.unwrap().history;
        calls_of(&history)
    };
    assert_eq!(s.store.drop_old_echoes().await.unwrap(), 0);
    assert!(past(task).await.echo.is_some() && past(chat).await.echo.is_some());
    s.clock.advance(25 * 60 * 60 * 1_000);
    assert_eq!(s.store.drop_old_echoes().await.unwrap(), 2, "of the task, and of the turn that was stopped");
    let of_task = past(task).await;
    assert!(of_task.echo.is_none() && of_task.calls[0].result == "result", "{of_task:?}");
    assert!(past(chat).await.echo.is_some());
    s.store.delete_thread(&s.scope, chat).await.unwrap();
    assert_eq!(s.store.drop_old_echoes().await.unwrap(), 1, "of the chat that was deleted");
}

async fn a_message_and_its_run_are_one(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.agent(5).await, s.agent(5).await);
    let (thread, _) = said_to(&s, agent, None, "  What is\nnew?").await;
    assert_eq!(s.store.thread(&s.scope, thread).await.unwrap().title, "What is new?");
    said_to(&s, agent, Some(thread), "And now?").await;
    assert_eq!(s.store.thread(&s.scope, thread).await.unwrap().title, "What is new?");
    // Not another agent's thread, and not one that is being deleted: no thread, no message, no run.
    let say = async |agent, thread| s.store.create_chat_turn(&s.scope, agent, thread, "x", Trigger::Manual).await;
    assert!(matches!(say(other, Some(thread)).await, Err(StoreError::NoThread(_))));
    s.store.begin_agent_deletion(&s.scope, agent).await.unwrap();
    assert!(matches!(say(agent, Some(thread)).await, Err(StoreError::Conflict(_))));
    assert!(matches!(say(agent, None).await, Err(StoreError::Conflict(_))));
    assert_eq!(s.store.messages(&s.scope, thread).await.unwrap().len(), 2);
    assert_eq!(s.store.threads(&s.scope, agent).await.unwrap().len(), 1);
    assert_eq!(s.store.list_runs(&s.scope, other, 9).await.unwrap(), []);
}

async fn chats_are_read_as_they_stand(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (quiet, _) = said_to(&s, agent, None, "one").await;
    answered(&s, Verdict::Success).await;
    s.clock.advance(1_000);
    let (thread, first) = said_to(&s, agent, None, "two").await;
    answered(&s, Verdict::Success).await;
    let (_, second) = said_to(&s, agent, Some(thread), "three").await;
    let (_, third) = said_to(&s, agent, Some(thread), "four").await;
    s.queue(agent).await;

    let chats = s.store.chat_record(&s.scope, agent, Some(thread), Some(2)).await.unwrap();
    let listed: Vec<_> = chats.threads.iter().map(|row| (row.id, row.run.as_ref().map(|run| run.run_id))).collect();
    assert_eq!(listed[0], (thread, Some(second)), "what is next, not what is newest");
    assert_eq!((listed[1].0, listed.len()), (quiet, 2), "no tasks");
    let open = chats.open.unwrap();
    let asked: Vec<_> = open.asked.iter().map(|message| message.content.as_str()).collect();
    assert_eq!((asked, open.has_earlier), (vec!["three", "four"], true));
    assert_eq!(open.runs.iter().map(|(_, run)| run.id).collect::<Vec<_>>(), [second, third]);

    let whole = s.store.chat_record(&s.scope, agent, Some(thread), None).await.unwrap().open.unwrap();
    assert_eq!((whole.asked.len(), whole.has_earlier, whole.runs.len()), (3, false, 3));
    assert_eq!(whole.answers.get(&first).map(String::as_str), Some("done"));
    assert_eq!(whole.steps[&first].len(), 1);
    assert!(matches!(
        s.store.chat_record(&s.scope, agent, Some(ThreadId(99)), None).await,
        Err(StoreError::NoThread(_))
    ));
}

async fn a_deleted_thread_leaves_its_runs_on_record(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, run) = said_to(&s, agent, None, "one").await;
    answered(&s, Verdict::Success).await;
    let (_, waiting) = said_to(&s, agent, Some(thread), "two").await;
    let (_, seq, stopped) = s.store.delete_thread(&s.scope, thread).await.unwrap();
    let stopped = stopped.expect("one was waiting");
    assert_eq!((stopped.seq, stopped.running), (seq + 1, vec![]));
    assert_eq!(s.store.run(&s.scope, waiting).await.unwrap().status, RunStatus::Cancelled);
    assert!(matches!(s.store.delete_thread(&s.scope, thread).await, Err(StoreError::NoThread(_))));
    let says = s.store.create_retry(&s.scope, run, Trigger::Manual).await.unwrap_err().to_string();
    assert!(says.contains("was deleted"), "{says}");
    assert_eq!(s.store.list_runs(&s.scope, agent, 9).await.unwrap().len(), 2);
    assert_eq!(s.store.agent_contents(&s.scope, agent).await.unwrap().chats, 0);
    assert_eq!(s.store.transcript(&s.scope, run, |_| HISTORY_LIMIT).await.unwrap().len(), 2);
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
    assert_eq!(new["title"], "New thread");
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

#[tokio::test]
async fn a_chat_s_page_shows_what_was_said_and_is_not_found_elsewhere() {
    let app = TestApp::at_work(TestDatabase::sqlite(), DemoPace::INSTANT).await;
    let (agent, other) = (app.agent("tools").await, app.agent("quick").await);
    let thread = thread(&app, agent).await;
    say(&app, thread, "<b>one</b>").await;
    let run = answer(&app, thread).await;
    app.run_is(run, "success").await;
    let page = async |path: String| {
        let (status, html) = app.get(&path).await;
        (status, html.as_str().unwrap().split("id=\"page-data\"").next().unwrap().to_owned())
    };
    let (status, html) = page(format!("/agents/{agent}/chat/{thread}")).await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "<title>Talk · Test",
        "&lt;b&gt;one",
        "<p dir=\"auto\">Let me ask my tools.</p>",
        "current_time",
        "UTC",
        "<li dir=\"auto\">",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(page(format!("/agents/{agent}/chat")).await.0, StatusCode::OK);
    for path in
        [format!("{other}/chat/{thread}"), format!("{agent}/chat/99"), format!("{agent}/chat/x"), "99/chat".into()]
    {
        assert_eq!(page(format!("/agents/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
