//! Tests of a turn with updates and responses.

use super::*;
use crate::domain::live::{OutputDelta, Writing};
use crate::domain::run::RunStatus::{self, Queued, Running, Success};
use crate::samples::{self, run};

fn turn(status: RunStatus) -> Turn {
    let state = RunState { run: run(7, status), steps: Vec::new(), said: Vec::new(), writing: Writing::default() };
    Turn::new(3, state)
}

fn step(position: i32, kind: StepKind, revision: i32) -> RunStep {
    RunStep { run_id: RunId(7), revision, ..samples::step(position, kind) }
}

fn topic() -> Topic {
    Topic::Run(RunId(7))
}

fn step_update(step: RunStep, said: Option<&str>) -> ServerMessage {
    ServerMessage::StepUpdate { topic: topic(), data: Box::new(step), blocks: said.map(html) }
}

fn wrote(step: i32, offset: i64, text: &str) -> ServerMessage {
    let data = OutputDelta { step, offset, text: text.into(), kept_blocks: 0, blocks: html(text) };
    ServerMessage::OutputDelta { topic: topic(), data: Box::new(data) }
}

fn html(text: &str) -> Vec<String> {
    vec![format!("<p>{text}</p>")]
}

fn tools(steps: &[i32]) -> Part {
    Part::Tools(steps.iter().map(|at| step(*at, StepKind::ToolCall, 1)).collect())
}

/// Returns a model call, two tools, and the answer that is being written.
fn after_two_tools() -> Turn {
    let mut turn = turn(Running);
    for message in [
        step_update(step(1, StepKind::ModelCall, 1), None),
        wrote(1, 0, "Let me"),
        step_update(step(1, StepKind::ModelCall, 2), Some("Let me see.")),
        step_update(step(2, StepKind::ToolCall, 1), None),
        step_update(step(3, StepKind::ToolCall, 1), None),
        step_update(step(4, StepKind::ModelCall, 1), None),
        wrote(4, 0, "It is late."),
    ] {
        assert_eq!(turn.apply(&message), Outcome::Applied);
    }
    turn
}

#[test]
fn a_turn_is_made_of_what_was_said_and_called_in_order() {
    let expected = [Part::Said(1, html("Let me see.")), tools(&[2, 3]), Part::Said(4, html("It is late."))];
    assert_eq!(after_two_tools().parts(), expected);
}

#[test]
fn what_is_written_is_shown_before_its_step_is_heard_of() {
    let mut turn = turn(Running);
    turn.apply(&wrote(1, 0, "All"));
    assert_eq!(turn.parts(), [Part::Said(1, html("All"))]);
}

#[test]
fn of_what_was_cut_on_record_more_is_shown() {
    let mut turn = turn(Running);
    turn.apply(&wrote(1, 0, "All of it"));
    let cut = RunStep { said_cut: true, ..step(1, StepKind::ModelCall, 2) };
    turn.apply(&step_update(cut, Some("All")));
    assert_eq!(turn.parts(), [Part::Said(1, html("All of it"))]);
}

#[test]
fn a_part_keeps_its_key_as_it_grows() {
    let keys = |turn: &Turn| turn.parts().iter().map(Part::key).collect::<Vec<_>>();
    let mut turn = after_two_tools();
    let before = keys(&turn);
    turn.apply(&wrote(4, 11, " Go home."));
    turn.apply(&step_update(step(3, StepKind::ToolCall, 2), None));
    assert_eq!(keys(&turn), before);
}

#[test]
fn a_slow_answer_does_not_take_back_what_was_written_since() {
    let mut turn = after_two_tools();
    let mut read = turn.clone();
    turn.apply(&wrote(4, 11, " Go home."));
    read.seq = 5;
    turn.refresh(read);
    assert_eq!((turn.state.writing.text.as_str(), turn.seq), ("It is late. Go home.", 5));
}

#[test]
fn a_turn_that_is_over_stays_over() {
    let mut turn = turn(Queued);
    assert_eq!(turn.take_run(4, &run(7, Success)), Outcome::Applied);
    assert_eq!(turn.take_run(5, &run(7, Running)), Outcome::Ignored);
    let mut read = super::tests::turn(Running);
    read.seq = 9;
    turn.refresh(read);
    assert_eq!(turn.state.run.status, Success);
}

#[test]
fn what_is_about_another_run_is_ignored() {
    let message =
        ServerMessage::RunUpdate { topic: Topic::Run(RunId(8)), seq: 9, data: Box::new(run(8, Success)), normal: None };
    assert_eq!(turn(Running).apply(&message), Outcome::Ignored);
}

#[test]
fn what_a_model_thought_stands_before_what_it_said() {
    let mut turn = turn(Success);
    let thought = RunStep { reasoning: Some("Hm.".to_owned()), ..step(1, StepKind::ModelCall, 2) };
    turn.apply(&step_update(thought, Some("Noon.")));
    assert_eq!(turn.parts(), [Part::Thought(1, "Hm.".to_owned(), false), Part::Said(1, html("Noon."))]);
    let keys: Vec<i32> = turn.parts().iter().map(Part::key).collect();
    assert_eq!(keys, [-1, 1]);
}

#[test]
fn the_answer_is_the_last_words_of_a_run_that_has_succeeded() {
    let mut turn = after_two_tools();
    assert_eq!(turn.answer(), None, "it may say more");
    turn.take_run(9, &run(7, Success));
    assert_eq!(turn.answer(), Some(4));
    turn.state.steps.push(step(5, StepKind::ModelCall, 2));
    assert_eq!(turn.answer(), None, "what it said before is no answer");
}
