//! Places of the strip's bars. Pure: the server and the browser draw the same.
//!
//! One 5 × 24 cell per run, oldest first, newest at the end. Height is duration over the longest of them, or over a second
//! where all took less: between 2 ms and 5 ms there is nothing to see. Shape says what colour says. Lengths are in tenths.

use crate::domain::agent::{RECENT_RUNS, StripCell};
use crate::domain::decimal::{Tenths, rounded};
use crate::domain::run::RunStatus;
use crate::ui::model::words::cell_look;
use std::fmt::Write;

const PITCH: i64 = 70;
const WIDTH: i64 = 50;
const BASE: i64 = 240;
const TALLEST: i64 = 220;
const SHORTEST: i64 = 30;
/// Height of a run under way: how long it will take is not known.
const UNDER_WAY: i64 = 130;
/// Milliseconds that the whole height stands for at least.
const SHORTEST_SCALE: i64 = 1_000;
/// The gap in the bar of a run that timed out.
const GAP: i64 = 20;

/// A part of a bar, in tenths: x, y, width, height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    pub x: i64,
    pub y: i64,
    pub w: i64,
    pub h: i64,
}

/// One run's bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub class: &'static str,
    pub rects: Vec<Rect>,
}

/// Returns all bars of a class as one shape: class and path. A strip is then a handful of elements rather than twenty.
pub fn paths(cells: &[StripCell]) -> Vec<(&'static str, String)> {
    let mut paths: Vec<(&'static str, String)> = Vec::new();
    for Bar { class, rects } in bars(cells) {
        let at = paths.iter().position(|(known, _)| *known == class).unwrap_or_else(|| {
            paths.push((class, String::new()));
            paths.len() - 1
        });
        for Rect { x, y, w, h } in rects {
            let [x, y, w, h] = [x, y, w, h].map(Tenths);
            // Writing to a text cannot fail.
            _ = write!(paths[at].1, "M{x} {y}h{w}v{h}h-{w}z");
        }
    }
    paths
}

/// Returns the cell whose bar is at this part of the strip's width, 0 to 1.
pub fn cell_at(cells: &[StripCell], part: f64) -> Option<&StripCell> {
    if !(0.0..1.0).contains(&part) {
        return None;
    }
    let place = (part * RECENT_RUNS as f64) as usize;
    cells.get(RECENT_RUNS - 1 - place)
}

/// Returns twenty bars for the newest runs (given newest first); places without a run are flat ticks.
pub fn bars(cells: &[StripCell]) -> Vec<Bar> {
    let cells = &cells[..cells.len().min(RECENT_RUNS)];
    let longest = cells.iter().filter_map(|cell| cell.duration_ms).max().unwrap_or(0).max(SHORTEST_SCALE);
    let empty = (0..RECENT_RUNS - cells.len()).map(empty);
    let runs = cells.iter().rev().zip(RECENT_RUNS - cells.len()..).map(|(cell, place)| bar(cell, place, longest));
    empty.chain(runs).collect()
}

fn empty(place: usize) -> Bar {
    Bar { class: "bar bar--none", rects: vec![rect(place, 20)] }
}

fn rect(place: usize, h: i64) -> Rect {
    Rect { x: place as i64 * PITCH, y: BASE - h, w: WIDTH, h }
}

fn bar(cell: &StripCell, place: usize, longest: i64) -> Bar {
    let look = cell_look(cell);
    let whole = rect(place, height(cell, longest));
    let rects = match (cell.status, look.class) {
        // Outlines stand inside the cell.
        (RunStatus::Running | RunStatus::Queued, _) => {
            vec![Rect { x: whole.x + 6, y: whole.y + 6, w: 38, h: whole.h - 12 }]
        }
        (RunStatus::Cancelled | RunStatus::Skipped, _) => vec![Rect { x: whole.x + 15, w: 20, ..whole }],
        (_, "timeout") => cut(whole),
        (RunStatus::Failed, _) => vec![whole, Rect { y: BASE + 15, h: 25, ..whole }],
        _ => vec![whole],
    };
    let class = match look.class {
        "success" => "bar",
        "failed" => "bar bar--failed",
        "timeout" => "bar bar--timeout",
        "running" => "bar bar--running",
        "queued" => "bar bar--queued",
        _ => "bar bar--stopped",
    };
    Bar { class, rects }
}

fn height(cell: &StripCell, longest: i64) -> i64 {
    match (cell.status, cell.duration_ms) {
        (RunStatus::Queued, _) => 70,
        (RunStatus::Running, _) => UNDER_WAY,
        (_, Some(ms)) => whole_pixels(ms.saturating_mul(TALLEST), longest).max(SHORTEST),
        _ => SHORTEST,
    }
}

/// Returns `part` divided by `whole`, in tenths that make whole pixels.
fn whole_pixels(part: i64, whole: i64) -> i64 {
    rounded(part, whole.saturating_mul(10)) * 10
}

fn cut(whole: Rect) -> Vec<Rect> {
    let h = whole.h.max(SHORTEST + GAP + 10);
    let lower = whole_pixels(h * 6, 11);
    let upper = h - lower - GAP;
    vec![Rect { y: BASE - h, h: upper, ..whole }, Rect { y: BASE - lower, h: lower, ..whole }]
}

/// Returns the label of the strip, for those who do not see it: "Last 20 runs: 15 success, 2 failed".
pub fn summary(cells: &[StripCell]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in cells.iter().rev().map(|cell| cell_look(cell).word) {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    // Most of them first.
    let counts = (1..=cells.len()).rev().flat_map(|most| counts.iter().filter(move |(_, count)| *count == most));
    let counts = counts.map(|(word, count)| format!("{count} {}", word.to_ascii_lowercase()));
    let counts = counts.collect::<Vec<_>>().join(", ");
    match cells.len() {
        0 => "No runs yet".to_owned(),
        1 => format!("Last run: {counts}"),
        n => format!("Last {n} runs: {counts}"),
    }
}

#[cfg(test)]
mod tests;
