//! The usage that is shown of a run. Pure.

use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, Usage};

/// Returns the usage that is shown of a run, and the meaning of a dash in it. There is none until the run is over, when it is
/// final, nor of one that never began. Of one that was refused neither is shown: "$0" beside a dash would be two answers to
/// one question.
pub fn shown(run: &AgentRun) -> (Usage, &'static str) {
    let is_free = (run.usage.total_tokens, run.usage.total_cost) == (None, Some(NanoDollars(0)));
    match run.status.is_terminal() {
        false => (Usage::default(), "not yet known"),
        true if is_free || run.started_at.is_none() => (Usage::default(), "none"),
        true => (run.usage, "not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run::RunStatus;
    use crate::domain::time::Timestamp;
    use crate::samples::run;

    fn spent(status: RunStatus, total_tokens: Option<i64>, cost: i64) -> AgentRun {
        let usage = Usage { total_tokens, total_cost: Some(NanoDollars(cost)), ..Usage::default() };
        AgentRun { started_at: Some(Timestamp::from_ms(0)), usage, ..run(1, status) }
    }

    #[test]
    fn figures_are_shown_once_they_are_final() {
        let over = spent(RunStatus::Success, Some(7), 20);
        assert_eq!(shown(&over), (over.usage, "not known"));
        assert_eq!(shown(&spent(RunStatus::Running, Some(7), 20)), (Usage::default(), "not yet known"));
    }

    #[test]
    fn a_run_that_used_nothing_has_none() {
        assert_eq!(shown(&spent(RunStatus::Failed, None, 0)), (Usage::default(), "none"));
        let never_began = AgentRun { started_at: None, ..spent(RunStatus::Cancelled, Some(7), 20) };
        assert_eq!(shown(&never_began), (Usage::default(), "none"));
    }
}
