//! Inputs and outputs of steps: kept whole up to a bound, served whole, and shown to models again.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use migration::{Migrator, MigratorTrait};
use reqwest::{Method, Response, StatusCode};
use runboard::domain::id::{AgentId, RunId};
use runboard::domain::run::{Trigger, Usage};
use runboard::domain::step::payload::{Extent, MAX_PAYLOAD, PREVIEW, Side, clamp, preview};
use runboard::domain::step::{StepCall, StepKind};
use runboard::server::execution::{AnswerRecord, MAX_RESULT, NewStep, Past, PastCalls, StepEnding};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::leases::Claim;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};

on_both!(
    long_texts_are_kept_whole_up_to_a_megabyte_and_say_where_they_are_cut,
    a_chat_goes_on_with_all_that_a_model_was_shown,
    what_a_call_had_written_is_kept_whole_when_its_server_goes_away,
    a_call_that_nobody_reports_on_is_kept_whole,
    long_texts_go_with_their_agent,
    steps_of_before_keep_what_they_have_and_lose_nothing_on_the_way_back,
);

/// Returns a text of so many bytes, not all of them letters.
fn text(bytes: usize) -> String {
    let mut text: String = (0..bytes / 8).map(|nr| format!("{nr:x} \u{1b}[1m€ ")).collect();
    text.truncate(text.floor_char_boundary(bytes));
    while text.len() < bytes {
        text.push('x');
    }
    text
}

fn tool(call_id: &str, input: &str) -> NewStep {
    let (name, input, call_id) = ("fetch".to_owned(), input.to_owned(), Some(call_id.to_owned()));
    NewStep { kind: StepKind::ToolCall, name, input, prompt_tokens: None, call_id }
}

fn gives(position: i32, output: &str) -> StepEnding {
    StepEnding { position, output: Some(output.to_owned()), ..StepEnding::default() }
}

async fn started(s: &Subject, input: &str) -> Claim {
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    let first = NewStep { input: input.to_owned(), ..first_step() };
    s.store.mark_running(&claim, &first).await.unwrap().unwrap();
    claim
}

/// Executes a run whose model says `said` and calls a tool that is given `arguments` and returns `result`.
async fn worked(s: &Subject, said: &str, arguments: &Value, result: &str) -> RunId {
    let claim = started(s, "user: Do it.").await;
    let call = StepCall {
        id: Some("call_x".to_owned()),
        name: "fetch".to_owned(),
        arguments: arguments.clone(),
        arguments_text: None,
        arguments_cut: false,
    };
    let answer = AnswerRecord { calls: vec![call], ..AnswerRecord::default() };
    let asked = StepEnding { answer, ..gives(1, said) };
    s.store.end_step(&claim, &asked, &Usage::default()).await.unwrap().unwrap();
    s.store.begin_step(&claim, 2, &tool("call_x", &arguments.to_string())).await.unwrap().unwrap();
    s.store.end_step(&claim, &gives(2, result), &Usage::default()).await.unwrap().unwrap();
    s.store.end_run(&claim, &Ending { open: Vec::new(), ..ending(Verdict::Success) }).await.unwrap().unwrap();
    claim.run
}

/// Returns a step's input or output as a whole.
async fn kept(s: &Subject, run: RunId, position: i32, side: Side) -> String {
    s.store.payload(&s.scope, run, position, side).await.unwrap().text().unwrap()
}

async fn count(raw: &DatabaseConnection) -> i64 {
    let select = Statement::from_string(raw.get_database_backend(), "SELECT COUNT(*) AS n FROM step_payloads");
    raw.query_one_raw(select).await.unwrap().unwrap().try_get("", "n").unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

async fn long_texts_are_kept_whole_up_to_a_megabyte_and_say_where_they_are_cut(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    s.queue(agent).await;
    let (prompt, arguments) = (text(PREVIEW + 1), json!({ "q": "x".repeat(300_000) }).to_string());
    let claim = started(&s, &prompt).await;
    let run = claim.run;
    s.store.end_step(&claim, &gives(1, &text(PREVIEW)), &Usage::default()).await.unwrap().unwrap();
    let begun = s.store.begin_step(&claim, 2, &tool("a", &arguments)).await.unwrap().unwrap();
    assert_eq!((begun.extent(Side::Input), begun.extent(Side::Output)), (Extent::Kept(300_008), Extent::Whole));
    let (_, ended) = s.store.end_step(&claim, &gives(2, &text(MAX_PAYLOAD)), &Usage::default()).await.unwrap().unwrap();
    assert_eq!(ended.extent(Side::Output), Extent::Kept(MAX_PAYLOAD as i64));
    // Arguments that are cut are no JSON any more, and NUL is shown as both databases can hold it.
    let (more, nul) = (json!({ "q": "x".repeat(MAX_PAYLOAD) }).to_string(), "a\0".repeat(PREVIEW));
    s.store.begin_step(&claim, 3, &tool("b", &more)).await.unwrap().unwrap();
    s.store.end_step(&claim, &gives(3, &nul), &Usage::default()).await.unwrap().unwrap();
    s.store.begin_step(&claim, 4, &first_step()).await.unwrap().unwrap();
    let answer = text(2 * MAX_PAYLOAD);
    let end = Ending { open: vec![gives(4, &answer)], ..ending(Verdict::Success) };
    let (_, ended) = s.store.end_run(&claim, &end).await.unwrap().unwrap();
    assert_eq!(ended[0].extent(Side::Output), Extent::Cut(2 * MAX_PAYLOAD as i64));
    let raw = Database::connect(&s.database.url).await.unwrap();
    assert_eq!(count(&raw).await, 6, "only what is too long for its step");
    raw.close().await.unwrap();
    let Subject { store, database, .. } = s;
    store.close().await;

    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (_, steps) = app.get(&format!("/api/runs/{run}/steps")).await;
    let first = &steps[0];
    assert_eq!((first["input"].as_str(), &first["input_cut"]), (Some(preview(&prompt).0), &json!(true)));
    assert_eq!((&first["input_bytes"], &first["output_bytes"]), (&json!(PREVIEW + 1), &json!(PREVIEW)));
    let get = async |at: &str| app.request(Method::GET, &format!("/api/runs/{run}/steps/{at}")).send().await.unwrap();
    let plain = "text/plain; charset=utf-8";
    let shown = nul.replace('\0', "\u{fffd}");
    for (at, body, bytes, media_type) in [
        ("1/input", prompt.as_str(), prompt.len(), plain),
        ("1/output", &text(PREVIEW), PREVIEW, plain),
        ("2/input", &arguments, arguments.len(), "application/json"),
        ("2/output", &text(MAX_PAYLOAD), MAX_PAYLOAD, plain),
        ("3/input", clamp(&more, MAX_PAYLOAD).0, more.len(), plain),
        ("3/output", &shown, shown.len(), plain),
        ("4/input", "user: Do it.", 12, plain),
        ("4/output", clamp(&answer, MAX_PAYLOAD).0, answer.len(), plain),
    ] {
        let response = get(at).await;
        assert_eq!((response.status(), header(&response, "content-type")), (StatusCode::OK, Some(media_type)), "{at}");
        assert_eq!(header(&response, "payload-bytes"), Some(bytes.to_string().as_str()), "{at}");
        assert_eq!(header(&response, "payload-cut"), (bytes > MAX_PAYLOAD).then_some("true"), "{at}");
        assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"));
        assert_eq!(header(&response, "content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
        assert!(response.text().await.unwrap() == body, "{at}");
    }
    let page = app.request(Method::GET, &format!("/runs/{run}")).send().await.unwrap().text().await.unwrap();
    for words in
        ["Show all (16 kB)", "Show all (300 kB)", "Show all (1.0 MB)", "Show 1 MiB of 2.1 MB: no more was kept"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains(&format!("href=\"/api/runs/{run}/steps/2/output\"")), "a link, for whoever has no script");
    assert!(page.len() < 1_000_000, "{} bytes: the page has no more than the beginnings", page.len());
}

#[tokio::test]
async fn what_is_not_there_is_said_in_words() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let run = app.task(agent).await;
    app.run_is(run, "running").await;
    let asked = async |at: &str| app.get(&format!("/api/runs/{at}")).await;
    assert_eq!(asked(&format!("{run}/steps/1/input")).await, (StatusCode::OK, json!("Do it.")));
    for (at, status, says) in [
        ("4711/steps/1/input".to_owned(), 404, "There is no run #4711."),
        ("x/steps/1/input".to_owned(), 404, "There is nothing at /api/runs/x/steps/1/input: ids are whole numbers."),
        (format!("{run}/steps/2/input"), 404, "has no step 2."),
        (format!("{run}/steps/1/output"), 404, "has no output, or none yet"),
        (format!("{run}/steps/0/input"), 422, "position: \"0\" is not a whole number from 1 to 2147483647."),
        (format!("{run}/steps/first/output"), 422, "position: \"first\" is not"),
        (format!("{run}/steps/99999999999/output"), 422, "position: \"99999999999\" is not"),
        (format!("{run}/steps/1/reasoning"), 404, "There is nothing at"),
    ] {
        let detail = problem(&asked(&at).await, status);
        assert!(detail.contains(says), "{at}: {detail}");
    }
    app.stage.open(1);
    app.run_is(run, "success").await;
    assert_eq!(asked(&format!("{run}/steps/1/output")).await, (StatusCode::OK, json!("done")));
}

/// Returns the calls of a chat's only turn as its next turn is given them; `None` where there is no room for them.
async fn calls_before(s: &Subject, agent: AgentId, run: RunId, limit: i64) -> Option<PastCalls> {
    let thread = s.store.run(&s.scope, run).await.unwrap().thread_id;
    let next = s.store.create_chat_turn(&s.scope, agent, Some(thread), "And?", Trigger::Manual).await.unwrap().run.id;
    let history = s.store.assignment(next, |_| limit).await.unwrap().history;
    history.into_iter().find_map(|past| match past {
        Past::Calls(calls) => Some(calls),
        Past::Said(_) => None,
    })
}

async fn a_chat_goes_on_with_all_that_a_model_was_shown(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (said, arguments, result) = (text(20_000), json!({ "q": "x".repeat(50_000) }), text(300 * 1024));
    s.store.create_chat_turn(&s.scope, agent, None, "Read it.", Trigger::Manual).await.unwrap();
    let run = worked(&s, &said, &arguments, &result).await;
    let past = calls_before(&s, agent, run, i64::MAX).await.unwrap();
    let call = &past.calls[0];
    assert!(past.said == said && call.arguments == arguments);
    let shown = format!("{}\n[cut here: the result was longer]", clamp(&result, MAX_RESULT).0);
    assert!(call.result == shown, "as the model was shown it in its own turn: {} bytes", call.result.len());
    // And it is weighed as what it is.
    let bytes = (said.len() + arguments.to_string().len() + MAX_RESULT) as i64;
    assert!(calls_before(&s, agent, run, bytes + 100).await.is_some());
    assert!(calls_before(&s, agent, run, bytes - 100).await.is_none());

    s.store.create_chat_turn(&s.scope, agent, None, "Read less.", Trigger::Manual).await.unwrap();
    let less = text(200 * 1024);
    // Turns of the first chat are waiting too, one at a time.
    let waiting = s.store.claim_runs("b", 1, &[]).await.unwrap();
    assert_eq!(waiting.len(), 1);
    let run = worked(&s, "", &json!({}), &less).await;
    let past = calls_before(&s, agent, run, i64::MAX).await.unwrap();
    assert!(past.calls[0].result == less && past.said.is_empty(), "whole, and says nothing of being cut");
}

/// A payload that cannot be read is an error to whoever asks for it, and no reason for a chat to end.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_text_is_not_passed_off_as_the_whole() {
    let s = Subject::on(TestDatabase::sqlite()).await;
    let agent = s.agent(5).await;
    s.store.create_chat_turn(&s.scope, agent, None, "Read it.", Trigger::Manual).await.unwrap();
    let result = text(100_000);
    let run = worked(&s, "", &json!({}), &result).await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    let damage = "UPDATE step_payloads SET zstd = CAST(substr(zstd, 1, length(zstd) / 2) AS BLOB)";
    raw.execute_unprepared(damage).await.unwrap();
    let payload = s.store.payload(&s.scope, run, 2, Side::Output).await.unwrap();
    assert!(payload.pieces().unwrap().any(|piece| piece.is_err()) && payload.text().is_err());
    let past = calls_before(&s, agent, run, i64::MAX).await.unwrap();
    let beginning = preview(&result).0;
    assert_eq!(past.calls[0].result, format!("{beginning}\n[cut here: the result was longer]"));
}

async fn what_a_call_had_written_is_kept_whole_when_its_server_goes_away(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = started(&s, "user: Do it.").await;
    let (first, second) = (text(400_000), text(300_000));
    s.store.append_output(&claim, 1, 0, &first).await.unwrap();
    s.store.append_output(&claim, 1, first.len(), &second).await.unwrap();
    s.store.expire_all_leases().await.unwrap();
    let (_, ended) = s.store.interrupt_expired(agent, run).await.unwrap().unwrap();
    assert_eq!(ended[0].extent(Side::Output), Extent::Kept(700_000));
    assert!(kept(&s, run, 1, Side::Output).await == first + &second);
}

async fn a_call_that_nobody_reports_on_is_kept_whole(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = started(&s, "user: Do it.").await;
    let text = text(700_000);
    let end = Ending { open: Vec::new(), usage: None, text: text.clone(), ..ending(Verdict::Cancelled) };
    let (_, ended) = s.store.end_run(&claim, &end).await.unwrap().unwrap();
    assert_eq!(ended[0].extent(Side::Output), Extent::Kept(700_000));
    assert!(kept(&s, run, 1, Side::Output).await == text);
}

async fn long_texts_go_with_their_agent(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.agent(5).await, s.agent(5).await);
    for agent in [agent, other] {
        s.queue(agent).await;
        worked(&s, &text(20_000), &json!({}), &text(20_000)).await;
    }
    let raw = Database::connect(&s.database.url).await.unwrap();
    assert_eq!(count(&raw).await, 4);
    s.store.begin_agent_deletion(&s.scope, agent).await.unwrap();
    s.store.delete_agent(agent).await.unwrap();
    assert_eq!(count(&raw).await, 2);
}

async fn steps_of_before_keep_what_they_have_and_lose_nothing_on_the_way_back(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let migrations = Migrator::migrations();
    let before = migrations.iter().position(|migration| migration.name().ends_with("keep_payloads")).unwrap();
    let newer = Some((migrations.len() - before) as u32);
    s.queue(agent).await;
    let run = worked(&s, "Let me see.", &json!({}), &text(700_000)).await;
    s.store.migrate_down(newer).await.unwrap();
    let raw = Database::connect(&s.database.url).await.unwrap();
    let select = "SELECT output, output_cut FROM run_steps WHERE position = 2";
    let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), select)).await.unwrap().unwrap();
    let beginning = preview(&text(700_000)).0.to_owned();
    assert_eq!(row.try_get::<String>("", "output").unwrap(), beginning, "as much as was kept then");
    assert!(row.try_get::<bool>("", "output_cut").unwrap());

    s.store.migrate().await.unwrap();
    let steps = s.store.steps(&s.scope, run).await.unwrap();
    assert_eq!((steps[0].extent(Side::Output), steps[0].output_bytes), (Extent::Whole, Some(11)));
    assert_eq!((steps[1].extent(Side::Output), steps[1].output.as_ref()), (Extent::Lost, Some(&beginning)));
    let payload = s.store.payload(&s.scope, run, 2, Side::Output).await.unwrap();
    assert_eq!((payload.bytes, payload.is_cut, payload.text().unwrap()), (None, true, beginning));
}
