use super::super::super::model::{Arguments, ChatTurn};
use super::super::tests::{echo_tool, next_turns, question, read, request};
use crate::domain::finish::Finish;
use serde_json::{Value, json};

#[test]
fn an_answer_is_read_and_its_cache_counted_within_the_prompt() {
    let got = read("anthropic/answer");
    assert_eq!((got.text.as_str(), got.finish(), &got.error), ("Hello, wörld! 😀", Finish::Stop, &None));
    assert_eq!(got.counts(), [Some(100), Some(50), Some(20), Some(9), None]);
    let finished = got.finished.unwrap();
    assert_eq!(finished.served_model.as_deref(), Some("claude-sonnet-4-5-20250929"));
    assert_eq!((finished.calls.len(), finished.echo, finished.detail), (0, None, None));
}

#[test]
fn calls_are_read_with_and_without_arguments_and_thinking_goes_back_with_its_signature() {
    let got = read("anthropic/tools");
    let text = r#"{"text":"a {quoted} \"b\"","n":2}"#.to_owned();
    assert_eq!(got.calls(), [("current_time", "{}".to_owned()), ("server__echo", text)]);
    assert_eq!((got.text.as_str(), got.reasoning.as_str()), ("Let me see.", "I need the clock."));
    assert_eq!(got.counts(), [Some(25), Some(0), Some(0), Some(89), Some(12)]);

    let sent = request("anthropic", "test", next_turns(&got), vec![echo_tool()]).body;
    let asked = &sent["messages"][1];
    let kinds: Vec<&str> = asked["content"].as_array().unwrap().iter().map(|b| b["type"].as_str().unwrap()).collect();
    assert_eq!((&asked["role"], kinds), (&json!("assistant"), vec!["thinking", "text", "tool_use", "tool_use"]));
    assert_eq!(asked["content"][0]["signature"], "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds");
    assert_eq!(asked["content"][0]["thinking"], "I need the clock.");
    let results = sent["messages"][2]["content"].as_array().unwrap();
    let ids: Vec<&Value> = results.iter().map(|result| &result["tool_use_id"]).collect();
    assert_eq!(ids, [&asked["content"][2]["id"], &asked["content"][3]["id"]]);

    let elsewhere = request("anthropic", "another-model", next_turns(&got), vec![echo_tool()]).body;
    assert!(!elsewhere.to_string().contains("EqQBCgIY"), "another model refuses the signature");
    assert_eq!(elsewhere["messages"][1]["content"][1]["id"], "toolu_01T1x1fJ34qAmk2tNTrN7Up6");
}

#[test]
fn encrypted_thinking_goes_back_as_it_came() {
    let got = read("anthropic/redacted");
    let sent = request("anthropic", "test", next_turns(&got), vec![]).body;
    let first = &sent["messages"][1]["content"][0];
    assert_eq!(first["type"], "redacted_thinking");
    assert!(first["data"].as_str().unwrap().starts_with("EmwKAhgBEgy3va3pzix"));
}

#[test]
fn a_gateway_may_leave_out_types_and_numbers_and_send_arguments_at_once() {
    let got = read("anthropic/gateway");
    assert_eq!((got.text.as_str(), got.calls()), ("Let me see.", vec![("clock", r#"{"zone":"UTC"}"#.to_owned())]));
    assert_eq!(got.counts(), [Some(7), None, None, Some(2), None], "a later 0 is not a count");
}

#[test]
fn every_end_is_called_by_its_name() {
    for (stream, text, finish) in [
        ("anthropic/max_tokens", "Once upon a", Finish::Length),
        ("anthropic/window", "The long story is", Finish::Context),
        ("anthropic/refusal", "", Finish::Refusal),
        ("anthropic/pause", "Searching.", Finish::Pause),
    ] {
        let got = read(stream);
        assert_eq!((got.text.as_str(), got.finish()), (text, finish), "{stream}");
    }
    let refused = read("anthropic/refusal").finished.unwrap();
    assert_eq!(refused.detail.as_deref(), Some("This request could enable cyber harm."));
    let paused = read("anthropic/pause");
    let sent = request("anthropic", "test", next_turns(&paused), vec![]).body;
    assert_eq!(sent["messages"][1]["content"][1]["name"], "web_search", "it goes on where it paused");
}

#[test]
fn an_end_that_nobody_knows_is_the_end_of_a_whole_answer() {
    let whole = String::from_utf8_lossy(super::super::tests::stream("anthropic/answer")).into_owned();
    for (word, detail) in [("of_tomorrow", Some("of_tomorrow")), ("", None)] {
        let odd = whole.replace("\"end_turn\"", &format!("\"{word}\""));
        assert_ne!(odd, whole);
        let got = super::super::tests::read_chunks("anthropic/answer", [odd.as_bytes()]);
        assert_eq!((got.text.as_str(), got.finish(), &got.error), ("Hello, wörld! 😀", Finish::Stop, &None), "{word}");
        assert_eq!(got.finished.unwrap().detail.as_deref(), detail);
    }
}

#[test]
fn a_call_that_was_cut_is_never_one_without_arguments() {
    let got = read("anthropic/cut_call");
    let finished = got.finished.unwrap();
    assert_eq!(finished.finish, Finish::Length);
    assert!(matches!(&finished.calls[0].arguments, Arguments::Unreadable { raw, .. } if raw.contains("DELETE")));

    let whole = String::from_utf8_lossy(super::super::tests::stream("anthropic/tools")).into_owned();
    let before_arguments =
        whole.find("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3").unwrap();
    let end = whole.find("event: message_delta").unwrap();
    let cut = whole[..before_arguments].to_owned() + &whole[end..].replace("\"tool_use\"", "\"max_tokens\"");
    let got = super::super::tests::read_chunks("anthropic/tools", [cut.as_bytes()]);
    let calls = got.finished.unwrap().calls;
    assert_eq!(calls[0].arguments, Arguments::Read(json!({})), "this one had been said");
    assert!(matches!(&calls[1].arguments, Arguments::Unreadable { .. }));
}

#[test]
fn errors_pass_or_do_not() {
    for (stream, text, said, is_passing) in [
        ("anthropic/overloaded", "", "the provider reported an error: Overloaded", true),
        ("anthropic/overloaded_late", "Hel", "the provider reported an error: Overloaded", true),
        ("anthropic/invalid", "", "the provider reported an error: messages.1: the signature is not valid", false),
    ] {
        let got = read(stream);
        let error = got.error.unwrap();
        assert_eq!((got.text.as_str(), error.message.as_str(), error.is_passing), (text, said, is_passing), "{stream}");
    }
}

#[test]
fn a_request_has_what_the_api_wants() {
    let sent = request("anthropic", "claude-sonnet-4-5", question().turns, vec![]);
    assert_eq!(sent.url.as_str(), "https://provider.test/v1/messages");
    assert_eq!(sent.headers["anthropic-version"], "2023-06-01");
    assert_eq!(sent.headers["x-api-key"], "sk-test-0123456789");
    assert!(!format!("{sent:?}").contains("0123456789"), "{sent:?}");
    assert_eq!(
        sent.body,
        json!({
            "model": "claude-sonnet-4-5",
            "max_tokens": 64_000,
            "stream": true,
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [{"role": "user", "content": [{"type": "text", "text": "What is new?"}]}],
        })
    );
}

#[test]
fn only_a_call_with_tools_is_written_to_the_cache() {
    let marked = json!({"type": "ephemeral"});
    let sent = request("anthropic", "claude-sonnet-4-5", question().turns, vec![echo_tool()]).body;
    assert_eq!(sent["system"][0]["cache_control"], marked);
    assert_eq!(sent["messages"][0]["content"][0]["cache_control"], marked);
    assert_eq!(sent["tools"][0]["name"], "server__echo");
    assert_eq!(sent["tools"][0]["input_schema"]["required"], json!(["text"]));
}

#[test]
fn sides_take_turns_and_results_come_first_in_theirs() {
    let user = |text: &str| ChatTurn::User(text.to_owned());
    let model = |text: &str| ChatTurn::Assistant { text: text.to_owned(), calls: vec![], echo: None };
    let result = |content: &str| ChatTurn::Tool {
        call_id: "functions.clock:0".to_owned(),
        name: "clock".to_owned(),
        content: content.to_owned(),
    };
    let turns = vec![user("a"), user("b"), model("c"), model(" "), model("d"), user("e"), result(""), result("f")];
    let sent = request("anthropic", "test", turns, vec![]).body;
    let messages: Vec<(&str, Vec<&str>)> = sent["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            let kinds = message["content"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap());
            (message["role"].as_str().unwrap(), kinds.collect())
        })
        .collect();
    assert_eq!(
        messages,
        [
            ("user", vec!["text", "text"]),
            ("assistant", vec!["text", "text"]),
            ("user", vec!["tool_result", "tool_result", "text"]),
        ]
    );
    let results = sent["messages"][2]["content"].as_array().unwrap();
    assert!(results[0].get("content").is_none() && results[1]["content"] == "f", "{results:?}");
    let id = results[0]["tool_use_id"].as_str().unwrap();
    assert!(id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_'), "{id}");
}
