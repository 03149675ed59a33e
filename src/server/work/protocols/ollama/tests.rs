use super::super::super::model::{Arguments, ChatTurn};
use super::super::tests::{echo_tool, next_turns, question, read, request};
use super::*;
use crate::domain::finish::Finish;

#[test]
fn an_answer_is_read_of_old_servers_too() {
    for (stream, text) in [("ollama/answer", "Hello, wörld! 😀"), ("ollama/old", "Hello")] {
        let got = read(stream);
        assert_eq!((got.text.as_str(), got.finish(), &got.error), (text, Finish::Stop, &None), "{stream}");
        assert_eq!(got.counts(), [Some(26), None, None, Some(282), None]);
        assert_eq!(got.finished.unwrap().served_model.as_deref(), Some("qwen3"));
    }
}

#[test]
fn calls_are_read_in_lines_of_their_own_and_in_one_with_arguments_of_either_kind() {
    let got = read("ollama/calls");
    let echo = |arguments: &str| ("server__echo", arguments.to_owned());
    let time = ("current_time", "{}".to_owned());
    assert_eq!(got.calls(), [echo(r#"{"text":"a","n":2}"#), echo(r#"{"text":"b"}"#), time, echo(r#"{"text":"c"}"#)]);
    let turns = next_turns(&got);
    let sent = request("ollama", "test", turns, vec![]).body;
    let messages = sent["messages"].as_array().unwrap();
    let asked = &messages[2]["tool_calls"];
    assert_eq!(asked[3]["function"], json!({"name": "server__echo", "arguments": {"text": "c"}}));
    let ids: Vec<&Value> = (0..4).map(|n| &asked[n]["id"]).collect();
    let answered: Vec<&Value> = messages[3..].iter().map(|message| &message["tool_call_id"]).collect();
    assert_eq!(ids, answered);
    assert_eq!(messages[3]["tool_name"], "server__echo");
    assert!(messages[2].get("thinking").is_none());
}

#[test]
fn thinking_is_no_answer_and_goes_back_with_the_call() {
    let got = read("ollama/calls_with_ids");
    assert_eq!((got.text.as_str(), got.reasoning.as_str()), ("", "I need the clock."));
    assert_eq!(got.finished.as_ref().unwrap().calls[0].id, "call_k2v8xq1a");
    let sent = request("ollama", "test", next_turns(&got), vec![]).body;
    assert_eq!(sent["messages"][2]["thinking"], "I need the clock.");
    let tags = read("ollama/think_tags");
    assert_eq!((tags.text.as_str(), tags.reasoning.as_str()), ("It is noon.", "I need the clock."));
}

#[test]
fn every_end_is_called_by_its_name() {
    let cut = read("ollama/length");
    assert_eq!((cut.text.as_str(), cut.finish()), ("Once upon a", Finish::Length));
    let loaded = read("ollama/load").error.unwrap();
    assert_eq!((loaded.message.as_str(), loaded.is_passing), ("the server has only loaded the model", true));
}

#[test]
fn errors_pass_or_do_not() {
    let stopped = read("ollama/stopped");
    let error = stopped.error.unwrap();
    assert!(error.message.contains("model runner has unexpectedly stopped") && error.is_passing, "{error:?}");
    assert_eq!(stopped.text, "Hel");
    let memory = read("ollama/no_memory").error.unwrap();
    assert!(memory.message.contains("more system memory") && !memory.is_passing, "{memory:?}");
}

#[test]
fn arguments_that_cannot_be_read_are_not_none() {
    let finished = read("ollama/bad_call").finished.unwrap();
    assert!(matches!(&finished.calls[0].arguments, Arguments::Unreadable { raw, .. } if raw == r#"{"text":"a"#));
}

#[test]
fn a_request_has_what_the_api_wants() {
    let sent = request("ollama", "llama3.2", question().turns, vec![echo_tool()]);
    assert_eq!(sent.url.as_str(), "https://provider.test/v1/api/chat");
    let messages = json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is new?"}]);
    assert_eq!(sent.body["messages"], messages);
    assert_eq!(sent.body["options"], json!({"num_ctx": 8_192}));
    assert_eq!([&sent.body["stream"], &sent.body["truncate"], &sent.body["shift"]], [true, false, false]);
    assert_eq!(sent.body["tools"][0]["function"]["name"], "server__echo");
}

#[test]
fn the_window_grows_with_what_is_sent() {
    let long = vec![ChatTurn::User("word ".repeat(20_000))];
    assert_eq!(request("ollama", "llama3.2", long, vec![]).body["options"]["num_ctx"], 65_536);
}
