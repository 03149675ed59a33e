//! Tests of tool calls in each protocol: models' requests are read, and tools' results are sent back as the provider
//! wants them.

use super::misbehaves::{Server, call, collect, raw, sse};
use super::*;
use crate::server::work::model::{Arguments, ChatTurn, ToolCall};
use crate::server::work::tools::ToolSpec;
use serde_json::{Value, json};

/// Returns a server that asks for a tool first and answers then.
fn asking(provider: Provider) -> Server {
    match provider {
        Provider::OpenAi => sse(&[
            r#"data: {"choices":[{"delta":{"content":"Let me see."},"finish_reason":null}]}"#,
            r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"clock","arguments":"{\"zo"}}]}}]}"#,
            r#"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"ne\":\"UTC\"}"}}]}}]}"#,
            r#"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
            "data: [DONE]",
        ])
        .then(sse(&[
            r#"data: {"choices":[{"delta":{"content":"Noon."},"finish_reason":"stop"}]}"#,
            "data: [DONE]",
        ])),
        Provider::Anthropic => sse(&[
            "event: message_start\ndata: {\"message\":{\"usage\":{\"input_tokens\":7}}}",
            "event: content_block_start\ndata: {\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
            "event: content_block_delta\ndata: {\"delta\":{\"type\":\"text_delta\",\"text\":\"Let me see.\"}}",
            "event: content_block_stop\ndata: {}",
            "event: content_block_start\ndata: {\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_a\",\"name\":\"clock\",\"input\":{}}}",
            "event: content_block_delta\ndata: {\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"zone\\\":\\\"UTC\\\"}\"}}",
            "event: content_block_stop\ndata: {}",
            "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":2}}",
            "event: message_stop\ndata: {}",
        ])
        .then(sse(&[
            "event: message_start\ndata: {\"message\":{\"usage\":{\"input_tokens\":9}}}",
            "event: content_block_start\ndata: {\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
            "event: content_block_delta\ndata: {\"delta\":{\"type\":\"text_delta\",\"text\":\"Noon.\"}}",
            "event: content_block_stop\ndata: {}",
            "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}",
            "event: message_stop\ndata: {}",
        ])),
        Provider::Gemini => sse(&[
            r#"data: {"candidates":[{"content":{"parts":[{"text":"Let me see."}]}}],"usageMetadata":{"promptTokenCount":7}}"#,
            r#"data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"clock","args":{"zone":"UTC"}},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":2}}"#,
        ])
        .then(sse(&[
            r#"data: {"candidates":[{"content":{"parts":[{"text":"Noon."}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2}}"#,
        ])),
        _ => lines(&[
            r#"{"message":{"content":"Let me see."},"done":false}"#,
            r#"{"message":{"content":"","tool_calls":[{"function":{"name":"clock","arguments":{"zone":"UTC"}}}]},"done":false}"#,
            r#"{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":2}"#,
        ])
        .then(lines(&[
            r#"{"message":{"content":"Noon."},"done":false}"#,
            r#"{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":2}"#,
        ])),
    }
}

fn lines(lines: &[&str]) -> Server {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n\r\n";
    raw(format!("{head}{}", lines.join("\n")))
}

fn clock() -> ToolSpec {
    ToolSpec {
        name: "clock".to_owned(),
        description: "What time it is".to_owned(),
        parameters: json!({"type": "object", "properties": {"zone": {"type": "string"}}}),
    }
}

/// Returns the body of a request, as JSON.
fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Asks, replies to the call with "12:00", asks again; returns both requests' bodies.
async fn both_turns(provider: Provider) -> (Vec<ToolCall>, [Value; 2]) {
    let served = asking(provider).serve().await;
    let model = served.model_of(provider);
    let mut first = call(&format!("{provider}/test"));
    first.tools = [clock()].into();
    let got = collect(&model, first.clone()).await;
    assert_eq!((got.text.as_str(), &got.error), ("Let me see.", &None), "{provider}");
    assert!(got.usage.is_some() || provider == Provider::OpenAi, "{provider}");
    let calls = got.calls;
    let mut second = first;
    second.turns.push(ChatTurn::Assistant { text: got.text, calls: calls.clone(), echo: got.echo });
    second.turns.extend(calls.iter().map(|call| ChatTurn::Tool {
        call_id: call.id.clone(),
        name: call.name.clone(),
        content: "12:00".to_owned(),
    }));
    let answered = collect(&model, second).await;
    assert_eq!((answered.text.as_str(), answered.error), ("Noon.", None), "{provider}");
    let requests = served.requests();
    (calls, [body(&requests[0]), body(&requests[1])])
}

#[tokio::test]
async fn every_protocol_asks_for_a_tool_and_gets_its_answer() {
    for provider in [Provider::OpenAi, Provider::Anthropic, Provider::Gemini, Provider::Ollama] {
        let (calls, [first, second]) = both_turns(provider).await;
        assert_eq!(calls.len(), 1, "{provider}");
        assert_eq!(
            (calls[0].name.as_str(), &calls[0].arguments),
            ("clock", &Arguments::Read(json!({"zone": "UTC"}))),
            "{provider}"
        );
        assert!(!calls[0].id.is_empty(), "{provider}");
        let told = first["tools"].to_string();
        assert!(
            told.contains("clock") && told.contains("What time it is") && told.contains("zone"),
            "{provider}: {told}"
        );
        let again = second.to_string();
        assert!(again.contains("12:00") && again.contains("Let me see."), "{provider}: {again}");
    }
}

#[tokio::test]
async fn openai_gets_the_call_and_its_result_by_the_calls_id() {
    let (calls, [_, second]) = both_turns(Provider::OpenAi).await;
    assert_eq!(calls[0].id, "call_a");
    let messages = second["messages"].as_array().unwrap();
    let asked = &messages[messages.len() - 2];
    assert_eq!((&asked["role"], &asked["tool_calls"][0]["id"]), (&json!("assistant"), &json!("call_a")), "{asked}");
    let arguments = asked["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(arguments).unwrap(), json!({"zone": "UTC"}));
    let result = &messages[messages.len() - 1];
    assert_eq!((&result["role"], &result["tool_call_id"]), (&json!("tool"), &json!("call_a")), "{result}");
}

#[tokio::test]
async fn gemini_gets_back_its_thought_signature() {
    let (_, [_, second]) = both_turns(Provider::Gemini).await;
    assert!(second.to_string().contains("c2ln"), "{second}");
    assert!(second.to_string().contains("functionResponse"), "{second}");
}

#[tokio::test]
async fn a_call_that_is_counted_from_one_is_made_once_and_no_arguments_are_an_empty_object() {
    let served = sse(&[
        r#"data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"call_a","type":"function","function":{"name":"clock","arguments":""}}]}}]}"#,
        r#"data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
        "data: [DONE]",
    ]);
    let served = served.serve().await;
    let got = collect(&served.model_of(Provider::OpenAi), call("openai/test")).await;
    let calls: Vec<_> = got.calls.iter().map(|call| (call.id.as_str(), call.arguments.clone())).collect();
    assert_eq!((calls, got.error), (vec![("call_a", Arguments::Read(json!({})))], None));
}

#[tokio::test]
async fn without_the_echo_a_call_is_put_together_from_its_parts() {
    let served = sse(&[r#"data: {"choices":[{"delta":{"content":"Noon."},"finish_reason":"stop"}]}"#, "data: [DONE]"]);
    let served = served.serve().await;
    let mut again = call("openai/test");
    let asked = ToolCall { id: "call_b".to_owned(), name: "clock".to_owned(), arguments: Arguments::Read(json!({})) };
    again.turns.push(ChatTurn::Assistant { text: "Hm.".to_owned(), calls: vec![asked], echo: None });
    let (call_id, name) = ("call_b".to_owned(), "clock".to_owned());
    again.turns.push(ChatTurn::Tool { call_id, name, content: "12:00".to_owned() });
    assert_eq!(collect(&served.model_of(Provider::OpenAi), again).await.error, None);
    let sent = body(&served.requests()[0])["messages"].to_string();
    assert!(sent.contains("call_b") && sent.contains("Hm.") && sent.contains("12:00"), "{sent}");
}
