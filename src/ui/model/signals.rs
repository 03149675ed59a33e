//! Which signals of a run are explained on its page: those that its outcome does not explain already. Pure.

use crate::domain::finish::Finish;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::signal::{Signal, Signals};

/// Returns the signals that nothing else on the page explains.
pub fn unexplained(run: &AgentRun) -> Signals {
    let of_cut = match run.finish {
        Some(Finish::Length) if run.status == RunStatus::Success => Signals::default().with(Signal::Cut, true),
        Some(Finish::Context) if run.status == RunStatus::Success => Signals::default().with(Signal::ContextFull, true),
        _ => Signals::default(),
    };
    // The cause of a failure has advice of its own.
    let explained = of_cut.and(Signals::of_cause(run.failure_cause));
    run.signals.minus(explained)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::FailureCause;
    use crate::samples::run;

    fn of(run: AgentRun, signals: &[Signal]) -> Vec<Signal> {
        let signals = signals.iter().fold(Signals::default(), |all, signal| all.with(*signal, true));
        unexplained(&AgentRun { signals, ..run }).iter().collect()
    }

    #[test]
    fn a_cause_of_failure_is_not_explained_twice() {
        let failed = |cause| AgentRun { failure_cause: Some(cause), ..run(1, RunStatus::Failed) };
        use Signal::{Cut, EmptyAnswer, FailingTool, Looping, Slow};
        assert_eq!(of(failed(FailureCause::Loop), &[Looping, Slow]), [Slow]);
        assert_eq!(of(failed(FailureCause::OutputLimit), &[EmptyAnswer, Cut, FailingTool]), [FailingTool]);
        assert_eq!(of(failed(FailureCause::TimeLimit), &[Looping, Slow]), [Looping, Slow]);
    }

    #[test]
    fn an_answer_that_was_cut_is_explained_once_but_a_cut_on_the_way_is() {
        let success = |finish| AgentRun { finish: Some(finish), ..run(1, RunStatus::Success) };
        assert_eq!(of(success(Finish::Length), &[Signal::Cut]), []);
        assert_eq!(of(success(Finish::Context), &[Signal::ContextFull]), []);
        assert_eq!(of(success(Finish::Stop), &[Signal::Cut]), [Signal::Cut]);
    }
}
