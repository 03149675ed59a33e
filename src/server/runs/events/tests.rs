//! Tests that events say what has happened to a run.

use super::*;
use crate::samples::run;

#[test]
fn an_event_says_what_happened_to_the_run() {
    use RunStatus::*;
    let name = |before, now| match EventKind::of_run(before, run(1, now)) {
        EventKind::RunQueued(_) => "queued",
        EventKind::RunStarted(_) => "started",
        EventKind::RunProgressed(_) => "progressed",
        EventKind::RunEnded { before: None, .. } => "never began",
        EventKind::RunEnded { before: Some(Queued), .. } => "ended before it began",
        EventKind::RunEnded { .. } => "ended",
        _ => "something else",
    };
    for (before, now, said) in [
        (None, Queued, "queued"),
        (None, Skipped, "never began"),
        (Some(Queued), Running, "started"),
        (Some(Queued), Cancelled, "ended before it began"),
        (Some(Running), Running, "progressed"),
        (Some(Failed), Failed, "progressed"),
        (Some(Running), Success, "ended"),
        (Some(Running), Failed, "ended"),
        (Some(Running), Cancelled, "ended"),
    ] {
        assert_eq!(name(before, now), said, "{before:?} → {now}");
    }
}
