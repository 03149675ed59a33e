use super::super::super::model::{Arguments, ChatTurn, ToolCall};
use super::super::tests::{echo_tool, next_turns, question, read, read_chunks, request, stream};
use super::*;
use crate::domain::finish::Finish;

#[test]
fn an_answer_is_read_once_though_it_is_sent_four_times() {
    let got = read("openai_responses/answer");
    assert_eq!((got.text.as_str(), got.finish(), &got.error), ("Hello, wörld! 😀", Finish::Stop, &None));
    assert_eq!(got.counts(), [Some(36), Some(12), None, Some(87), Some(64)]);
    assert_eq!(got.finished.unwrap().served_model.as_deref(), Some("gpt-5-mini-2025-08-07"));
}

#[test]
fn reasoning_goes_back_encrypted_with_the_calls_it_came_with() {
    let got = read("openai_responses/calls");
    let echo = |arguments: &str| ("server__echo", arguments.to_owned());
    assert_eq!(
        got.calls(),
        [echo(r#"{"text":"a","n":2}"#), echo(r#"{"text":"b"}"#), ("current_time", "{}".to_owned())]
    );
    assert_eq!((got.text.as_str(), got.reasoning.as_str()), ("Let me see.", "**Looking it up**"));
    let sent = request("openai_responses", "test", next_turns(&got), vec![]).body;
    let items = sent["input"].as_array().unwrap();
    let kinds: Vec<&str> = items.iter().map(|item| item["type"].as_str().or(item["role"].as_str()).unwrap()).collect();
    let output = "function_call_output";
    let call = "function_call";
    assert_eq!(kinds, ["user", "reasoning", "assistant", call, call, call, output, output, output]);
    assert_eq!(items[1]["encrypted_content"], "gAAAAABofj7VXWyqbjDSEbKU0cbTzK2zJ7Bq2iVu", "that of the end");
    assert_eq!(items[3]["call_id"], items[6]["call_id"]);
    assert!(items.iter().skip(2).all(|item| item.get("id").is_none() && item.get("status").is_none()), "{items:?}");
    let elsewhere = request("openai_responses", "another", next_turns(&got), vec![]).body;
    assert!(!elsewhere.to_string().contains("gAAAAAB"), "another model cannot read it");
}

#[test]
fn what_comes_only_with_the_end_counts() {
    let got = read("openai_responses/only_done");
    assert_eq!((got.text.as_str(), got.reasoning.as_str()), ("Let me see.", "**Looking it up**"));
    assert_eq!(got.calls(), [("server__echo", r#"{"text":"a","n":2}"#.to_owned())]);
}

#[test]
fn every_end_is_called_by_its_name() {
    for (stream, text, finish, detail) in [
        ("openai_responses/max_tokens", "Once upon a", Finish::Length, None),
        ("openai_responses/filtered", "Well,", Finish::ContentFilter, None),
        ("openai_responses/refusal", "", Finish::Refusal, Some("I can't help with that.")),
    ] {
        let got = read(stream);
        assert_eq!((got.text.as_str(), got.finish()), (text, finish), "{stream}");
        assert_eq!(got.finished.unwrap().detail.as_deref(), detail, "{stream}");
    }
}

#[test]
fn an_end_that_nobody_knows_is_the_end_of_a_whole_answer() {
    let item = json!({"type": "message", "content": [{"type": "output_text", "text": "Hello"}]});
    for status in [json!("of_tomorrow"), json!(""), json!(null)] {
        let response = json!({"object": "response", "status": status, "output": [item]});
        let completed = format!("data: {}\n\n", json!({"type": "response.completed", "response": response}));
        for body in [response.to_string(), completed] {
            let got = read_chunks("openai_responses/answer", [body.as_bytes()]);
            assert_eq!((got.text.as_str(), got.finish(), &got.error), ("Hello", Finish::Stop, &None), "{body}");
        }
    }
    for status in ["in_progress", "queued"] {
        let response = json!({"object": "response", "status": status, "output": []}).to_string();
        let error = read_chunks("openai_responses/answer", [response.as_bytes()]).error.unwrap();
        assert!(error.is_passing, "{error}");
    }
}

#[test]
fn a_call_that_was_cut_is_not_one() {
    let finished = read("openai_responses/cut_call").finished.unwrap();
    assert_eq!(finished.finish, Finish::Length);
    assert!(matches!(&finished.calls[0].arguments, Arguments::Unreadable { raw, .. } if raw.contains("DELETE")));
}

#[test]
fn errors_pass_or_do_not() {
    for (stream, text, said, is_passing) in [
        ("openai_responses/failed", "Hel", "The server had an error", true),
        ("openai_responses/failed_for_good", "", "Invalid prompt", false),
        ("openai_responses/error", "", "Rate limit reached", true),
        ("openai_responses/no_credit", "", "You exceeded your current quota", false),
    ] {
        let got = read(stream);
        let error = got.error.unwrap();
        assert!(error.message.contains(said) && error.is_passing == is_passing, "{stream}: {error:?}");
        assert_eq!(got.text, text, "{stream}");
    }
}

#[test]
fn a_request_has_what_the_api_wants() {
    let sent = request("openai_responses", "gpt-5-mini", question().turns, vec![echo_tool()]);
    assert_eq!(sent.url.as_str(), "https://provider.test/v1/responses");
    assert_eq!(sent.headers["authorization"], "Bearer sk-test-0123456789");
    let spec = echo_tool();
    assert_eq!(
        sent.body,
        json!({
            "model": "gpt-5-mini",
            "instructions": "Be brief.",
            "input": [{"role": "user", "content": "What is new?"}],
            "tools": [{
                "type": "function",
                "name": spec.name,
                "description": spec.description,
                "parameters": sent.body["tools"][0]["parameters"],
                "strict": false,
            }],
            "store": false,
            "stream": true,
            "include": ["reasoning.encrypted_content"],
        })
    );
    assert_eq!(sent.body["tools"][0]["parameters"]["required"], json!(["text"]));
}

#[test]
fn only_models_that_reason_are_asked_for_their_reasoning() {
    for model in [
        "o1",
        "o3-mini",
        "o4-mini-2025-04-16",
        "gpt-5",
        "gpt-5.1-codex",
        "gpt-6",
        "ft:gpt-5-mini:acme::x",
        "codex-mini-latest",
    ] {
        assert!(reasons(model), "{model}");
    }
    for model in [
        "gpt-4o",
        "gpt-4.1-mini",
        "gpt-3.5-turbo",
        "chatgpt-4o-latest",
        "gpt-5-chat-latest",
        "ft:gpt-4o-mini:acme::x",
        "omni",
    ] {
        assert!(!reasons(model), "{model}");
    }
}

#[test]
fn a_turn_without_its_echo_is_put_together() {
    let call =
        ToolCall { id: "toolu:1".to_owned(), name: "no such".to_owned(), arguments: Arguments::Read(json!({"q": 1})) };
    let asked = ChatTurn::Assistant { text: "Hm.".to_owned(), calls: vec![call], echo: None };
    let result = ChatTurn::Tool { call_id: "toolu:1".to_owned(), name: "no such".to_owned(), content: String::new() };
    let input =
        request("openai_responses", "test", [question().turns, vec![asked, result]].concat(), vec![]).body["input"]
            .clone();
    assert_eq!(input[1], json!({"role": "assistant", "content": "Hm."}));
    assert_eq!((&input[2]["name"], &input[2]["arguments"]), (&json!("no_such"), &json!("{\"q\":1}")));
    assert_eq!(input[3], json!({"type": "function_call_output", "call_id": input[2]["call_id"], "output": ""}));
}

#[test]
fn a_gateway_may_answer_in_chat_completions() {
    let got = read_chunks("openai_responses/answer", [stream("openai_chat/openai_calls")]);
    assert_eq!((got.text.as_str(), got.calls().len(), got.error), ("Let me see.", 3, None));
}

#[test]
fn models_for_search_and_sound_are_asked_in_chat_completions() {
    assert!(has("gpt-5-mini") && has("gpt-4o"));
    assert!(!has("gpt-4o-search-preview") && !has("gpt-4o-audio-preview"));
}
