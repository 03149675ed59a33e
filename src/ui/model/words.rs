//! The words, icons and colours of statuses and triggers. Pure: same input, same words on both sides.

use crate::domain::agent::{AgentStatus, StripCell};
use crate::domain::decimal::fixed;
use crate::domain::failure::{FailureCause, FailureKind};
use crate::domain::finish::Finish;
use crate::domain::normal::Normal;
use crate::domain::priority::Priority;
use crate::domain::run::{AgentRun, RunStatus, Trigger};
use crate::domain::signal::{Signal, Signals};
use crate::domain::tool::ToolServerState;

/// How a status looks: always an icon and a word, `class` only repeats them in colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Modifier of `.status` and, where it has one, of `.bar`.
    pub class: &'static str,
    pub icon: &'static str,
    pub word: &'static str,
}

const fn look(class: &'static str, icon: &'static str, word: &'static str) -> Look {
    Look { class, icon, word }
}

/// An agent that does not run by itself at present.
pub const HELD: Look = look("held", "hold", "Held");

/// Returns a run's status.
pub fn run_look(run: &AgentRun) -> Look {
    match run.is_stopping() {
        true => look("running", "stopped", "Stopping…"),
        false => match run.failure_cause {
            Some(FailureCause::RunBudget | FailureCause::MonthBudget) => look("failed", "error", "Over budget"),
            Some(FailureCause::UnknownPrice) => look("failed", "error", "Price not known"),
            _ => status_look(run.status, run.failure_kind),
        },
    }
}

/// Returns the status of a bar in the strip.
pub fn cell_look(cell: &StripCell) -> Look {
    status_look(cell.status, cell.failure_kind)
}

/// Returns a status, of a failure also by its kind.
pub fn status_look(status: RunStatus, failure: Option<FailureKind>) -> Look {
    match (status, failure) {
        (RunStatus::Queued, _) => look("queued", "queued", "Queued"),
        (RunStatus::Running, _) => look("running", "running", "Running"),
        (RunStatus::Success, _) => look("success", "success", "Success"),
        (RunStatus::Failed, Some(FailureKind::Timeout)) => look("timeout", "timeout", "Timed out"),
        // Which does not say whether it was exceeded, or could not be kept to because the price is not known.
        (RunStatus::Failed, Some(FailureKind::Budget)) => look("failed", "error", "Failed: budget"),
        (RunStatus::Failed, _) => look("failed", "failed", "Failed"),
        (RunStatus::Cancelled, _) => look("stopped", "stopped", "Stopped"),
        (RunStatus::Skipped, _) => look("idle", "idle", "Skipped"),
    }
}

/// Returns the status of a run in words, with what its success does not say.
pub fn status_words(run: &AgentRun) -> String {
    let word = run_look(run).word;
    failed_calls(run).map_or_else(|| word.to_owned(), |failed| format!("{word} · {failed}"))
}

/// Returns how many tool calls of a success failed; `None` where none did, and of other runs, which say enough.
fn failed_calls(run: &AgentRun) -> Option<String> {
    match (run.status, run.failed_calls) {
        (RunStatus::Success, 1) => Some("1 tool call failed".to_owned()),
        (RunStatus::Success, failed @ 2..) => Some(format!("{failed} tool calls failed")),
        _ => None,
    }
}

/// Describes what a queued run waits for, as the end of a sentence: `waiting 5 s, 1 run ahead`.
pub fn waits_for(ahead: Option<i64>, on_hold: bool) -> String {
    match ahead {
        _ if on_hold => ", on hold".to_owned(),
        None => String::new(),
        Some(0) => " for a free worker".to_owned(),
        Some(1) => ", 1 run ahead".to_owned(),
        Some(ahead) => format!(", {ahead} runs ahead"),
    }
}

/// Returns the announcement of a run's end: "run failed".
pub fn ended(cell: &StripCell) -> String {
    match cell.status {
        RunStatus::Success => "run finished".to_owned(),
        _ => format!("run {}", cell_look(cell).word.to_ascii_lowercase()),
    }
}

/// Returns an agent's status. More than one run at a time is counted, and one that runs while its schedule is paused
/// says so.
pub fn agent_look(status: AgentStatus, running: i64, paused: bool) -> (Look, String) {
    let look = match status {
        AgentStatus::Running => look("running", "running", "Running"),
        AgentStatus::Paused => look("paused", "paused", "Paused"),
        AgentStatus::Error => look("error", "error", "Error"),
        AgentStatus::Scheduled => look("scheduled", "scheduled", "Scheduled"),
        AgentStatus::Idle => look("idle", "idle", "Idle"),
    };
    let count = if running > 1 { format!(" ({running})") } else { String::new() };
    let text = match status {
        AgentStatus::Running => format!("{}{count}{}", look.word, if paused { " · Paused" } else { "" }),
        _ => look.word.to_owned(),
    };
    (look, text)
}

/// Returns the state of an MCP server.
pub fn server_look(state: ToolServerState) -> Look {
    match state {
        ToolServerState::Connecting => look("queued", "queued", "Connecting"),
        ToolServerState::Ready => look("ok", "success", "Ready"),
        ToolServerState::Down => look("error", "error", "Down"),
    }
}

/// Returns a priority in words.
pub fn priority_words(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "High",
        Priority::Normal => "Normal",
        Priority::Low => "Low",
    }
}

/// Returns the icon and the word of the door a run came through.
pub fn trigger_words(trigger: Trigger) -> (&'static str, &'static str) {
    match trigger {
        Trigger::Manual => ("manual", "Manual"),
        Trigger::Schedule => ("scheduled", "Schedule"),
        Trigger::Api => ("api", "API"),
    }
}

/// Returns a note on an answer that is only the beginning of one; `None` for others.
pub fn cut_words(finish: Option<Finish>) -> Option<&'static str> {
    match finish {
        Some(Finish::Length) => Some("cut at the limit of tokens"),
        Some(Finish::Context) => Some("cut: the model's context was full"),
        _ => None,
    }
}

/// Joins both with a comma; returns the one there is.
pub fn join(a: Option<String>, b: Option<String>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) => Some(format!("{a}, {b}")),
        (one, other) => one.or(other),
    }
}

/// Says what is out of the ordinary about a run that took, or has taken so far, this many milliseconds.
pub fn marks(run: &AgentRun, took: Option<i64>, normal: Option<Normal>) -> String {
    let slow = normal.zip(took).and_then(|(normal, took)| normal.times_as_long(took));
    let dear = normal.zip(run.usage.total_cost).and_then(|(normal, cost)| normal.times_the_cost(cost));
    let cut = cut_words(run.finish);
    // Those that are said in other words.
    let said = Signals::default()
        .with(Signal::Slow, slow.is_some())
        .with(Signal::Expensive, dear.is_some())
        .with(Signal::Cut, run.finish == Some(Finish::Length))
        .with(Signal::ContextFull, run.finish == Some(Finish::Context));
    let slow = slow.map(|times| format!("{times}× slower than usual"));
    let dear = dear.map(|times| format!("{times}× the usual cost"));
    let all = join(failed_calls(run), join(slow, dear));
    let mut all = join(all, cut.map(str::to_owned));
    for signal in Signal::ALL {
        if run.signals.has(*signal) && !said.has(*signal) {
            all = join(all, Some(signal.label()));
        }
    }
    all.unwrap_or_default()
}

/// `97.0%` of a rate from 0 to 1; `100%` and `0%` only where it is really all or none.
pub fn percent(rate: f64) -> String {
    match rate {
        ..=0.0 => "0%".to_owned(),
        1.0.. => "100%".to_owned(),
        rate => format!("{}%", fixed(((rate * 1_000.0).round() as i64).clamp(1, 999), 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::RunId;
    use crate::domain::money::NanoDollars;
    use crate::domain::time::Timestamp;
    use crate::samples::run;
    use crate::ui::model::outcome::outcome;

    fn cell(status: RunStatus, failure_kind: Option<FailureKind>) -> StripCell {
        StripCell { run_id: RunId(1), status, failure_kind, duration_ms: None, queued_at: Timestamp::from_ms(0) }
    }

    #[test]
    fn a_queued_run_says_what_it_waits_for() {
        assert_eq!(waits_for(Some(3), true), ", on hold");
        let words = [None, Some(0), Some(1), Some(2)].map(|ahead| waits_for(ahead, false));
        assert_eq!(words, ["", " for a free worker", ", 1 run ahead", ", 2 runs ahead"]);
    }

    #[test]
    fn a_success_says_how_many_of_its_tool_calls_failed() {
        let words = |status, failed_calls| status_words(&AgentRun { failed_calls, ..run(1, status) });
        let of_success = [0, 1, 2].map(|failed| words(RunStatus::Success, failed));
        assert_eq!(of_success, ["Success", "Success · 1 tool call failed", "Success · 2 tool calls failed"]);
        assert_eq!(words(RunStatus::Failed, 1), "Failed", "which says enough");
        let failed = AgentRun { failed_calls: 2, ..run(1, RunStatus::Success) };
        assert_eq!(marks(&failed, None, None), "2 tool calls failed");
    }

    #[test]
    fn failures_are_told_apart() {
        let word = |kind| cell_look(&cell(RunStatus::Failed, kind)).word;
        assert_eq!(word(None), "Failed");
        assert_eq!(word(Some(FailureKind::Interrupted)), "Failed");
        assert_eq!(word(Some(FailureKind::Timeout)), "Timed out");
    }

    #[test]
    fn only_a_budget_that_was_exceeded_is_said_to_be() {
        let run = |cause: FailureCause| AgentRun {
            failure_cause: Some(cause),
            failure_kind: Some(cause.kind()),
            ..run(1, RunStatus::Failed)
        };
        let word = |cause| run_look(&run(cause)).word;
        assert_eq!(word(FailureCause::RunBudget), "Over budget");
        assert_eq!(word(FailureCause::MonthBudget), "Over budget");
        assert_eq!(word(FailureCause::UnknownPrice), "Price not known");
        // A bar knows the kind alone.
        let bar = StripCell::from(&run(FailureCause::UnknownPrice));
        assert_eq!(cell_look(&bar).word, "Failed: budget");
        assert_eq!(ended(&bar), "run failed: budget");
        // So does a run from before causes were recorded.
        let old = AgentRun { failure_cause: None, ..run(FailureCause::RunBudget) };
        assert_eq!(run_look(&old).word, "Failed: budget");
    }

    #[test]
    fn cancelled_reads_stopped() {
        assert_eq!(cell_look(&cell(RunStatus::Cancelled, None)).word, "Stopped");
        assert_eq!(ended(&cell(RunStatus::Cancelled, None)), "run stopped");
        assert_eq!(ended(&cell(RunStatus::Success, None)), "run finished");
    }

    #[test]
    fn what_is_far_from_normal_is_said_in_multiples() {
        let mut run = run(1, RunStatus::Running);
        let normal = Some(Normal { runs: 3, duration_ms: 2_000, cost: Some(NanoDollars(100)) });
        assert_eq!(marks(&run, Some(5_000), normal), "");
        assert_eq!(marks(&run, Some(90_000), None), "", "nothing is normal yet");
        run.signals = Signals::default().with(Signal::Looping, true).with(Signal::Expensive, true);
        run.usage.total_cost = Some(NanoDollars(350));
        assert_eq!(marks(&run, Some(8_500), normal), "4× slower than usual, 3× the usual cost, looping");
        run.status = RunStatus::Success;
        assert_eq!(marks(&run, None, normal), "3× the usual cost, looping");
        assert_eq!(marks(&run, None, None), "looping, expensive", "which was so when it ended");
    }

    #[test]
    fn an_answer_that_was_cut_says_so() {
        let mut run = run(1, RunStatus::Success);
        run.finish = Some(Finish::Stop);
        assert_eq!((marks(&run, None, None).as_str(), outcome(&run)), ("", None));
        run.finish = Some(Finish::Length);
        run.signals = Signals::default().with(Signal::Cut, true);
        assert_eq!(marks(&run, None, None), "cut at the limit of tokens");
        assert_eq!(outcome(&run).unwrap().title, "The answer is cut off");
    }

    #[test]
    fn all_and_none_are_never_rounded_to() {
        let told = [0.0, 0.0001, 0.5, 0.97, 0.9999, 1.0].map(percent);
        assert_eq!(told, ["0%", "0.1%", "50.0%", "97.0%", "99.9%", "100%"].map(String::from));
    }

    #[test]
    fn two_runs_at_a_time_are_counted() {
        let told = |running, paused| agent_look(AgentStatus::Running, running, paused).1;
        assert_eq!([told(1, false), told(2, false)], ["Running", "Running (2)"]);
        assert_eq!([told(1, true), told(2, true)], ["Running · Paused", "Running (2) · Paused"]);
        assert_eq!(agent_look(AgentStatus::Paused, 0, true).1, "Paused");
    }
}
