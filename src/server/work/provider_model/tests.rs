//! The demo models end to end, and the requests that real providers get.

mod counts;
mod misbehaves;
mod tool_calls;

use super::*;
use crate::server::clock::ManualClock;
use crate::server::work::demo::RETRY_HEADER;
use crate::server::work::model::TokenUsage;
use futures::StreamExt;
use misbehaves::{Collected, NOW_MS, call, collect, sse};
use std::time::Duration;

fn demo() -> ProviderModel {
    ProviderModel::new(ProvidersConfig::default(), ManualClock::at(NOW_MS)).unwrap().with_demo_pace(DemoPace::INSTANT)
}

async fn run(model: &ProviderModel, name: &str, is_retry: bool) -> Collected {
    collect(model, ChatCall { is_retry, ..call(name) }).await
}

#[tokio::test]
async fn quick_and_slow_stream_their_answer_and_its_usage() {
    let model = demo();
    for (name, pieces) in [("demo/quick", 12), ("demo/slow", 100)] {
        let got = run(&model, name, false).await;
        assert!(got.text.starts_with("I am Runboard's built-in demo model, not a language model."), "{}", got.text);
        assert!(got.text.contains("I was given 2 messages with 5 words in all."), "{}", got.text);
        assert_eq!(got.pieces, pieces);
        let usage = got.usage.unwrap();
        assert_eq!(usage.prompt, Some(3 + 3 + 8));
        assert_eq!(usage.completion, Some(got.text.chars().count().div_ceil(4) as i64));
        assert_eq!(got.error, None);
    }
}

#[tokio::test]
async fn slow_is_spread_over_its_time_and_quick_takes_next_to_none() {
    let pace = DemoPace { slow: Duration::from_millis(600), ..DemoPace::default() };
    assert_eq!((DemoPace::default().slow.as_secs(), DemoPace::default().quick.as_millis()), (20, 120));
    let model = demo().with_demo_pace(pace);
    for (name, least) in [("demo/quick", 100), ("demo/slow", 600)] {
        let begun = tokio::time::Instant::now();
        let mut stream = model.stream(call(name)).await.unwrap();
        let first = begun.elapsed().as_millis();
        while stream.next().await.is_some() {}
        let took = begun.elapsed().as_millis();
        assert!(took >= least, "{name} took {took} ms");
        assert!(took - first >= least / 2, "{name} began after {first} of {took} ms");
    }
}

#[tokio::test]
async fn fail_reports_its_status_and_reason() {
    let error = run(&demo(), "demo/fail", true).await.error.unwrap();
    assert_eq!(error.status, Some(400));
    assert_eq!(error.message, "400 Bad Request: The model demo/fail always fails. That is what it is for.");
}

#[tokio::test]
async fn flaky_succeeds_when_retried() {
    let model = demo();
    let error = run(&model, "demo/flaky", false).await.error.unwrap();
    assert_eq!(error.status, Some(400));
    assert_eq!(run(&model, "demo/flaky", true).await.error, None);
}

#[tokio::test]
async fn an_unknown_demo_model_answers_and_says_so() {
    let got = run(&demo(), "demo/gpt-9-max", false).await;
    assert!(got.text.contains("There is no model demo/gpt-9-max, so I answer as demo/quick."), "{}", got.text);
}

#[tokio::test]
async fn stall_does_not_answer() {
    let model = demo();
    assert!(tokio::time::timeout(Duration::from_millis(200), model.stream(call("demo/stall"))).await.is_err());
}

#[tokio::test]
async fn what_is_not_configured_or_not_a_name_is_said() {
    let model = demo();
    let said = async |name: &str| run(&model, name, false).await.error.unwrap().message;
    assert_eq!(said("anthropic/x").await, "anthropic/… needs ANTHROPIC_API_KEY: set it and start the server again");
    assert!(said("foo/x").await.starts_with("unknown provider \"foo\": use openai/…"));
}

#[tokio::test]
async fn a_model_name_is_sent_as_it_is_written_and_the_key_only_to_the_provider() {
    let server =
        sse(&["data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}", "data: [DONE]"]);
    let server = server.serve().await;
    let got = collect(&server.model(), call("openai/ns::qwen/qwen-max")).await;
    assert_eq!((got.text.as_str(), got.error, got.usage), ("ok", None, None::<TokenUsage>));
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer sk-test-0123456789\r\n"), "{request}");
    assert!(request.contains("\"model\":\"ns::qwen/qwen-max\""), "{request}");
    assert!(request.contains("\"include_usage\":true") && !request.contains("reasoning_effort"), "{request}");
    assert!(!request.contains(RETRY_HEADER), "{request}");
}
