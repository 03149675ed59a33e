//! Tests of a run's page with updates and responses.

use super::*;
use crate::domain::live::{RunState, Writing};
use crate::domain::run::RunStatus::{self, Queued, Running, Success};
use crate::domain::step::StepKind;
use crate::domain::time::Timestamp;
use crate::samples::{self, agent_state, run};

fn detail(seq: i64, status: RunStatus) -> RunDetail {
    RunDetail { seq, ..samples::detail(run(7, status)) }
}

fn update(seq: i64, id: i64, status: RunStatus) -> ServerMessage {
    let run = run(id, status);
    ServerMessage::RunUpdate { topic: Topic::Run(run.id), seq, data: Box::new(run), normal: None }
}

#[test]
fn numbers_used_up_by_other_runs_are_no_hole() {
    let mut view = RunView::new(detail(3, Running));
    assert_eq!(view.apply(&update(9, 7, Success), Origin::Live), Outcome::Applied);
    assert_eq!((view.detail.seq, view.detail.run.status), (9, Success));
}

#[test]
fn old_and_foreign_updates_are_dropped() {
    let mut view = RunView::new(detail(3, Running));
    assert_eq!(view.apply(&update(3, 7, Success), Origin::Live), Outcome::Ignored);
    assert_eq!(view.apply(&update(4, 8, Success), Origin::Live), Outcome::Ignored);
    assert_eq!(view.detail.run.status, Running);
}

#[test]
fn a_slow_answer_brings_its_messages_but_not_the_old_run() {
    let mut view = RunView::new(detail(3, Running));
    view.apply(&update(5, 7, Success), Origin::Live);
    view.refresh(RunDetail { agent_name: "Renamed".into(), ..detail(4, Running) });
    assert_eq!((view.detail.agent_name.as_str(), view.detail.run.status, view.detail.seq), ("Renamed", Success, 5));
}

#[test]
fn a_snapshot_of_the_connection_replaces_and_brings_the_text() {
    let mut view = RunView::new(detail(3, Running));
    let writing = Writing { text: "So far".into(), ..Writing::default() };
    let data = Box::new(RunState { run: run(7, Running), steps: Vec::new(), said: Vec::new(), writing });
    let snapshot =
        ServerMessage::RunState { topic: Topic::Run(data.run.id), seq: 2, server_now: Timestamp::from_ms(0), data };
    assert_eq!(view.apply(&snapshot, Origin::Response), Outcome::Ignored);
    assert_eq!(view.apply(&snapshot, Origin::Live), Outcome::Applied);
    assert_eq!((view.detail.writing.text.as_str(), view.detail.seq), ("So far", 2));
}

#[test]
fn an_older_response_does_not_lengthen_the_queue_again() {
    let ahead = |seq, ahead| RunDetail { ahead: Some(ahead), ..detail(seq, Queued) };
    let mut view = RunView::new(ahead(3, 3));
    view.refresh(ahead(9, 1));
    view.refresh(ahead(6, 2));
    assert_eq!(view.detail.ahead, Some(1));
    view.refresh(ahead(9, 1));
    view.refresh(ahead(10, 0));
    assert_eq!(view.detail.ahead, Some(0));
    // The run itself may be known better, by its own topic, while nothing newer is known of the queue.
    view.apply(&update(12, 7, Queued), Origin::Live);
    view.refresh(ahead(11, 4));
    assert_eq!((view.detail.seq, view.detail.ahead), (12, Some(4)));
}

#[test]
fn what_ends_or_may_have_been_missed_moves_the_queue() {
    assert!(moves_queue(&agent_state(1, Vec::new())) && moves_queue(&update(4, 8, Success)));
    assert!(!moves_queue(&update(4, 8, Running)) && !moves_queue(&update(4, 8, Queued)));
}

#[test]
fn a_step_is_found_by_its_position() {
    let steps = [1, 2, 5].map(|position| samples::step(position, StepKind::ToolCall)).to_vec();
    let view = RunView::new(RunDetail { steps, ..detail(1, Running) });
    assert_eq!([1, 5].map(|position| view.step(position).map(|step| step.position)), [Some(1), Some(5)]);
    assert!(view.step(3).is_none());
}
