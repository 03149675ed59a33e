//! Tests of the bars' places, against the numbers of the visual reference.

use super::*;
use crate::domain::failure::FailureKind;
use crate::domain::id::RunId;
use crate::domain::time::Timestamp;

fn cell(status: RunStatus, ms: impl Into<Option<i64>>) -> StripCell {
    let queued_at = Timestamp::from_ms(0);
    StripCell { run_id: RunId(1), status, failure_kind: None, duration_ms: ms.into(), queued_at }
}

fn timed_out(ms: i64) -> StripCell {
    StripCell { failure_kind: Some(FailureKind::Timeout), ..cell(RunStatus::Failed, ms) }
}

fn rects(bar: &Bar) -> Vec<(f32, f32, f32, f32)> {
    bar.rects
        .iter()
        .map(|rect| {
            let Rect { x, y, w, h } = *rect;
            (x as f32 / 10.0, y as f32 / 10.0, w as f32 / 10.0, h as f32 / 10.0)
        })
        .collect()
}

#[test]
fn twenty_places_and_the_newest_at_the_end() {
    let drawn = bars(&[cell(RunStatus::Failed, 1_000), cell(RunStatus::Success, 2_000)]);
    assert_eq!(drawn.len(), 20);
    assert_eq!(drawn[17].class, "bar bar--none");
    assert_eq!(drawn[18].class, "bar");
    assert_eq!(drawn[19].class, "bar bar--failed");
    assert_eq!(rects(&drawn[0]), [(0.0, 22.0, 5.0, 2.0)]);
}

#[test]
fn height_is_duration_over_the_longest() {
    let drawn =
        bars(&[cell(RunStatus::Success, 90_000), cell(RunStatus::Success, 45_000), cell(RunStatus::Success, 1)]);
    assert_eq!(rects(&drawn[19]), [(133.0, 2.0, 5.0, 22.0)]);
    assert_eq!(rects(&drawn[18]), [(126.0, 13.0, 5.0, 11.0)]);
    assert_eq!(rects(&drawn[17]), [(119.0, 21.0, 5.0, 3.0)]);
}

#[test]
fn runs_of_less_than_a_second_look_alike() {
    let drawn = bars(&[cell(RunStatus::Failed, 2), cell(RunStatus::Failed, 5), cell(RunStatus::Failed, 90)]);
    assert!(drawn[17..].iter().all(|bar| bar.rects[0].h == SHORTEST), "{drawn:?}");
}

#[test]
fn shape_says_what_colour_says() {
    let drawn = bars(&[timed_out(90_000), cell(RunStatus::Failed, 45_000), cell(RunStatus::Cancelled, 45_000)]);
    assert_eq!(rects(&drawn[19]), [(133.0, 2.0, 5.0, 8.0), (133.0, 12.0, 5.0, 12.0)]);
    assert_eq!(rects(&drawn[18]), [(126.0, 13.0, 5.0, 11.0), (126.0, 25.5, 5.0, 2.5)]);
    assert_eq!(rects(&drawn[17]), [(120.5, 13.0, 2.0, 11.0)]);
}

#[test]
fn bars_of_a_class_are_one_shape() {
    let drawn = paths(&[RunStatus::Success, RunStatus::Failed, RunStatus::Success].map(|status| cell(status, 5_000)));
    let classes: Vec<_> = drawn.iter().map(|(class, _)| *class).collect();
    assert_eq!(classes, ["bar bar--none", "bar", "bar bar--failed"]);
    assert_eq!(drawn[1].1, "M119 2h5v22h-5zM133 2h5v22h-5z");
}

#[test]
fn a_place_in_the_strip_is_a_run() {
    let cells = [1, 2].map(|id| StripCell { run_id: RunId(id), ..cell(RunStatus::Success, 1) });
    let at = |part| cell_at(&cells, part).map(|cell| cell.run_id.0);
    assert_eq!((at(0.99), at(0.94), at(0.5), at(1.0), at(-0.1)), (Some(1), Some(2), None, None, None));
}

#[test]
fn a_run_under_way_is_an_outline_inside_its_cell() {
    let drawn = bars(&[cell(RunStatus::Queued, None), cell(RunStatus::Running, None)]);
    for bar in &drawn[18..] {
        let rect = bar.rects[0];
        assert!(rect.x % PITCH > 5 && rect.x % PITCH + rect.w < WIDTH && rect.y + rect.h < BASE, "{rect:?}");
    }
}

#[test]
fn a_short_timeout_still_shows_its_gap() {
    let drawn = bars(&[timed_out(1), cell(RunStatus::Success, 90_000)]);
    assert!(drawn[19].rects.iter().all(|rect| rect.h >= 10), "{:?}", drawn[19]);
}

#[test]
fn more_than_twenty_are_cut() {
    assert_eq!(bars(&vec![cell(RunStatus::Success, 1); 30]).len(), 20);
}

#[test]
fn the_summary_counts_by_word() {
    let cells = [cell(RunStatus::Success, 1), cell(RunStatus::Failed, 1), cell(RunStatus::Success, 1), timed_out(1)];
    assert_eq!(summary(&cells), "Last 4 runs: 2 success, 1 timed out, 1 failed");
    assert_eq!(summary(&cells[..1]), "Last run: 1 success");
    assert_eq!(summary(&[]), "No runs yet");
}
