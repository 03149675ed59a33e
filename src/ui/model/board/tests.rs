//! Tests of the dashboard's rows with snapshots and deltas.

use super::*;
use crate::domain::agent::listing::AgentCounts;
use crate::domain::agent::{AgentStatus, DayFigures, LastRun};
use crate::domain::id::AgentId;
use crate::domain::live::{Deleted, Topic};
use crate::domain::run::RunStatus::{self, Failed, Queued, Running, Success};
use crate::domain::time::Timestamp;
use crate::samples::{self, run};

fn cell(id: i64, status: RunStatus) -> StripCell {
    StripCell::from(&run(id, status))
}

fn row(id: i64, seq: i64) -> AgentRow {
    AgentRow { seq, ..samples::row(id, &format!("Agent {id}")) }
}

fn pulse(running_count: i64) -> AgentPulse {
    AgentPulse {
        status: if running_count > 0 { AgentStatus::Running } else { AgentStatus::Idle },
        running_count,
        queued_count: 0,
        success_rate: None,
        day: DayFigures::default(),
        last_error: None,
        last_run: None,
        next_run_at: None,
    }
}

fn state(rows: Vec<AgentRow>) -> ServerMessage {
    ServerMessage::AgentsState { topic: Topic::Agents, server_now: Timestamp::from_ms(0), data: rows, page: None }
}

fn delta(id: i64, seq: i64, cells: Vec<StripCell>) -> ServerMessage {
    let data = AgentDelta { id: AgentId(id), pulse: pulse(1), cells };
    ServerMessage::AgentDelta { topic: Topic::Agents, seq, data: Box::new(data) }
}

fn board(rows: Vec<AgentRow>) -> Board {
    let mut board = Board::default();
    board.apply(&state(rows), Origin::Live);
    board
}

fn strip(board: &Board) -> Vec<(i64, RunStatus)> {
    board.rows[0].strip.iter().map(|cell| (cell.run_id.0, cell.status)).collect()
}

#[test]
fn a_delta_changes_its_row_only() {
    let mut board = board(vec![row(1, 5), row(2, 9)]);
    assert_eq!(board.apply(&delta(1, 8, vec![cell(3, Running)]), Origin::Live), Outcome::Applied);
    assert_eq!(board.rows[0].pulse.running_count, 1);
    assert_eq!(strip(&board), [(3, Running)]);
    assert_eq!(board.rows[1], row(2, 9));
}

#[test]
fn an_older_delta_is_dropped_and_a_refreshed_rate_is_not() {
    let mut board = board(vec![row(1, 5)]);
    assert_eq!(board.apply(&delta(1, 4, vec![]), Origin::Live), Outcome::Ignored);
    assert_eq!(board.apply(&delta(1, 5, vec![]), Origin::Live), Outcome::Applied);
}

#[test]
fn a_row_that_is_not_known_asks_for_a_snapshot() {
    assert_eq!(board(vec![]).apply(&delta(1, 1, vec![]), Origin::Live), Outcome::Resubscribe);
}

#[test]
fn cells_are_replaced_or_put_in_front_and_twenty_are_kept() {
    let mut strip: Vec<StripCell> = (1..=20).rev().map(|id| cell(id, Success)).collect();
    strip[0] = cell(20, Running);
    merge_cells(&mut strip, &[cell(21, Queued), cell(20, Failed)]);
    assert_eq!(strip.len(), 20);
    assert_eq!((strip[0].run_id.0, strip[1].status, strip[19].run_id.0), (21, Failed, 2));
}

#[test]
fn a_bar_that_is_over_stays_over() {
    let mut strip = vec![cell(1, Success)];
    merge_cells(&mut strip, &[cell(1, Running)]);
    assert_eq!(strip, [cell(1, Success)]);
    let last = |status| AgentPulse { last_run: Some(LastRun::from(&run(1, status))), ..pulse(0) };
    assert_eq!(merge_pulse(&last(Success), &last(Running)).last_run, last(Success).last_run);
}

#[test]
fn a_slow_response_keeps_rows_that_are_newer() {
    let mut board = board(vec![row(1, 9), row(2, 2)]);
    let mut newer = row(2, 4);
    newer.name = "Renamed".into();
    board.apply(&state(vec![row(1, 3), newer]), Origin::Response);
    assert_eq!((board.rows[0].seq, board.rows[1].name.as_str()), (9, "Renamed"));
    board.apply(&state(vec![row(1, 3)]), Origin::Live);
    assert_eq!(board.rows, [row(1, 3)]);
}

#[test]
fn agents_come_change_and_go() {
    let mut board = board(vec![row(1, 1)]);
    let update = |seq, row: AgentRow| {
        let data = AgentChange::Row(Box::new(row));
        ServerMessage::AgentUpdate { topic: Topic::Agents, seq, data }
    };
    board.apply(&update(1, row(2, 1)), Origin::Live);
    assert_eq!(board.rows.len(), 2);
    let mut renamed = row(1, 2);
    renamed.name = "Renamed".into();
    board.apply(&update(2, renamed), Origin::Live);
    assert_eq!(board.rows[0].name, "Renamed");
    assert_eq!(board.apply(&update(1, row(1, 1)), Origin::Live), Outcome::Ignored);
    let gone = ServerMessage::AgentDeleted { topic: Topic::Agents, seq: 3, data: Deleted { id: AgentId(1) } };
    assert_eq!(board.apply(&gone, Origin::Live), Outcome::Applied);
    assert_eq!(board.apply(&gone, Origin::Live), Outcome::Ignored);
    assert_eq!(board.rows.len(), 1);
}

#[test]
fn a_run_is_said_to_have_ended_once() {
    let strip = [cell(3, Running), cell(2, Success)];
    let ended = |cells: &[StripCell]| newly_finished(&strip, cells).map(|cell| cell.run_id.0).collect::<Vec<_>>();
    assert_eq!(ended(&[cell(3, Failed)]), [3]);
    assert_eq!(ended(&[cell(4, Success)]), [4], "began and ended between two deltas");
    assert_eq!(ended(&[cell(2, Success), cell(1, Failed), cell(5, Running)]), [0; 0]);
}

#[test]
fn an_answer_that_was_overtaken_by_a_snapshot_brings_nothing_back() {
    let snapshot = |ms, rows| ServerMessage::AgentsState {
        topic: Topic::Agents,
        server_now: Timestamp::from_ms(ms),
        data: rows,
        page: None,
    };
    let mut board = Board::default();
    board.apply(&snapshot(2_000, vec![row(1, 1)]), Origin::Live);
    let slow = snapshot(1_000, vec![row(1, 1), row(2, 1)]);
    assert_eq!(board.apply(&slow, Origin::Response), Outcome::Ignored);
    assert_eq!(board.rows.len(), 1);
    assert_eq!(board.apply(&slow, Origin::Live), Outcome::Applied, "the connection is always right");
}

fn page(rows: Vec<AgentRow>, shown: i64) -> ServerMessage {
    let page = Page { found: 300, before: 0, shown, previous: None, next: None, counts: AgentCounts::default() };
    let server_now = Timestamp::from_ms(0);
    ServerMessage::AgentsState { topic: Topic::Agents, server_now, data: rows, page: Some(Box::new(page)) }
}

#[test]
fn a_page_keeps_its_rows_and_their_order_until_another_is_read() {
    let mut board = Board::default();
    board.apply(&page(vec![row(9, 3), row(2, 5)], 2), Origin::Response);
    assert!(!board.arrange(Sort::default(), None));
    assert_eq!(board.order(), [AgentId(9), AgentId(2)]);
    assert_eq!(board.apply(&delta(4, 1, Vec::new()), Origin::Live), Outcome::Ignored, "of the page before");
    // The first message of the live connection.
    assert_eq!(board.apply(&state(vec![row(2, 8), row(4, 1)]), Origin::Live), Outcome::Applied);
    assert_eq!((board.order(), board.rows[1].seq), (vec![AgentId(9), AgentId(2)], 8));
    board.apply(&page(vec![row(4, 1), row(2, 7)], 2), Origin::Response);
    assert_eq!(board.order(), [AgentId(4), AgentId(2)]);
    assert_eq!(board.rows[1].seq, 8, "a response may be older than what has come since");
    let deleted = ServerMessage::AgentDeleted { topic: Topic::Agents, seq: 9, data: Deleted { id: AgentId(4) } };
    assert_eq!(board.apply(&deleted, Origin::Live), Outcome::Applied);
    assert_eq!(board.order(), [AgentId(2)]);
}
