//! The few words that a list has for what came of a run. Pure.

use crate::domain::run::{AgentRun, RunStatus};
use crate::ui::model::outcome::{cause_title, skip_words};

/// Returns why a run failed or did not happen, what it waits for, or how its answer begins; empty where there is nothing to
/// say yet. `ahead` is how many runs a queued one waits for, as far as that is known, and `group` the
/// one of its agent.
pub fn result_words(run: &AgentRun, ahead: Option<i64>, on_hold: bool, group: Option<&str>) -> String {
    match (run.status, ahead) {
        (RunStatus::Queued, _) if on_hold => "On hold".to_owned(),
        (RunStatus::Queued, Some(0)) => for_a_place(group),
        (RunStatus::Queued, Some(1)) => "1 run ahead".to_owned(),
        (RunStatus::Queued, Some(ahead)) => format!("{ahead} runs ahead"),
        (RunStatus::Queued | RunStatus::Running, _) => String::new(),
        (RunStatus::Failed, _) => cause_title(run).into_owned(),
        // Where there is more to say, it stands beneath.
        (RunStatus::Skipped, _) if run.error.is_some() => String::new(),
        (RunStatus::Skipped, _) => skip_words(run.skip_reason).to_owned(),
        (RunStatus::Cancelled, _) if run.started_at.is_none() => "Stopped before it began".to_owned(),
        (RunStatus::Success | RunStatus::Cancelled, _) => run.answer_preview.clone().unwrap_or_default(),
    }
}

/// Returns what a run waits for that no other run of its agent keeps waiting.
fn for_a_place(group: Option<&str>) -> String {
    let group = group.map(|group| format!(" or a place in the group {group}")).unwrap_or_default();
    format!("For a free worker{group}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::FailureCause;
    use crate::domain::run::SkipReason;
    use crate::samples::run;

    #[test]
    fn a_list_says_in_a_few_words_what_came_of_a_run() {
        use RunStatus::*;
        let answered = |status| AgentRun { answer_preview: Some("All is well.".to_owned()), ..run(1, status) };
        let failed = AgentRun { failure_cause: Some(FailureCause::Loop), ..answered(Failed) };
        let skipped = AgentRun { skip_reason: Some(SkipReason::Missed), ..run(1, Skipped) };
        let said = AgentRun { error: Some("5 times were missed.".to_owned()), ..skipped.clone() };
        let unbegun = AgentRun { started_at: None, ..run(1, Cancelled) };
        for (run, words) in [
            (answered(Success), "All is well."),
            (answered(Cancelled), "All is well."),
            (run(1, Success), ""),
            (run(1, Running), ""),
            (failed, "Stuck in a loop"),
            (skipped, "the server was down"),
            (said, ""),
            (unbegun, "Stopped before it began"),
        ] {
            assert_eq!(result_words(&run, None, false, None), words);
        }
        let queued = [None, Some(0), Some(1), Some(2)].map(|ahead| result_words(&run(1, Queued), ahead, false, None));
        let grouped = [Some(0), Some(1)].map(|ahead| result_words(&run(1, Queued), ahead, false, Some("gpu")));
        assert_eq!(grouped, ["For a free worker or a place in the group gpu", "1 run ahead"]);
        assert_eq!(result_words(&run(1, Queued), Some(1), true, None), "On hold");
        assert_eq!(queued, ["", "For a free worker", "1 run ahead", "2 runs ahead"]);
    }
}
