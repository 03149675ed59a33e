use super::*;
use crate::domain::id::ThreadId;
use crate::domain::run::{Trigger, Usage};
use crate::domain::time::Timestamp;

fn run(status: RunStatus) -> AgentRun {
    AgentRun {
        id: RunId(1),
        agent_id: AgentId(1),
        thread_id: ThreadId(1),
        status,
        trigger: Trigger::Api,
        chat: false,
        queued_at: Timestamp::from_ms(0),
        started_at: None,
        finished_at: None,
        duration_ms: None,
        model: "demo/quick".to_owned(),
        usage: Usage::default(),
        error: None,
        failure_kind: None,
        skip_reason: None,
        scheduled_for: None,
        retry_of: None,
        root_run_id: None,
        parent_run_id: None,
        attempt: 0,
        cancel_requested_at: None,
        cancel_acknowledged_at: None,
        cost_after_stop: None,
        looping: false,
        finish: None,
    }
}

#[test]
fn an_event_says_what_happened_to_the_run() {
    use RunStatus::*;
    let name = |before, now| match EventKind::of_run(before, run(now)) {
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
        (Some(Running), Success, "ended"),
        (Some(Running), Failed, "ended"),
        (Some(Running), Cancelled, "ended"),
    ] {
        assert_eq!(name(before, now), said, "{before:?} → {now}");
    }
}
