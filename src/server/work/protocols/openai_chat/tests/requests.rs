//! The call as each provider wants it.

use super::super::OpenAiChat;
use crate::server::work::model::{Arguments, ChatCall, ChatTurn, Echo, ToolCall};
use crate::server::work::name::{ModelName, Provider};
use crate::server::work::protocols::Protocol;
use crate::server::work::providers::Endpoint;
use crate::server::work::tools::ToolSpec;
use crate::server::work::wire::WireRequest;
use serde_json::{Value, json};
use std::sync::Arc;

fn tools(count: usize) -> Arc<[ToolSpec]> {
    let tool = |n| ToolSpec {
        name: format!("t{n}"),
        description: "What".to_owned(),
        parameters: json!({"type": "object", "properties": {}}),
    };
    (0..count).map(tool).collect()
}

/// Returns a conversation in which a tool was called, with reasoning.
fn call(provider: Provider, arguments: Arguments) -> ChatCall {
    let turn = json!({"reasoning_content": "I need the tool.", "role": "system"});
    let content = json!({"model": "some/model", "turn": turn});
    let echo = Some(Echo { provider, protocol: "openai-chat".to_owned(), content });
    let asked = ToolCall { id: "call_a".to_owned(), name: "t0".to_owned(), arguments };
    ChatCall {
        model: format!("{provider}/some/model"),
        turns: vec![
            ChatTurn::System("Be brief.".to_owned()),
            ChatTurn::User("Hi".to_owned()),
            ChatTurn::Assistant { text: String::new(), calls: vec![asked], echo },
            ChatTurn::Tool { call_id: "call_a".to_owned(), name: "t0".to_owned(), content: "12:00".to_owned() },
            ChatTurn::Assistant { text: "Noon.".to_owned(), calls: Vec::new(), echo: None },
        ],
        tools: tools(1),
        max_output_tokens: None,
        is_retry: true,
        attempt: 2,
    }
}

fn request(provider: Provider, call: &ChatCall) -> WireRequest {
    let endpoint = Endpoint { base: "http://x/v1/".parse().unwrap(), key: "k".into() };
    let name: ModelName = call.model.parse().unwrap();
    OpenAiChat::of(provider).request(call, &name, &endpoint).unwrap()
}

fn body(provider: Provider) -> Value {
    request(provider, &call(provider, Arguments::Read(json!({"zone": "UTC"})))).body
}

#[test]
fn a_request_says_all_and_nothing_else() {
    let sent = request(Provider::OpenAi, &call(Provider::OpenAi, Arguments::Read(json!({"zone": "UTC"}))));
    assert_eq!(sent.url.as_str(), "http://x/v1/chat/completions");
    assert_eq!(sent.headers["authorization"], "Bearer k");
    assert!(sent.headers["authorization"].is_sensitive() && !format!("{sent:?}").contains("Bearer"));
    assert_eq!(sent.headers.len(), 1);
    let arguments = "{\"zone\":\"UTC\"}";
    let parameters = json!({"type": "object", "properties": {}});
    let function = json!({"name": "t0", "description": "What", "parameters": parameters});
    assert_eq!(
        sent.body,
        json!({
            "model": "some/model",
            "stream": true,
            "stream_options": {"include_usage": true},
            "tools": [{"type": "function", "function": function}],
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {
                    "role": "assistant",
                    "content": null,
                    "reasoning_content": "I need the tool.",
                    "tool_calls": [
                        {"id": "call_a", "type": "function", "function": {"name": "t0", "arguments": arguments}},
                    ],
                },
                {"role": "tool", "tool_call_id": "call_a", "content": "12:00"},
                {"role": "assistant", "content": "Noon."},
            ],
        })
    );
}

#[test]
fn mistral_gets_ids_of_nine_signs_and_no_options() {
    let mut others = call(Provider::Mistral, Arguments::Read(json!({})));
    if let ChatTurn::Assistant { echo, .. } = &mut others.turns[2] {
        *echo = None;
    }
    let body = request(Provider::Mistral, &others).body;
    assert_eq!(body.get("stream_options"), None);
    let id = body["messages"][2]["tool_calls"][0]["id"].as_str().unwrap();
    assert!(id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    assert_eq!(body["messages"][3]["tool_call_id"], id, "the result finds its call");
    let mut kept = call(Provider::Mistral, Arguments::Read(json!({})));
    kept.turns[3] = ChatTurn::Tool { call_id: "Abc123XyZ".to_owned(), name: "t0".to_owned(), content: String::new() };
    assert_eq!(request(Provider::Mistral, &kept).body["messages"][3]["tool_call_id"], "Abc123XyZ");
}

#[test]
fn names_that_a_model_made_up_and_ids_of_others_go_back_as_strict_servers_take_them() {
    let fits = |text: &str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let long = "x".repeat(128);
    for (id, name) in [("functions.search:0", "functions.search"), ("", ""), ("a b", "bad\0name\n"), (&long, &long)] {
        for provider in [Provider::OpenAi, Provider::Groq, Provider::OpenRouter, Provider::Mistral] {
            let mut odd = call(provider, Arguments::Read(json!({})));
            let asked = ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: Arguments::Read(json!({})) };
            odd.turns[2] = ChatTurn::Assistant { text: String::new(), calls: vec![asked], echo: None };
            odd.turns[3] =
                ChatTurn::Tool { call_id: id.to_owned(), name: name.to_owned(), content: "no such tool".to_owned() };
            let messages = &request(provider, &odd).body["messages"];
            let asked = &messages[2]["tool_calls"][0];
            let (sent_id, sent_name) = (asked["id"].as_str().unwrap(), asked["function"]["name"].as_str().unwrap());
            assert!(fits(sent_id) && sent_id.len() <= 40 && fits(sent_name), "{provider}: {asked}");
            assert_eq!(messages[3]["tool_call_id"], sent_id, "the result finds its call");
        }
    }
}

/// Returns the conversation with these ids, of which each is that of an answer with a signature.
fn signed(model: &str, ids: &[&str]) -> ChatCall {
    let mut call = call(Provider::OpenRouter, Arguments::Read(json!({})));
    call.model = format!("openrouter/{model}");
    call.turns.truncate(2);
    for (n, id) in ids.iter().enumerate() {
        let signature = json!({"type": "reasoning.encrypted", "format": "google-gemini-v1", "id": id, "data": "c2ln"});
        let thought = json!({"type": "reasoning.text", "id": format!("thought_{n}"), "text": "Hm."});
        let turn = json!({"reasoning": "Hm.", "reasoning_details": [thought, signature]});
        let content = json!({"model": "google/gemini-3-pro", "turn": turn});
        let echo = Some(Echo { provider: Provider::OpenRouter, protocol: "openai-chat".to_owned(), content });
        let asked = ToolCall { id: (*id).to_owned(), name: "t0".to_owned(), arguments: Arguments::Read(json!({})) };
        call.turns.push(ChatTurn::Assistant { text: String::new(), calls: vec![asked], echo });
        let (call_id, name) = ((*id).to_owned(), "t0".to_owned());
        call.turns.push(ChatTurn::Tool { call_id, name, content: String::new() });
    }
    call
}

#[test]
fn a_signature_goes_back_under_the_id_of_its_call() {
    let long = "tool_update_todo_list_mL716LwhunURIXx4ZUZf";
    assert_eq!(long.len(), 42, "longer than OpenAI takes");
    for (ids, sent) in
        [(vec![long], vec![long]), (vec!["tool_0_read_file"; 2], vec!["tool_0_read_file", "tool_0_read_file_1"])]
    {
        let messages = request(Provider::OpenRouter, &signed("google/gemini-3-pro", &ids)).body["messages"].take();
        for (n, id) in sent.iter().enumerate() {
            let (asked, result) = (&messages[2 + 2 * n], &messages[3 + 2 * n]);
            assert_eq!((&asked["tool_calls"][0]["id"], &result["tool_call_id"]), (&json!(id), &json!(id)));
            let details = &asked["reasoning_details"];
            assert_eq!((&details[0]["id"], &details[1]["id"]), (&json!(format!("thought_{n}")), &json!(id)));
        }
    }
    let foreign = request(Provider::OpenRouter, &signed("openai/gpt-5-mini", &[long])).body["messages"].take();
    let id = foreign[2]["tool_calls"][0]["id"].as_str().unwrap();
    assert!(id.len() <= 40 && foreign[3]["tool_call_id"] == id, "another model gets what everybody takes: {foreign}");
    assert_eq!(foreign[2].get("reasoning_details"), None);
    let twice = request(Provider::OpenRouter, &signed("google/gemini-3-pro", &[long; 2])).body["messages"].take();
    let id = &twice[4]["tool_calls"][0]["id"];
    assert_ne!(id, long);
    assert_eq!((&twice[4]["reasoning_details"][1]["id"], &twice[5]["tool_call_id"]), (id, id));
}

#[test]
fn kimi_gets_its_own_ids_back_and_nobody_elses() {
    let sent = |model: &str, id: &str| {
        let mut asked = call(Provider::OpenRouter, Arguments::Read(json!({})));
        asked.model = format!("openrouter/{model}");
        asked.turns[3] = ChatTurn::Tool { call_id: id.to_owned(), name: "t0".to_owned(), content: String::new() };
        request(Provider::OpenRouter, &asked).body["messages"][3]["tool_call_id"].clone()
    };
    assert_eq!(sent("moonshotai/kimi-k2", "functions.server__echo:12"), "functions.server__echo:12");
    assert_ne!(sent("openai/gpt-5-mini", "functions.server__echo:12"), "functions.server__echo:12");
    for odd in ["functions.a b:1", "functions.t:x", "functions.:0", "functions.t"] {
        assert_ne!(sent("moonshotai/kimi-k2", odd), odd);
    }
}

#[test]
fn openrouter_is_asked_for_its_bill() {
    assert_eq!(body(Provider::OpenRouter)["usage"], json!({"include": true}));
    assert_eq!(body(Provider::Groq).get("usage"), None);
}

#[test]
fn deepseek_always_gets_reasoning_with_calls_and_xai_never() {
    let mut without = call(Provider::DeepSeek, Arguments::Read(json!({})));
    if let ChatTurn::Assistant { echo, .. } = &mut without.turns[2] {
        *echo = None;
    }
    assert_eq!(request(Provider::DeepSeek, &without).body["messages"][2]["reasoning_content"], "");
    assert_eq!(body(Provider::DeepSeek)["messages"][2]["reasoning_content"], "I need the tool.");
    assert_eq!(body(Provider::DeepSeek)["messages"][4].get("reasoning_content"), None, "not with a plain answer");
    assert_eq!(body(Provider::Xai)["messages"][2].get("reasoning_content"), None);
}

#[test]
fn what_another_model_has_thought_stays_with_it() {
    for provider in [Provider::OpenRouter, Provider::Groq, Provider::DeepSeek] {
        let mut changed = call(provider, Arguments::Read(json!({})));
        assert_eq!(request(provider, &changed).body["messages"][2]["reasoning_content"], "I need the tool.");
        changed.model = format!("{provider}/another/model");
        let body = request(provider, &changed).body.to_string();
        assert!(!body.contains("I need the tool."), "{body}");
    }
}

#[test]
fn too_many_tools_are_said_before_the_provider_refuses_them() {
    let mut many = call(Provider::Groq, Arguments::Read(json!({})));
    many.tools = tools(129);
    let endpoint = Endpoint { base: "http://x/v1/".parse().unwrap(), key: "k".into() };
    let error = OpenAiChat::of(Provider::Groq).request(&many, &many.model.parse().unwrap(), &endpoint).unwrap_err();
    assert_eq!(error.message, "groq takes at most 128 tools, and this agent has 129: pick fewer");
}

#[test]
fn only_the_demo_model_hears_of_tries() {
    let arguments = || Arguments::Read(json!({}));
    let demo = request(Provider::Demo, &call(Provider::Demo, arguments()));
    assert_eq!(
        (&demo.headers["x-runboard-retry"], &demo.headers["x-runboard-attempt"]),
        (&"1".parse().unwrap(), &"2".parse().unwrap())
    );
    assert!(request(Provider::Groq, &call(Provider::Groq, arguments())).headers.get("x-runboard-retry").is_none());
}

#[test]
fn what_was_unreadable_is_sent_as_json_that_strict_servers_take() {
    let raw = "{\"q\": listt_windows\"}".to_owned();
    let call = call(Provider::OpenAi, Arguments::Unreadable { raw: raw.clone(), why: String::new() });
    let body = request(Provider::OpenAi, &call).body;
    let sent = body["messages"][2]["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(sent).unwrap(), json!({"unreadable_arguments": raw}));
}
