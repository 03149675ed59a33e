//! The calls of earlier turns, as they are rebuilt from steps.

use super::*;
use crate::samples;

fn call(id: &str, arguments: Value) -> StepCall {
    StepCall { id: Some(id.into()), name: "fetch".into(), arguments, arguments_text: None, arguments_cut: false }
}

fn asks(position: i32, calls: Vec<StepCall>) -> RunStep {
    RunStep { said: Some("Let me see.".into()), calls, ..samples::step(position, StepKind::ModelCall) }
}

fn made(position: i32, id: Option<&str>, output: Option<&str>, error: Option<&str>) -> RunStep {
    let text = |text: &str| text.to_owned();
    RunStep {
        name: "fetch".into(),
        call_id: id.map(text),
        output: output.map(text),
        error: error.map(text),
        ..samples::step(position, StepKind::ToolCall)
    }
}

fn echoes() -> HashMap<(RunId, i32), Value> {
    HashMap::from([((RunId(1), 1), json!("echo"))])
}

#[test]
fn each_call_has_its_own_result_and_tools_that_were_not_offered_are_no_calls() {
    let steps = [
        asks(1, vec![call("a", json!({"q": 1})), call("b", json!({}))]),
        RunStep { name: "mcp:files".into(), ..made(2, None, None, Some("Not offered to the model: it is down.")) },
        made(3, Some("a"), Some("one"), None),
        made(4, Some("b"), None, Some("it is broken")),
        asks(5, Vec::new()),
    ];
    let past = past_calls(&steps, &mut echoes());
    let results: Vec<_> = past[0].calls.iter().map(|call| (call.id.as_deref(), call.result.as_str())).collect();
    assert_eq!(results, [(Some("a"), "one"), (Some("b"), "Error: it is broken")]);
    assert_eq!((past.len(), past[0].said.as_str(), &past[0].echo), (1, "Let me see.", &Some(json!("echo"))));
}

#[test]
fn an_echo_goes_with_all_of_its_calls_or_not_at_all() {
    let two = || vec![call("a", json!({})), call("b", json!({}))];
    let same = vec![call("a", json!({})), call("a", json!({}))];
    for (calls, steps, left) in [
        (two(), [made(2, Some("a"), Some("one"), None), made(3, Some("b"), None, None)], 1),
        (same, [made(2, Some("a"), Some("one"), None), made(3, Some("a"), Some("two"), None)], 2),
    ] {
        let [first, second] = steps;
        let past = past_calls(&[asks(1, calls), first, second], &mut echoes());
        assert_eq!((past[0].calls.len(), &past[0].echo), (left, &None));
    }
}

#[test]
fn arguments_are_never_made_none() {
    let text = |text: &str, is_cut| StepCall {
        arguments_text: Some(text.into()),
        arguments_cut: is_cut,
        ..call("a", Value::Null)
    };
    for (call, shown) in [
        (call("a", json!({"q": 1})), json!({"q": 1})),
        (call("a", json!([1])), json!({"arguments": [1]})),
        (text("{\"q\":", true), json!({"arguments_cut_here": "{\"q\":"})),
        (text("{\"q\":", false), json!({"unreadable_arguments": "{\"q\":"})),
    ] {
        let unfinished = RunStep { input: None, ..made(2, None, None, None) };
        assert_eq!(past_arguments(&call, &unfinished), shown, "{call:?}");
    }
}

#[test]
fn arguments_too_long_for_the_call_are_taken_from_the_step_that_made_it() {
    let cut = StepCall { arguments_text: Some("{\"q\":".into()), arguments_cut: true, ..call("a", Value::Null) };
    for (input, input_cut, shown) in [
        ("{\"q\":1}", false, json!({"q": 1})),
        ("[1]", false, json!({"arguments": [1]})),
        ("{\"q\":1", false, json!({"unreadable_arguments": "{\"q\":1"})),
        ("{\"q\":1", true, json!({"arguments_cut_here": "{\"q\":"})),
    ] {
        let step = RunStep { input: Some(input.into()), input_cut, ..made(2, Some("a"), Some("one"), None) };
        assert_eq!(past_arguments(&cut, &step), shown, "{input}");
    }
}

#[test]
fn words_and_results_that_are_only_the_beginning_say_so() {
    let asks = RunStep { said_cut: true, ..asks(1, vec![call("a", json!({}))]) };
    let steps = [asks, RunStep { output_cut: true, ..made(2, Some("a"), Some("one"), None) }];
    let past = past_calls(&steps, &mut HashMap::new());
    assert_eq!(past[0].said, "Let me see.\n[cut here: this was longer]");
    assert_eq!(past[0].calls[0].result, "one\n[cut here: the result was longer]");
}
