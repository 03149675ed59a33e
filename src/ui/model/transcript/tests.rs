//! The ways that runs went.

use super::*;
use crate::domain::step::samples;
use crate::domain::time::Timestamp;

fn step(position: i32, kind: StepKind, output: &str) -> RunStep {
    RunStep {
        finished_at: Some(Timestamp::from_ms(1)),
        duration_ms: Some(1),
        output: Some(output.to_owned()),
        ..samples::step(position, kind)
    }
}

#[test]
fn tools_stand_where_they_were_called_and_the_answer_is_left_out() {
    use StepKind::{ModelCall, ToolCall};
    let steps = [
        step(1, ModelCall, "Let me see.\n\u{2192} clock {}\n\u{2192} clock {}"),
        step(2, ToolCall, "12:00"),
        step(3, ToolCall, "12:01"),
        step(4, ModelCall, "\u{2192} clock {}"),
        step(5, ToolCall, "12:02"),
        step(6, ModelCall, "It is noon."),
    ];
    let all = [Piece::Said(1, "Let me see.".to_owned()), Piece::Tools(vec![2, 3, 5])];
    assert_eq!(way(&steps), all, "a model call that only calls tools says nothing");
    assert_eq!(way(&steps[..1]), [], "it may be the answer yet");
    assert_eq!(way(&[]), []);
    assert!(!is_told(&way(&steps), "It is noon.") && !is_told(&way(&steps[..1]), "Let me see."));
    assert!(is_told(&way(&steps[..3]), "Let me see.\n"), "what was said before tools is no answer besides");
}
