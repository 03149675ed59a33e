//! The reducers, as the browser runs them.

use crate::domain::duration::{format_ms, format_ticking};
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::RunStatus::{Failed, Queued, Running, Success};
use crate::samples::{AGENT, agent_state, row, run, run_update};
use crate::ui::model::address::Address;
use crate::ui::model::history::History;
use crate::ui::model::search::is_found;
use crate::ui::model::seq::Origin::{Live, Response};
use crate::ui::model::seq::Outcome::{Applied, Ignored, Resubscribe};
use crate::ui::model::ticking::Ticking;
use wasm_bindgen_test::wasm_bindgen_test;

fn loaded(seq: i64, ids: impl IntoIterator<Item = i64>) -> History {
    let mut history = History::of(AGENT);
    history.apply(&agent_state(seq, ids.into_iter().map(|id| run(id, Success)).collect()), Response);
    history
}

fn ids(history: &History) -> Vec<i64> {
    history.runs.iter().map(|run| run.id.0).collect()
}

#[wasm_bindgen_test]
fn updates_are_put_in_front_or_in_place_and_twenty_are_kept() {
    let mut history = loaded(1, (1..=20).rev());
    assert_eq!(history.apply(&run_update(2, run(21, Queued)), Live), Applied);
    assert_eq!(history.apply(&run_update(3, run(20, Failed)), Live), Applied);
    assert_eq!(ids(&history), (2..=21).rev().collect::<Vec<_>>());
    assert_eq!(history.runs[1].status, Failed);
}

#[wasm_bindgen_test]
fn a_duplicate_changes_nothing() {
    let mut history = loaded(1, [1]);
    let update = run_update(2, run(2, Running));
    assert_eq!(history.apply(&update, Live), Applied);
    assert_eq!(history.apply(&update, Live), Ignored);
    assert_eq!(ids(&history), [2, 1]);
}

#[wasm_bindgen_test]
fn old_numbers_are_dropped_and_holes_asked_about() {
    let mut history = loaded(5, [1]);
    assert_eq!(history.apply(&run_update(4, run(2, Queued)), Live), Ignored);
    assert_eq!(history.apply(&run_update(7, run(2, Queued)), Live), Resubscribe);
    assert_eq!(ids(&history), [1]);
    assert_eq!(history.apply(&agent_state(7, vec![run(2, Queued), run(1, Success)]), Live), Applied);
    assert_eq!(ids(&history), [2, 1]);
}

#[wasm_bindgen_test]
fn one_history_is_open_at_a_time() {
    let (a, b) = (AgentId(1), AgentId(2));
    let open = Address::default().toggle_history(a);
    assert!(open.is_open(a) && !open.is_open(b));
    assert!(open.clone().toggle_history(b).is_open(b) && !open.clone().toggle_history(b).is_open(a));
    assert!(!open.toggle_history(a).is_open(a));
}

#[wasm_bindgen_test]
fn the_hand_moves_while_something_is_under_way_and_seen() {
    let mut ticking = Ticking::default();
    ticking.enter(RunId(1));
    assert!(ticking.moves(true, false) && !ticking.moves(false, false));
    ticking.leave(RunId(1));
    assert!(!ticking.moves(true, false));
}

#[wasm_bindgen_test]
fn durations_read_the_same_as_on_the_server() {
    assert_eq!(format_ms(850), "850 ms");
    assert_eq!(format_ms(45_449), "45.4 s");
    assert_eq!(format_ms(7_500_000), "2 h 05 m");
    assert_eq!(format_ticking(83_400), "1 m 23 s");
}

#[wasm_bindgen_test]
fn a_search_finds_whatever_case_it_is_typed_in() {
    let row = row(1, "Übersetzer");
    assert!(is_found(&row, "über DEMO/") && !is_found(&row, "unter"));
}
