//! Answers of many small values, of which nothing is kept that is much larger than what came.

use super::*;
use crate::domain::finish::Finish;
use crate::server::work::protocols::limits::MAX_ECHO;
use serde_json::{Value, json};

/// Returns a list of zeros that has this many bytes as JSON.
fn zeros(bytes: usize) -> Value {
    Value::Array(vec![json!(0); bytes / 2])
}

fn events(events: &[Value]) -> Vec<u8> {
    events.iter().flat_map(|event| format!("data: {event}\n\n").into_bytes()).collect()
}

/// Asserts that the answer is whole, with its call and its echo unless there was too much for one.
fn assert_read(name: &str, body: &[u8], has_echo: bool) {
    let got = read_chunks(name, [body]);
    assert_eq!((got.finish(), &got.error), (Finish::Stop, &None), "{name}");
    assert_eq!(got.calls(), [("clock", "{}".to_owned())], "{name}");
    assert_eq!(got.finished.unwrap().echo.is_some(), has_echo, "{name}");
}

#[test]
fn what_is_kept_for_the_next_request_is_bounded_and_the_answer_is_whole_without_it() {
    for (count, has_echo) in [(2, true), (1 + MAX_ECHO / (64 << 10), false)] {
        let odd = |n: usize| json!({"type": "of_tomorrow", "index": n, "data": zeros(64 << 10)});
        let begin = |n: usize, block: Value| json!({"type": "content_block_start", "index": n, "content_block": block});
        let mut blocks: Vec<Value> = (0..count).map(|n| begin(n, odd(n))).collect();
        blocks.push(begin(count, json!({"type": "tool_use", "id": "c", "name": "clock", "input": {}})));
        blocks.push(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}}));
        blocks.push(json!({"type": "message_stop"}));
        assert_read("anthropic/weight", &events(&blocks), has_echo);

        let part = |part: Value| json!({"candidates": [{"content": {"parts": [part]}}]});
        let mut parts: Vec<Value> = (0..count).map(|n| part(odd(n))).collect();
        parts.push(part(json!({"functionCall": {"id": "c", "name": "clock", "args": {}}})));
        parts.push(json!({"candidates": [{"finishReason": "STOP"}]}));
        assert_read("gemini/weight", &events(&parts), has_echo);

        let delta = |delta: Value| json!({"choices": [{"index": 0, "delta": delta}]});
        let mut deltas: Vec<Value> = (0..count).map(|n| delta(json!({"reasoning_details": [odd(n)]}))).collect();
        let called = json!({"index": 0, "id": "c", "function": {"name": "clock", "arguments": "{}"}});
        deltas.push(delta(json!({"tool_calls": [called]})));
        deltas.push(json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}));
        assert_read("openai_chat/weight", &events(&deltas), has_echo);

        let done =
            |n: usize, item: Value| json!({"type": "response.output_item.done", "output_index": n, "item": item});
        let reasoning =
            json!({"type": "reasoning", "id": "rs_1", "summary": zeros(64 << 10), "encrypted_content": "x"});
        let mut items: Vec<Value> = (0..2 * count).map(|n| done(n, reasoning.clone())).collect();
        items.push(done(
            2 * count,
            json!({"type": "function_call", "call_id": "c", "name": "clock", "arguments": "{}"}),
        ));
        items.push(json!({"type": "response.completed", "response": {"status": "completed"}}));
        assert_read("openai_responses/weight", &events(&items), has_echo);
    }
}
