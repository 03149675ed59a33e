//! Answers in every shape that has been met.

use super::super::OpenAiChat;
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::server::work::model::{Arguments, ChatCall, ChatEvent, Finished, ModelError, TokenUsage};
use crate::server::work::name::Provider;
use crate::server::work::protocols::Protocol;
use crate::server::work::wire::Decoder;
use serde_json::{Value, json};

/// The outcome of an answer.
#[derive(Debug, Default, PartialEq)]
struct Read {
    text: String,
    reasoning: String,
    usage: TokenUsage,
    finished: Option<Finished>,
    error: Option<ModelError>,
}

impl Read {
    fn finish(&self) -> Option<Finish> {
        self.finished.as_ref().map(|finished| finished.finish)
    }
}

/// Returns the answer that comes from a body in chunks of `size` bytes.
fn read_in(provider: Provider, body: &str, size: usize) -> Read {
    let call = ChatCall {
        model: format!("{provider}/m"),
        turns: Vec::new(),
        tools: [].into(),
        max_output_tokens: None,
        is_retry: false,
        attempt: 1,
    };
    let mut decoder = Decoder::new(OpenAiChat::of(provider).reader(&call, &call.model.parse().unwrap()));
    let mut events = Vec::new();
    let pushed = body.as_bytes().chunks(size).try_for_each(|chunk| decoder.push(chunk, &mut events));
    let ended = pushed.and_then(|()| decoder.finish(None, &mut events));
    let mut read = Read { error: ended.err(), ..Read::default() };
    for event in events {
        match event {
            ChatEvent::Text(text) => read.text.push_str(&text),
            ChatEvent::Reasoning(text) => read.reasoning.push_str(&text),
            ChatEvent::Usage(usage) => read.usage = usage,
            ChatEvent::Unseen(_) => {}
            ChatEvent::Finished(finished) => read.finished = Some(*finished),
        }
    }
    read
}

fn read_by(provider: Provider, chunks: &[Value]) -> Read {
    let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    let whole = read_in(provider, &body, usize::MAX);
    for size in [1, 7] {
        assert_eq!(read_in(provider, &body, size), whole, "in chunks of {size}");
    }
    whole
}

fn read(chunks: &[Value]) -> Read {
    read_by(Provider::OpenAi, chunks)
}

fn delta(delta: Value) -> Value {
    json!({"model": "served", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn stop() -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
}

fn counted(prompt: i64, completion: i64) -> Value {
    json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion})
}

#[test]
fn text_comes_as_text_as_parts_and_as_a_whole_message() {
    let parts = json!({"content": [{"type": "text", "text": "It is "}, {"type": "text", "text": "noon."}]});
    let whole =
        json!({"choices": [{"message": {"role": "assistant", "content": "It is noon."}, "finish_reason": "stop"}]});
    for chunks in
        [vec![delta(json!({"content": "It is noon."})), stop()], vec![delta(parts), stop()], vec![whole.clone()]]
    {
        let got = read(&chunks);
        assert_eq!((got.text.as_str(), got.finish(), got.error), ("It is noon.", Some(Finish::Stop), None));
    }
    let document = read_in(Provider::OpenAi, &whole.to_string(), 5);
    assert_eq!((document.text.as_str(), document.finish()), ("It is noon.", Some(Finish::Stop)), "no stream at all");
}

#[test]
fn reasoning_is_told_from_the_answer_whatever_it_is_called() {
    let thinking = json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]});
    let details =
        json!({"reasoning": "Hm.", "reasoning_details": [{"type": "reasoning.text", "text": "Hm.", "index": 0}]});
    for thought in [
        json!({"reasoning_content": "Hm."}),
        json!({"reasoning_content": "Hm.", "reasoning": "Hm."}),
        details,
        thinking,
        json!({"content": "<think>Hm.</think>\n"}),
    ] {
        let got = read(&[delta(thought.clone()), delta(json!({"content": "Noon."})), stop()]);
        assert_eq!((got.text.as_str(), got.reasoning.as_str()), ("Noon.", "Hm."), "{thought}");
    }
}

#[test]
fn an_answer_about_the_mark_stays_whole() {
    let text = "Close the block like this:\n</think>\nDone.";
    let whole = json!({"reasoning_content": "They ask for the mark.", "content": text});
    let parts = json!({"content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": text}]});
    for chunks in [vec![delta(whole), stop()], vec![delta(parts), stop()]] {
        assert_eq!(read(&chunks).text, text, "{chunks:?}");
    }
    let alone = read(&[delta(json!({"content": "The tag is:\n</think>"})), stop()]);
    assert_eq!((alone.text.as_str(), alone.reasoning.as_str()), ("The tag is:\n</think>", ""));
}

#[test]
fn reasoning_goes_back_with_calls_only() {
    let call = json!({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "t", "arguments": "{}"}}]});
    let thought = [delta(json!({"reasoning_content": "I need"})), delta(json!({"reasoning_content": " it."}))];
    let got = read(&[thought[0].clone(), thought[1].clone(), delta(call.clone()), stop()]);
    let echo = got.finished.unwrap().echo.unwrap();
    let expected = json!({"model": "m", "turn": {"reasoning_content": "I need it."}});
    assert_eq!((echo.protocol.as_str(), echo.content), ("openai-chat", expected), "it names its model");
    let plain = read(&[thought[0].clone(), delta(json!({"content": "Noon."})), stop()]);
    assert_eq!(plain.finished.unwrap().echo, None);
    let piece = |text: Value, more: Value| {
        let mut detail = json!({"type": "reasoning.text", "index": 0, "text": text});
        detail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        delta(json!({"reasoning": text, "reasoning_details": [detail]}))
    };
    let signed = [
        piece(json!("I"), json!({})),
        piece(json!(" do"), json!({"signature": null})),
        piece(json!(""), json!({"signature": "sig"})),
    ];
    let got = read(&[&signed[..], &[delta(call), stop()]].concat());
    let details = json!([{"type": "reasoning.text", "index": 0, "text": "I do", "signature": "sig"}]);
    let turn = json!({"reasoning": "I do", "reasoning_details": details});
    assert_eq!(got.finished.unwrap().echo.unwrap().content["turn"], turn);
}

#[test]
fn an_id_that_not_everybody_takes_goes_back_to_its_model_all_the_same() {
    let asked = |id: &str| {
        let call = json!({"tool_calls": [{"index": 0, "id": id, "function": {"name": "t", "arguments": "{}"}}]});
        read(&[delta(call), stop()]).finished.unwrap()
    };
    // A signature is in it, as from LiteLLM.
    let signed = format!("call_a__thought__{}", "c2ln".repeat(20));
    let finished = asked(&signed);
    assert_eq!(finished.calls[0].id, signed);
    assert_eq!(finished.echo.unwrap().content, json!({"model": "m", "turn": {}}));
    assert_eq!(asked("call_a").echo, None);
}

#[test]
fn chunks_that_say_nothing_do_no_harm() {
    let got = read(&[
        json!({"id": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}], "usage": null, "error": null}),
        delta(
            json!({"role": "assistant", "content": null, "tool_calls": null, "function_call": null, "refusal": null}),
        ),
        json!({"choices": [{"index": 0, "content_filter_offsets": {}, "finish_reason": ""}]}),
        delta(json!({"content": "Fine.", "tool_calls": []})),
        json!({"choices": null}),
        json!([]),
        stop(),
    ]);
    assert_eq!((got.text.as_str(), got.error), ("Fine.", None));
    assert_eq!(got.finished.unwrap().served_model.as_deref(), Some("served"));
}

#[test]
fn of_several_choices_the_first_is_read() {
    let two = json!({"choices": [{"index": 1, "delta": {"content": "B"}}, {"index": 0, "delta": {"content": "A"}}]});
    assert_eq!(read(&[two, stop()]).text, "A");
}

#[test]
fn a_call_is_a_call_whatever_the_finish_says() {
    for reason in ["stop", "tool_calls", ""] {
        let call = json!({"content": "Let me see.", "tool_calls": [{"index": 0, "function": {"name": "t", "arguments": {"q": 1}}}]});
        let end = json!({"choices": [{"delta": {"content": " Now."}, "finish_reason": reason}]});
        let body = format!("data: {}\n\ndata: {end}\n\ndata: [DONE]\n\n", delta(call));
        let got = read_in(Provider::OpenAi, &body, 9);
        let finished = got.finished.unwrap();
        assert_eq!((got.text.as_str(), finished.finish), ("Let me see. Now.", Finish::Stop), "{reason}");
        assert_eq!(finished.calls[0].arguments, Arguments::Read(json!({"q": 1})));
    }
}

#[test]
fn a_refusal_is_one_and_so_is_an_unread_call() {
    let refused = read(&[delta(json!({"refusal": "I can't "})), delta(json!({"refusal": "help."})), stop()]);
    let finished = refused.finished.unwrap();
    assert_eq!((finished.finish, finished.detail.as_deref()), (Finish::Refusal, Some("I can't help.")));
    let old = delta(json!({"function_call": {"name": "t", "arguments": "{}"}}));
    let end = json!({"choices": [{"delta": {}, "finish_reason": "function_call"}]});
    assert_eq!(read(&[old, end]).finish(), Some(Finish::MalformedCall));
    let filtered = json!({"choices": [{"delta": {}, "finish_reason": "stop", "native_finish_reason": "SAFETY"}]});
    assert_eq!(read(&[filtered]).finish(), Some(Finish::ContentFilter));
}

#[test]
fn an_error_within_the_stream_is_the_end() {
    let broken = json!({"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
        "error": {"code": 502, "message": "Provider returned error"}});
    let got = read(&[delta(json!({"content": "Half"})), broken]);
    let error = got.error.unwrap();
    assert_eq!((got.text.as_str(), error.is_passing), ("Half", true));
    let within = json!({"choices": [{"index": 0, "error": {"code": 400, "message": "no"}}]});
    assert_eq!(read(&[within]).error.unwrap().message, "the provider reported an error (400): no");
}

#[test]
fn the_last_real_counts_win() {
    let text = |usage: Value| json!({"choices": [{"index": 0, "delta": {"content": "a"}}], "usage": usage});
    let end = |usage: Value| json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage});
    let after = |usage: Value| json!({"choices": [], "usage": usage});
    let within = json!({"choices": [{"delta": {}, "finish_reason": "stop", "usage": counted(100, 4)}]});
    let groq = json!({"choices": [{"delta": {}, "finish_reason": "stop"}], "x_groq": {"usage": counted(100, 4)}});
    let (zero, real) = (counted(0, 0), counted(100, 4));
    for chunks in [
        vec![text(counted(100, 1)), text(counted(100, 2)), end(real.clone())],
        vec![text(json!(null)), text(zero.clone()), end(real.clone())],
        vec![text(json!(null)), end(real.clone()), after(zero.clone())],
        vec![text(zero.clone()), end(zero.clone()), after(real.clone())],
        vec![text(real.clone()), end(json!(null))],
        vec![text(json!(null)), end(json!(null)), after(json!({"input_tokens": 100.0, "output_tokens": 4.0}))],
        vec![within],
        vec![groq],
    ] {
        let usage = read(&chunks).usage;
        assert_eq!((usage.prompt, usage.completion), (Some(100), Some(4)), "{chunks:?}");
    }
    assert_eq!(read(&[text(zero.clone()), end(zero)]).usage, TokenUsage::default(), "nobody counted");
}

#[test]
fn openrouters_bill_is_believed_and_nobody_elses() {
    let billed = |provider, more: Value| {
        let mut usage = counted(100, 4);
        usage.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read_by(provider, &[stop(), json!({"choices": [], "usage": usage})]).usage.billed
    };
    assert_eq!(billed(Provider::OpenRouter, json!({"cost": 0.123})), Some(NanoDollars(123_000_000)));
    assert_eq!(billed(Provider::OpenRouter, json!({"cost": 0})), Some(NanoDollars(0)), "a free model");
    let own_key = json!({"cost": 0.001, "is_byok": true, "cost_details": {"upstream_inference_cost": 0.02}});
    assert_eq!(billed(Provider::OpenRouter, own_key), Some(NanoDollars(21_000_000)));
    assert_eq!(billed(Provider::OpenRouter, json!({"cost": 0.001, "is_byok": true})), None, "half a bill is none");
    assert_eq!(billed(Provider::OpenRouter, json!({"cost": "dear"})), None);
    assert_eq!(billed(Provider::OpenAi, json!({"cost": 0.123})), None);
}
