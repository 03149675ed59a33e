//! Tests of the history of an agent with snapshots and updates.

use super::*;
use crate::domain::run::RunStatus::{Queued, Running, Success};
use crate::samples::{AGENT, agent_state, run, run_update};

fn loaded(seq: i64, ids: impl IntoIterator<Item = i64>) -> History {
    let mut history = History::of(AGENT);
    let runs = ids.into_iter().map(|id| run(id, Success)).collect();
    assert_eq!(history.apply(&agent_state(seq, runs), Origin::Response), Outcome::Applied);
    history
}

fn ids(history: &History) -> Vec<i64> {
    history.runs.iter().map(|run| run.id.0).collect()
}

#[test]
fn a_new_run_comes_first() {
    let mut history = loaded(1, [2, 1]);
    assert_eq!(history.apply(&run_update(2, run(3, Queued)), Origin::Live), Outcome::Applied);
    assert_eq!(ids(&history), [3, 2, 1]);
}

#[test]
fn a_known_run_is_replaced_in_its_place() {
    let mut history = loaded(1, [1]);
    history.apply(&run_update(2, run(2, Queued)), Origin::Live);
    history.apply(&run_update(3, run(3, Queued)), Origin::Live);
    history.apply(&run_update(4, run(2, Running)), Origin::Live);
    assert_eq!(ids(&history), [3, 2, 1]);
    assert_eq!(history.runs[1].status, Running);
}

#[test]
fn twenty_runs_are_kept() {
    let mut history = loaded(1, (1..=20).rev());
    history.apply(&run_update(2, run(21, Queued)), Origin::Live);
    assert_eq!(history.runs.len(), 20);
    assert_eq!((ids(&history)[0], ids(&history)[19]), (21, 2));
}

#[test]
fn a_run_that_somebody_is_at_is_not_pushed_out() {
    let mut history = loaded(1, (1..=20).rev());
    history.kept = Some(RunId(1));
    history.apply(&run_update(2, run(21, Queued)), Origin::Live);
    history.apply(&run_update(3, run(22, Queued)), Origin::Live);
    assert_eq!((history.runs.len(), ids(&history)[19], ids(&history)[20]), (21, 3, 1));
    history.apply(&agent_state(9, (11..=30).rev().map(|id| run(id, Success)).collect()), Origin::Live);
    assert_eq!((history.runs.len(), ids(&history)[20]), (21, 1));
    history.kept = None;
    history.apply(&run_update(10, run(31, Queued)), Origin::Live);
    assert_eq!(ids(&history), (12..=31).rev().collect::<Vec<_>>());
}

#[test]
fn a_run_that_is_gone_is_not_kept() {
    let mut history = loaded(1, [2, 1]);
    history.kept = Some(RunId(1));
    history.apply(&agent_state(2, vec![run(2, Success)]), Origin::Live);
    assert_eq!(ids(&history), [2]);
}

#[test]
fn an_old_run_does_not_enter_a_full_history() {
    let mut history = loaded(1, (11..=30).rev());
    history.apply(&run_update(2, run(5, Success)), Origin::Live);
    assert_eq!(ids(&history), (11..=30).rev().collect::<Vec<_>>());
}

#[test]
fn what_is_known_already_is_dropped() {
    let mut history = loaded(5, [1]);
    for seq in [4, 5] {
        assert_eq!(history.apply(&run_update(seq, run(9, Queued)), Origin::Live), Outcome::Ignored);
    }
    assert_eq!(ids(&history), [1]);
}

#[test]
fn a_hole_asks_for_a_snapshot_and_changes_nothing() {
    let mut history = loaded(5, [1]);
    assert_eq!(history.apply(&run_update(7, run(9, Queued)), Origin::Live), Outcome::Resubscribe);
    assert_eq!((history.seq, ids(&history)), (Some(5), vec![1]));
}

#[test]
fn a_slow_response_does_not_undo_live_updates() {
    let mut history = loaded(5, [1]);
    history.apply(&run_update(6, run(2, Running)), Origin::Live);
    assert_eq!(history.apply(&agent_state(5, vec![run(1, Success)]), Origin::Response), Outcome::Ignored);
    assert_eq!(ids(&history), [2, 1]);
}

#[test]
fn a_snapshot_of_the_connection_always_replaces() {
    let mut history = loaded(5, [2, 1]);
    assert_eq!(history.apply(&agent_state(3, vec![run(7, Success)]), Origin::Live), Outcome::Applied);
    assert_eq!((history.seq, ids(&history)), (Some(3), vec![7]));
}

#[test]
fn a_run_that_is_over_stays_over() {
    let mut history = loaded(1, [1]);
    assert_eq!(history.apply(&run_update(2, run(1, Running)), Origin::Live), Outcome::Applied);
    assert_eq!((history.runs[0].status, history.seq), (Success, Some(2)));
}

#[test]
fn before_the_first_snapshot_updates_wait() {
    let mut history = History::of(AGENT);
    assert_eq!(history.apply(&run_update(1, run(1, Queued)), Origin::Live), Outcome::Ignored);
}

#[test]
fn another_agent_is_none_of_its_business() {
    let mut history = History::of(AgentId(2));
    assert_eq!(history.apply(&agent_state(1, vec![]), Origin::Live), Outcome::Ignored);
}

fn normal(duration_ms: i64) -> Option<Normal> {
    Some(Normal { runs: 3, duration_ms, cost: None })
}

fn normal_of(message: ServerMessage, is: Option<Normal>) -> ServerMessage {
    match message {
        ServerMessage::RunUpdate { topic, seq, data, .. } => ServerMessage::RunUpdate { topic, seq, data, normal: is },
        ServerMessage::AgentState { topic, seq, server_now, mut data } => {
            data.agent.normal = is;
            ServerMessage::AgentState { topic, seq, server_now, data }
        }
        other => other,
    }
}

#[test]
fn what_is_normal_comes_with_snapshots_and_successes() {
    let mut history = History::of(AGENT);
    history.apply(&normal_of(agent_state(1, vec![run(1, Success)]), normal(2_000)), Origin::Response);
    assert_eq!(history.normal, normal(2_000));
    history.apply(&run_update(2, run(2, Running)), Origin::Live);
    assert_eq!(history.normal, normal(2_000), "a run that goes on says nothing of it");
    history.apply(&normal_of(run_update(3, run(2, Success)), normal(3_000)), Origin::Live);
    assert_eq!(history.normal, normal(3_000));
    history.apply(&normal_of(agent_state(2, Vec::new()), normal(9_000)), Origin::Response);
    assert_eq!(history.normal, normal(3_000), "a slow answer is older");
    history.apply(&normal_of(agent_state(4, Vec::new()), None), Origin::Live);
    assert_eq!(history.normal, None);
}

/// A snapshot of an agent that may run two at once and has so many queued.
fn busy(seq: i64, running_count: i64, queued_count: i64, runs: Vec<AgentRun>) -> ServerMessage {
    let mut state = agent_state(seq, runs);
    if let ServerMessage::AgentState { data, .. } = &mut state {
        (data.agent.running_count, data.agent.queued_count) = (running_count, queued_count);
        data.agent.settings.max_concurrent_runs = 2;
    }
    state
}

#[test]
fn a_queued_run_knows_how_many_are_ahead_as_far_as_all_are_listed() {
    let [one, two, three, four] =
        [(1, Running), (2, Running), (3, Queued), (4, Queued)].map(|(id, status)| run(id, status));
    let mut history = History::of(AGENT);
    assert_eq!(history.ahead(&three), None, "nothing is known yet");
    history.apply(&busy(1, 2, 2, vec![four.clone(), three.clone(), two, one.clone()]), Origin::Live);
    let words = [&one, &three, &four].map(|run| history.ahead(run));
    assert_eq!(words, [None, Some(1), Some(2)]);
    history.apply(&run_update(2, run(2, Success)), Origin::Live);
    assert_eq!([&three, &four].map(|run| history.ahead(run)), [Some(0), Some(1)]);

    history.apply(&busy(3, 2, 9, vec![four.clone(), three.clone(), one]), Origin::Live);
    assert_eq!(history.ahead(&four), None, "there are more than are listed");
    let many: Vec<_> = (0..20).rev().map(|id| run(100 + id, Queued)).collect();
    history.apply(&busy(4, 0, 20, many), Origin::Live);
    assert_eq!(history.ahead(&run(119, Queued)), Some(18));
    history.apply(&run_update(5, run(120, Queued)), Origin::Live);
    assert_eq!(history.ahead(&run(119, Queued)), None, "the oldest is no longer listed");
}
