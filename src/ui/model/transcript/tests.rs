//! Tests of the pieces that runs' steps make.

use super::*;
use crate::samples;
use serde_json::json;

fn call(id: &str) -> StepCall {
    let (id, name) = (Some(id.to_owned()), "clock".to_owned());
    StepCall { id, name, arguments: json!({}), arguments_text: None, arguments_cut: false }
}

fn model(position: i32, said: &str, calls: &[&str]) -> RunStep {
    let calls = calls.iter().map(|id| call(id)).collect();
    RunStep { said: Some(said.to_owned()), calls, ..samples::step(position, StepKind::ModelCall) }
}

fn tool(position: i32, id: &str) -> RunStep {
    let (call_id, name) = (Some(id.to_owned()), "clock".to_owned());
    RunStep { call_id, name, ..samples::step(position, StepKind::ToolCall) }
}

fn said(position: i32, text: &str) -> Piece {
    Piece::Said(position, text.to_owned())
}

#[test]
fn tools_stand_where_they_were_called_and_the_answer_is_left_out() {
    let steps = [
        model(1, "Let me see.", &["a", "b"]),
        tool(2, "a"),
        tool(3, "b"),
        model(4, "", &["c"]),
        tool(5, "c"),
        model(6, "It is noon.", &[]),
    ];
    let all = [said(1, "Let me see."), Piece::Tools(vec![2, 3, 5])];
    assert_eq!(way(&steps, true), all, "a model call that only calls tools says nothing");
    assert_eq!(way(&steps[..1], false), [], "it may be the answer yet");
    assert_eq!(way(&[], true), []);
    let has_answer = |steps: &[RunStep]| has_answer(&way(steps, true), steps);
    assert!(!has_answer(&steps) && !has_answer(&steps[..4]), "the last model call's text is not among the pieces");
    assert!(has_answer(&steps[..3]), "what was said before tools is no answer besides");
    let cut = [RunStep { said_cut: true, ..steps[0].clone() }, steps[1].clone()];
    assert!(!has_answer(&cut), "there is more of it than the way has");
}

#[test]
fn what_a_model_wrote_is_no_call_however_it_looks() {
    let steps = [model(1, "Like this:\n\u{2192} clock {}", &["a"]), tool(2, "a"), model(3, "\u{2192} clock {}", &[])];
    assert_eq!(way(&steps, true), [said(1, "Like this:\n\u{2192} clock {}"), Piece::Tools(vec![2])]);
}

#[test]
fn calls_that_nobody_made_are_shown_once_it_is_known() {
    let steps = [model(1, "Let me see.", &["a", "b"]), tool(2, "a")];
    assert_eq!(way(&steps, false), [said(1, "Let me see."), Piece::Tools(vec![2])], "the other may begin any moment");
    let over = way(&steps, true);
    assert_eq!(over, [said(1, "Let me see."), Piece::Tools(vec![2]), Piece::NotMade(1, vec![call("b")])]);
    assert!(has_answer(&over, &steps));
    let none = way(&steps[..1], true);
    assert_eq!(none, [said(1, "Let me see."), Piece::NotMade(1, vec![call("a"), call("b")])]);
    let keys: Vec<i32> = over.iter().map(Piece::key).collect();
    assert_eq!(keys, [1, 2, -1]);
}
