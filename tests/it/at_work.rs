//! Agents at work with the demo models: several turns, tools, retries, loops, stops.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::socket::Socket;
use reqwest::StatusCode;
use runboard::server::work::demo::DemoPace;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both!(a_stop_takes_effect_at_once_and_is_on_record, what_is_written_is_stored_while_it_is);

async fn app() -> TestApp {
    TestApp::at_work(TestDatabase::sqlite(), DemoPace::INSTANT).await
}

async fn steps(app: &TestApp, run: &Value) -> Vec<Value> {
    let (status, steps) = app.get(&format!("/api/runs/{}/steps", run["id"])).await;
    assert_eq!(status, StatusCode::OK);
    steps.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_run_with_a_tool_has_two_model_turns_and_all_of_it_on_record() {
    let app = app().await;
    let agent = app.agent("tools").await;
    let run = app.task_is(agent, "success").await;
    let steps = steps(&app, &run).await;
    let kinds: Vec<&str> = steps.iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["model_call", "tool_call", "model_call"]);
    let tool = &steps[1];
    assert_eq!((&tool["name"], &tool["input"], &tool["error"]), (&json!("current_time"), &json!("{}"), &Value::Null));
    let call = json!({ "id": tool["call_id"], "name": "current_time", "arguments": {}, "arguments_cut": false });
    assert_eq!((&steps[0]["calls"], &tool["calls"]), (&json!([call]), &json!([])));
    assert!(tool["call_id"].is_string() && tool["said"].is_null(), "{tool}");
    assert!(steps[2]["said"].is_string() && steps[2]["output"] == steps[2]["said"], "{}", steps[2]);
    let told = tool["output"].as_str().unwrap();
    assert!(steps[2]["input"].as_str().unwrap().contains(told), "{}", steps[2]);
    assert!(steps[2]["cached_tokens"].as_i64().unwrap() > 0, "{}", steps[2]);
    assert_eq!(steps[2]["rates"]["source"], "built in");
    let tokens: i64 = steps.iter().filter_map(|step| step["total_tokens"].as_i64()).sum();
    assert_eq!((&run["total_tokens"], &run["total_cost_usd"]), (&json!(tokens), &json!(0.0)));
    for step in &steps {
        assert!(step["finished_at"].is_string() && step["duration_ms"].is_i64(), "{step}");
    }
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_when_it_said() {
    let app = app().await;
    let agent = app.agent("busy").await;
    let run = app.task_is(agent, "success").await;
    let steps = steps(&app, &run).await;
    assert_eq!(steps.len(), 1, "within the step");
    let tries = steps[0]["tries"].as_array().unwrap();
    assert_eq!((tries.len(), &tries[0]["wait_ms"]), (1, &json!(1_000)));
    assert!(tries[0]["error"].as_str().unwrap().starts_with("429 Too Many Requests"), "{}", tries[0]);
    assert!(run["duration_ms"].as_i64().unwrap() >= 1_000);
}

#[tokio::test]
async fn a_loop_is_marked_while_it_runs_and_ended() {
    let app = app().await;
    let agent = app.agent("loop").await;
    let run = app.task_is(agent, "failed").await;
    assert_eq!((&run["failure_kind"], &run["looping"]), (&json!("error"), &json!(true)));
    assert_eq!((&run["failure_cause"], &run["failed_calls"]), (&json!("loop"), &json!(1)), "the call not made failed");
    assert!(run["error"].as_str().unwrap().contains("with the same arguments 6 times in a row"), "{run}");
    let steps = steps(&app, &run).await;
    let calls = steps.iter().filter(|step| step["kind"] == "tool_call").count();
    assert_eq!(calls, 6);
}

#[tokio::test]
async fn a_watcher_sees_steps_begin_and_end_and_the_text_grow() {
    // Long enough that whoever comes late has something to watch.
    let pace = DemoPace { slow: Duration::from_secs(8), ..DemoPace::INSTANT };
    let app = TestApp::at_work(TestDatabase::sqlite(), pace).await;
    let agent = app.agent("slow").await;
    let begun = Instant::now();
    let run = app.task(agent).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("run:{run}")).await;
    let state = socket.hear_type("run_state").await;
    let mut text = state["data"]["text"].as_str().unwrap().to_owned();
    let (mut ended, mut deltas, mut is_over) = (false, 0_u128, false);
    while !(ended && is_over) {
        let message = socket.hear().await.expect("closed");
        let data = &message["data"];
        match message["type"].as_str().unwrap() {
            "output_delta" => {
                let offset = data["offset"].as_u64().unwrap() as usize;
                assert_eq!(data["step"], 1);
                text.truncate(offset);
                text.push_str(data["text"].as_str().unwrap());
                deltas += 1;
            }
            "step_update" => ended = data["finished_at"].is_string(),
            "run_update" => is_over = data["status"] == "success",
            other => panic!("{other}: {message}"),
        }
    }
    let (_, messages) = app.get(&format!("/api/threads/{}/messages", state["data"]["run"]["thread_id"])).await;
    assert_eq!(text, messages.as_array().unwrap().last().unwrap()["content"].as_str().unwrap());
    let most = begun.elapsed().as_millis() / 100 + 2;
    assert!((3..=most).contains(&deltas), "{deltas} deltas in {:?}", begun.elapsed());
}

async fn a_stop_takes_effect_at_once_and_is_on_record(database: TestDatabase) {
    let pace = DemoPace { slow: Duration::from_secs(60), ..DemoPace::INSTANT };
    let app = TestApp::at_work(database, pace).await;
    let agent = app.agent("slow").await;
    let id = app.task(agent).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("run:{id}")).await;
    socket.hear_next("output_delta").await;
    app.poke(&format!("/api/runs/{id}/stop")).await;
    let run = app.run_is(id, "cancelled").await;
    let at = |name: &str| chrono::DateTime::parse_from_rfc3339(run[name].as_str().unwrap()).unwrap();
    let (asked, let_go, done) = (at("cancel_requested_at"), at("cancel_acknowledged_at"), at("finished_at"));
    assert!(asked <= let_go && let_go <= done && (done - asked).num_seconds() < 8, "{run}");
    assert_eq!((&run["usage_estimated"], &run["cost_after_stop_usd"]), (&json!(true), &json!(0.0)));
    let steps = steps(&app, &run).await;
    assert!(steps[0]["output"].as_str().unwrap().starts_with("I am "), "{}", steps[0]);
    assert_eq!(steps[0]["error"], "Stopped before it was over.");
}

async fn what_is_written_is_stored_while_it_is(database: TestDatabase) {
    let pace = DemoPace { slow: Duration::from_secs(60), ..DemoPace::INSTANT };
    let app = TestApp::at_work(database, pace).await;
    let agent = app.agent("slow").await;
    let run = app.task(agent).await;
    let id = runboard::domain::id::RunId(run);
    eventually("a piece is stored", async || {
        app.state.store.kept_output(id).await.unwrap().filter(|(step, text)| *step == 1 && text.len() > 100)
    })
    .await;
    app.poke(&format!("/api/runs/{run}/stop")).await;
    app.run_is(run, "cancelled").await;
    assert_eq!(app.state.store.kept_output(id).await.unwrap(), None, "the answer has it now");
}

#[tokio::test]
async fn an_answer_is_cut_at_the_agents_limit_and_says_so() {
    let app = app().await;
    let body = json!({ "name": "Brief", "model": "demo/quick", "task_instructions": "Go on.", "max_output_tokens": 5 });
    let agent = app.agent_with(body).await;
    let run = app.task_is(agent, "success").await;
    assert_eq!((&run["finish"], &run["completion_tokens"]), (&json!("length"), &json!(5)));
    let step = &steps(&app, &run).await[0];
    assert_eq!((&step["finish"], &step["output"]), (&json!("length"), &json!("I am Runboard's buil")));
    let (status, agent) = app.get(&format!("/api/agents/{agent}")).await;
    assert_eq!((status, &agent["max_output_tokens"]), (StatusCode::OK, &json!(5)));
}
