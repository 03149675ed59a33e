//! Tests of the order and the parts of the agents' table.

use super::*;
use crate::domain::agent::{LastRun, StripCell};
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{RunStatus, Trigger};
use crate::domain::time::Timestamp;
use crate::samples::row;

fn cells(statuses: &[RunStatus]) -> Vec<StripCell> {
    let cell = |(at, status): (usize, &RunStatus)| StripCell {
        run_id: RunId(100 - at as i64),
        status: *status,
        failure_kind: None,
        duration_ms: None,
        queued_at: Timestamp::from_ms(0),
    };
    statuses.iter().enumerate().map(cell).collect()
}

fn with_runs(id: i64, statuses: &[RunStatus]) -> AgentRow {
    let mut row = AgentRow { strip: cells(statuses), ..row(id, "Agent") };
    // As the server says it: of the run that ended last, and skipped ones are none.
    let last = statuses.iter().find(|status| status.is_terminal() && **status != RunStatus::Skipped);
    row.pulse.last_error = last.filter(|status| **status == RunStatus::Failed).map(|_| "no".to_owned());
    row
}

fn last_run(at: i64) -> Option<LastRun> {
    Some(LastRun {
        id: RunId(at),
        status: RunStatus::Success,
        trigger: Trigger::Manual,
        chat: false,
        retry_of: None,
        queued_at: Timestamp::from_ms(at),
        started_at: None,
    })
}

/// Returns the ids in the order that the address asks for.
fn ordered(mut rows: Vec<AgentRow>, sort: &str) -> Vec<i64> {
    Sort::parse(sort).apply(&mut rows);
    rows.iter().map(|AgentRow { id: AgentId(id), .. }| *id).collect()
}

#[test]
fn agents_that_need_attention_come_first_and_the_others_as_they_were_created() {
    use RunStatus::{Failed, Running, Skipped, Success};
    let rows = vec![
        with_runs(1, &[Success, Failed]),
        with_runs(2, &[Failed]),
        with_runs(3, &[]),
        with_runs(4, &[Skipped, Failed, Success]),
        AgentRow { paused: true, ..with_runs(5, &[Failed]) },
    ];
    assert_eq!(ordered(rows.clone(), ""), [2, 4, 1, 3, 5]);
    assert_eq!(ordered(rows.clone(), "-status"), [1, 3, 5, 2, 4]);
    let mut again = rows;
    again[1] = with_runs(2, &[Running, Failed]);
    again[0] = with_runs(1, &[Running, Success, Failed]);
    assert_eq!(ordered(again, ""), [2, 4, 1, 3, 5], "a run under way moves no row");
}

#[test]
fn each_column_orders_both_ways_with_what_is_not_known_at_the_end() {
    let mut rows = vec![row(1, "beta"), row(2, "Alpha"), row(3, "gamma")];
    rows[0].pulse.success_rate = Some(0.5);
    rows[2].pulse.success_rate = Some(0.25);
    rows[1].pulse.last_run = last_run(2_000);
    rows[2].pulse.last_run = last_run(9_000);
    rows[0].pulse.next_run_at = Some(Timestamp::from_ms(7));
    rows[1].pulse.next_run_at = Some(Timestamp::from_ms(5));
    for (sort, expected) in [
        ("name", [2, 1, 3]),
        ("-name", [3, 1, 2]),
        ("success", [3, 1, 2]),
        ("-success", [1, 3, 2]),
        ("last-run", [3, 2, 1]),
        ("-last-run", [2, 3, 1]),
        ("next-run", [2, 1, 3]),
        ("-next-run", [1, 2, 3]),
        ("what", [1, 2, 3]),
    ] {
        assert_eq!(ordered(rows.clone(), sort), expected, "{sort}");
    }
}

#[test]
fn what_is_in_order_is_left_alone() {
    let mut rows = vec![row(1, "b"), row(2, "a")];
    assert!(!Sort::default().apply(&mut rows));
    assert!(Sort::parse("name").apply(&mut rows));
    assert!(!Sort::parse("name").apply(&mut rows));
}

#[test]
fn choosing_a_column_again_turns_it_round() {
    let by_name = Sort::default().chosen(Column::Name);
    assert_eq!(by_name.param().as_deref(), Some("name"));
    assert_eq!(by_name.chosen(Column::Name).param().as_deref(), Some("-name"));
    assert_eq!(by_name.chosen(Column::Name).chosen(Column::Status).param(), None, "the usual order has no name");
    for column in Column::ALL {
        for sort in [false, true].map(|reversed| Sort { by: column, reversed, by_tag: false }) {
            assert_eq!(sort.param().map_or_else(Sort::default, |text| Sort::parse(&text)), sort);
        }
    }
}

#[test]
fn an_agent_may_stand_in_several_parts() {
    let mut rows = vec![with_runs(1, &[RunStatus::Running, RunStatus::Failed]), row(2, "Quiet")];
    rows[0].pulse.running_count = 1;
    rows[0].pulse.next_run_at = Some(Timestamp::from_ms(1));
    rows[1].paused = true;
    assert_eq!(Standing::counts(&rows), [1, 1, 1, 1]);
    assert!(Standing::ALL.into_iter().all(|standing| Standing::parse(standing.key()) == Some(standing)));
    assert_eq!(Standing::parse("broken"), None);
}

#[test]
fn groups_are_by_the_first_tag_and_those_without_one_come_last() {
    let tagged = |id, name: &str, tags: &[&str]| AgentRow {
        tags: tags.iter().map(ToString::to_string).collect(),
        ..row(id, name)
    };
    let mut rows = vec![
        tagged(1, "A", &[]),
        tagged(2, "C", &["support", "eu"]),
        tagged(3, "D", &["EU"]),
        tagged(4, "B", &["support"]),
    ];
    let sort = Sort { by_tag: true, ..Sort::parse("name") };
    assert!(sort.apply(&mut rows));
    assert_eq!(rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [3, 4, 2, 1]);
    assert!(!sort.apply(&mut rows));
    assert_eq!((Sort { by_tag: true, ..Sort::default() }.param(), sort.chosen(Column::Rate).by_tag), (None, true));
}

#[test]
fn any_rows_are_ordered_by_any_key_and_equals_stay_as_they_were() {
    for count in [0, 1, 2, 20, 21, 100] {
        let mut rows: Vec<AgentRow> = (0..count).map(|at| row(at * 37 % 101, "Agent")).collect();
        let mut expected = rows.clone();
        expected.sort_by_key(|row| row.id.0 % 7);
        sort_by_key(&mut rows, |row| row.id.0 % 7);
        assert_eq!(rows, expected);
    }
}
