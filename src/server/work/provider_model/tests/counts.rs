//! Tests of the token counts that each provider reports: every token is counted once, whatever it is called.

use super::misbehaves::{call, collect, sse};
use super::*;
use crate::server::work::model::TokenUsage;

/// Returns the counts: prompt, cached, written to the cache, completion, reasoning.
fn counts(usage: Option<TokenUsage>) -> [Option<i64>; 5] {
    let TokenUsage { prompt, cached, cache_written, completion, reasoning, .. } = usage.unwrap();
    [prompt, cached, cache_written, completion, reasoning]
}

/// Returns the counts of an answer in OpenAI's protocol, its usage within the last piece or after it.
async fn openai(provider: Provider, usage: &str) -> [Option<i64>; 5] {
    let piece = r#"data: {"choices":[{"delta":{"content":"Hello"}}]}"#;
    let done = "data: [DONE]";
    let within = format!(r#"data: {{"choices":[{{"delta":{{}},"finish_reason":"stop"}}],"usage":{usage}}}"#);
    let finish = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    let after = format!(r#"data: {{"choices":[],"usage":{usage}}}"#);
    let within = sse(&[piece, &within, done]).serve().await.ask(provider).await;
    let after = sse(&[piece, finish, &after, done]).serve().await.ask(provider).await;
    assert_eq!((within.error, after.error), (None, None));
    assert_eq!(within.usage, after.usage);
    counts(within.usage)
}

#[tokio::test]
async fn openai_counts_reasoning_within_the_completion() {
    let usage = r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
        "prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":30}}"#
        .replace('\n', "");
    for provider in [Provider::OpenAi, Provider::Groq, Provider::Mistral, Provider::OpenRouter] {
        assert_eq!(openai(provider, &usage).await, [Some(100), Some(40), None, Some(50), Some(30)], "{provider}");
    }
}

#[tokio::test]
async fn openrouter_says_what_was_written_to_the_cache() {
    let usage = r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"cost":0.01,"prompt_tokens_details":{"cached_tokens":40,"cache_write_tokens":20}}"#;
    assert_eq!(openai(Provider::OpenRouter, usage).await, [Some(100), Some(40), Some(20), Some(50), None]);
}

#[tokio::test]
async fn deepseek_names_its_cache_hits_twice() {
    let usage = r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":20},"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36}"#;
    assert_eq!(openai(Provider::DeepSeek, usage).await, [Some(100), Some(64), None, Some(50), Some(20)]);
}

#[tokio::test]
async fn xai_counts_reasoning_beside_the_completion() {
    let beside = r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":180,"completion_tokens_details":{"reasoning_tokens":30}}"#;
    let within = beside.replace("180", "150");
    for provider in [Provider::Xai, Provider::OpenAi] {
        assert_eq!(openai(provider, beside).await, [Some(100), None, None, Some(80), Some(30)], "{provider}");
        assert_eq!(openai(provider, &within).await, [Some(100), None, None, Some(50), Some(30)], "{provider}");
    }
}

#[tokio::test]
async fn anthropic_counts_its_cache_beside_the_input() {
    let start = r#"event: message_start
data: {"message":{"usage":{"input_tokens":30,"cache_creation_input_tokens":20,"cache_read_input_tokens":50,"output_tokens":1}}}"#;
    let events = [
        start,
        "event: content_block_start\ndata: {\"content_block\":{\"type\":\"text\"}}",
        "event: content_block_delta\ndata: {\"delta\":{\"text\":\"Hello\"}}",
        "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9}}",
        "event: message_stop\ndata: {}",
    ];
    let got = sse(&events).serve().await.ask(Provider::Anthropic).await;
    assert_eq!(counts(got.usage), [Some(100), Some(50), Some(20), Some(9), None]);
}

#[tokio::test]
async fn gemini_counts_thoughts_beside_the_candidates() {
    let answer = async |counted: &str| {
        let event = format!(
            r#"data: {{"candidates":[{{"content":{{"parts":[{{"text":"Hello"}}]}},"finishReason":"STOP"}}],"usageMetadata":{{"promptTokenCount":100,"cachedContentTokenCount":40,{counted}}}}}"#
        );
        counts(sse(&[&event]).serve().await.ask(Provider::Gemini).await.usage)
    };
    let both = answer(r#""candidatesTokenCount":20,"thoughtsTokenCount":30,"totalTokenCount":150"#).await;
    assert_eq!(both, [Some(100), Some(40), None, Some(50), Some(30)]);
    let thoughts = answer(r#""thoughtsTokenCount":30,"totalTokenCount":130"#).await;
    assert_eq!(thoughts, [Some(100), Some(40), None, Some(30), Some(30)]);
    let tools = answer(r#""candidatesTokenCount":20,"toolUsePromptTokenCount":7,"totalTokenCount":127"#).await;
    assert_eq!(tools, [Some(107), Some(40), None, Some(20), None]);
}

#[tokio::test]
async fn no_effort_is_taken_from_a_models_name() {
    for name in ["mistral/magistral-medium", "openrouter/qwen/qwen-max", "deepseek/x-high", "groq/x-low", "xai/x-high"]
    {
        let server = sse(&["data: {\"choices\":[{\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}"]);
        let served = server.serve().await;
        let provider = name.parse::<ModelName>().unwrap().provider;
        collect(&served.model_of(provider), call(name)).await;
        let request = served.requests().remove(0);
        let model = name.split_once('/').unwrap().1;
        assert!(request.starts_with("POST /v1/chat/completions "), "{request}");
        assert!(request.contains(&format!("\"model\":\"{model}\"")), "{request}");
        assert!(!request.contains("reasoning_effort") && !request.contains("thinking"), "{request}");
    }
}
