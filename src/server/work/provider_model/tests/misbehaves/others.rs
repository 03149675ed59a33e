//! The same for the protocols of the other providers.

use super::*;

fn anthropic(last: &[&str]) -> Server {
    let first = [
        "event: message_start\ndata: {\"message\":{\"usage\":{\"input_tokens\":7}}}",
        "event: content_block_start\ndata: {\"content_block\":{\"type\":\"text\"}}",
        "event: content_block_delta\ndata: {\"delta\":{\"text\":\"Hello\"}}",
    ];
    sse(&[&first, last].concat())
}

#[tokio::test]
async fn anthropic_answers_break_off_and_fails() {
    let end = [
        "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}",
        "event: message_stop\ndata: {}",
    ];
    let served = anthropic(&end).serve().await;
    let got = served.ask(Provider::Anthropic).await;
    assert_eq!((got.text.as_str(), got.error), ("Hello", None));
    assert_eq!((got.usage.unwrap().prompt, got.usage.unwrap().completion), (Some(7), Some(2)));
    assert!(served.requests()[0].contains("x-api-key: sk-test-0123456789\r\n"));
    let cut = anthropic(&[]).serve().await.ask(Provider::Anthropic).await;
    assert_eq!(cut.error.unwrap().message, "the stream ended before the answer was complete");
    let overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"Overloaded\"}}";
    let failed = anthropic(&[overloaded]).serve().await.ask(Provider::Anthropic).await;
    assert_eq!(failed.error.unwrap().message, "the provider reported an error: Overloaded");
}

#[tokio::test]
async fn numbers_that_overflow_are_an_error() {
    let usage = r#"{"input_tokens":2147483647,"cache_read_input_tokens":2147483647}"#;
    let start = format!("event: message_start\ndata: {{\"message\":{{\"usage\":{usage}}}}}");
    let got = sse(&[&start]).serve().await.ask(Provider::Anthropic).await;
    assert!(got.error.is_some());
}

#[tokio::test]
async fn gemini_answers_and_breaks_off() {
    let piece =
        r#"data: {"candidates":[{"content":{"parts":[{"text":"Hello"}]}}],"usageMetadata":{"promptTokenCount":7}}"#;
    let end = r#"data: {"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":2}}"#;
    let served = sse(&[piece, end]).serve().await;
    let got = served.ask(Provider::Gemini).await;
    assert_eq!((got.text.as_str(), got.error), ("Hello", None));
    assert_eq!(got.usage.unwrap().completion, Some(2));
    assert!(served.requests()[0].starts_with("POST /v1/models/test:streamGenerateContent?alt=sse "));
    let cut = sse(&[piece]).serve().await.ask(Provider::Gemini).await;
    assert_eq!(cut.error.unwrap().message, "the stream ended before the answer was complete");
}

fn ndjson(lines: &[&str]) -> Server {
    ok("application/x-ndjson", &lines.join("\n"))
}

#[tokio::test]
async fn ollama_answers_breaks_off_and_fails() {
    let piece = r#"{"message":{"content":"Hello"},"done":false}"#;
    let end = r#"{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":2}"#;
    let got = ndjson(&[piece, end]).serve().await.ask(Provider::Ollama).await;
    assert_eq!((got.text.as_str(), got.error), ("Hello", None));
    assert_eq!(got.usage.unwrap().prompt, Some(7));
    let cut = ndjson(&[piece]).serve().await.ask(Provider::Ollama).await;
    assert_eq!(cut.error.unwrap().message, "the stream ended before the answer was complete");
    let failed = ndjson(&[piece, r#"{"error":"model runner has crashed"}"#]).serve().await.ask(Provider::Ollama).await;
    assert_eq!(failed.error.unwrap().message, "the provider reported an error: model runner has crashed");
    for end in ["", "\n"] {
        let words = format!("Internal error{end}");
        let got = ndjson(&[piece, &words]).serve().await.ask(Provider::Ollama).await;
        let error = got.error.unwrap();
        let said = "the provider sent something that is not JSON: Internal error";
        assert_eq!((got.text.as_str(), error.message.as_str(), error.is_passing), ("Hello", said, true));
    }
    let refused =
        status("404 Not Found", "", r#"{"error":"model 'x' not found"}"#).serve().await.ask(Provider::Ollama).await;
    let said = refused.error.unwrap().message;
    assert!(said.starts_with("404 Not Found: model 'x' not found (run `ollama pull test`"), "{said}");
}
