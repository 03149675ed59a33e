use super::super::super::model::{Arguments, ChatTurn, ToolCall};
use super::super::super::tools::ToolSpec;
use super::super::tests::{echo_tool, next_turns, question, read, request};
use super::*;
use crate::domain::finish::Finish;

#[test]
fn an_answer_is_read_and_its_thoughts_counted_within_the_completion() {
    let got = read("gemini/answer");
    assert_eq!((got.text.as_str(), got.finish(), &got.error), ("Hello, wörld! 😀", Finish::Stop, &None));
    assert_eq!(got.reasoning, "I consider it.");
    assert_eq!(got.counts(), [Some(100), Some(40), None, Some(50), Some(30)]);
    assert_eq!(got.finished.unwrap().served_model.as_deref(), Some("gemini-2.5-flash"));
}

#[test]
fn calls_and_their_signatures_go_back_to_the_letter() {
    let got = read("gemini/calls");
    let echo = |arguments: &str| ("server__echo", arguments.to_owned());
    let time = ("current_time", "{}".to_owned());
    assert_eq!(got.calls(), [echo(r#"{"text":"a","n":2}"#), echo(r#"{"text":"b"}"#), time]);
    assert_eq!(got.text, "Let me see.");
    let sent = request("gemini", "test", next_turns(&got), vec![]).body;
    let parts = sent["contents"][1]["parts"].as_array().unwrap();
    assert_eq!(parts[0], json!({"text": "Let me see."}));
    assert_eq!(parts[1]["thoughtSignature"], "CiQB4/H/XpSJJhdHqS2wFnZ8Cg==");
    assert_eq!(
        parts[1]["functionCall"],
        json!({"id": "d3l1g0", "name": "server__echo", "args": {"text": "a", "n": 2}})
    );
    assert!(parts[2].get("thoughtSignature").is_none());
    let results = sent["contents"][2]["parts"].as_array().unwrap();
    let ids: Vec<&Value> = results.iter().map(|result| &result["functionResponse"]["id"]).collect();
    assert_eq!(ids, ["d3l1g0", "d3l1g1", "d3l1g2"]);
    assert_eq!(results[2]["functionResponse"]["response"], json!({"output": "result of {}"}));
}

#[test]
fn calls_without_ids_are_told_apart_and_get_none_back() {
    let got = read("gemini/calls_without_ids");
    let calls = &got.finished.as_ref().unwrap().calls;
    assert_eq!(calls.len(), 3);
    assert!(calls[0].id != calls[1].id && calls[1].id != calls[2].id, "{calls:?}");
    assert_eq!(calls[2].arguments, Arguments::Read(json!({})));
    let sent = request("gemini", "test", next_turns(&got), vec![]).body;
    let results = sent["contents"][2]["parts"].as_array().unwrap();
    let texts: Vec<&Value> = results.iter().map(|result| &result["functionResponse"]["response"]["output"]).collect();
    assert_eq!(texts, [r#"result of {"text":"a"}"#, r#"result of {"text":"b"}"#, "result of {}"]);
    assert!(results.iter().all(|result| result["functionResponse"].get("id").is_none()), "{results:?}");
}

#[test]
fn a_signature_that_comes_alone_is_kept_apart() {
    let sent = request("gemini", "test", next_turns(&read("gemini/late_signature")), vec![]).body;
    assert_eq!(sent["contents"][1]["parts"][1], json!({"text": "", "thoughtSignature": "EpwCCpkCAdHtim9"}));
}

#[test]
fn every_end_is_called_by_its_name() {
    for (stream, text, finish, detail) in [
        ("gemini/max_tokens", "Once upon a", Finish::Length, None),
        ("gemini/safety", "Well,", Finish::ContentFilter, Some("SAFETY")),
        ("gemini/recitation", "It was the best of times", Finish::Recitation, None),
        (
            "gemini/malformed_call",
            "",
            Finish::MalformedCall,
            Some("Malformed function call: print(default_api.server__echo(text='a"),
        ),
        ("gemini/blocked_prompt", "", Finish::BlockedPrompt, Some("PROHIBITED_CONTENT")),
    ] {
        let got = read(stream);
        assert_eq!((got.text.as_str(), got.finish()), (text, finish), "{stream}");
        assert_eq!(got.finished.unwrap().detail.as_deref(), detail, "{stream}");
    }
    assert_eq!(read("gemini/max_tokens").counts(), [Some(9), None, None, Some(63), Some(60)]);
}

#[test]
fn errors_pass_or_do_not() {
    for (stream, said, is_passing) in [
        ("gemini/unavailable", "the provider reported an error (503): The model is overloaded.", true),
        ("gemini/quota", "the provider reported an error (429): You exceeded your current quota.", true),
        ("gemini/invalid", "the provider reported an error (400): Invalid JSON payload received.", false),
        ("gemini/no_candidates", "the stream ended before the answer was complete", true),
    ] {
        let error = read(stream).error.unwrap();
        assert!(error.message.starts_with(said) && error.is_passing == is_passing, "{stream}: {error:?}");
    }
    let asked = read("gemini/quota").error.unwrap().retry_after.unwrap();
    assert_eq!(asked.as_secs(), 34);
    for (word, is_passing) in
        [("OTHER", true), ("MALFORMED_RESPONSE", true), ("LANGUAGE", false), ("TOO_MANY_TOOL_CALLS", false)]
    {
        let error = finish::Stop::of(&json!({"finishReason": word})).unwrap_err();
        assert!(error.message.contains(word) && error.is_passing == is_passing, "{error:?}");
    }
}

#[test]
fn an_end_that_nobody_knows_is_the_end_of_a_whole_answer() {
    let stop = finish::Stop::of(&json!({"finishReason": "OF_TOMORROW"})).unwrap().unwrap();
    assert_eq!((stop.finish, stop.detail.as_deref()), (Finish::Stop, Some("OF_TOMORROW")));
}

#[test]
fn a_request_has_what_the_api_wants() {
    let sent = request("gemini", "gemini-2.5-flash", question().turns, vec![]);
    assert_eq!(sent.url.as_str(), "https://provider.test/v1/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    assert_eq!(sent.headers["x-goog-api-key"], "sk-test-0123456789");
    let contents = json!([{"role": "user", "parts": [{"text": "What is new?"}]}]);
    let instructions = json!({"parts": [{"text": "Be brief."}]});
    assert_eq!(sent.body, json!({"contents": contents, "systemInstruction": instructions}));
}

#[test]
fn a_model_may_be_of_another_collection_but_not_elsewhere() {
    assert_eq!(resource("tunedModels/my-model").unwrap(), "tunedModels/my-model");
    for wrong in ["../x", "a/../b", "x?key=1", "x#", "x%2f", "/x", "a//b", "."] {
        assert!(resource(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_tool_without_parameters_has_none() {
    let bare = ToolSpec { parameters: Value::Null, ..echo_tool() };
    let sent = request("gemini", "test", question().turns, vec![bare, echo_tool()]).body;
    let [bare, echo] = [0, 1].map(|n| &sent["tools"][0]["functionDeclarations"][n]);
    assert!(bare.get("parameters").is_none(), "{bare}");
    assert_eq!(echo["parameters"]["required"], json!(["text"]));
}

#[test]
fn a_call_without_its_signature_says_so_to_models_that_want_one() {
    let call =
        |n: u8| ToolCall { id: format!("c{n}"), name: "clock".to_owned(), arguments: Arguments::Read(json!({})) };
    let asked = ChatTurn::Assistant { text: "Hm.".to_owned(), calls: vec![call(1), call(2)], echo: None };
    let parts = |model: &str| {
        let turns = [question().turns, vec![asked.clone()]].concat();
        request("gemini", model, turns, vec![]).body["contents"][1]["parts"].clone()
    };
    assert_eq!(parts("gemini-3-pro-preview")[1]["thoughtSignature"], "skip_thought_signature_validator");
    assert!(parts("gemini-3-pro-preview")[2].get("thoughtSignature").is_none(), "the first of several stands for all");
    assert!(parts("gemini-2.5-flash")[1].get("thoughtSignature").is_none());
}
