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

/// Returns the model that served a run, as its provider calls it, where that is not the name it was asked for by.
pub fn served_otherwise(run: &AgentRun) -> Option<String> {
    let asked = run.model.split_once('/').map_or(run.model.as_str(), |(_, name)| name);
    run.served_model.clone().filter(|served| served != asked && *served != run.model)
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
    fn the_model_that_served_a_run_is_named_where_it_is_another() {
        let served = |model: &str| {
            let run = AgentRun {
                model: "openai/small-4".into(),
                served_model: Some(model.into()),
                ..run(1, RunStatus::Success)
            };
            served_otherwise(&run)
        };
        assert_eq!(["small-4", "openai/small-4"].map(served), [None, None]);
        assert_eq!(served("small-4-2026-08-01"), Some("small-4-2026-08-01".to_owned()));
    }

    #[test]
    fn a_run_that_used_nothing_has_none() {
        assert_eq!(shown(&spent(RunStatus::Failed, None, 0)), (Usage::default(), "none"));
        let never_began = AgentRun { started_at: None, ..spent(RunStatus::Cancelled, Some(7), 20) };
        assert_eq!(shown(&never_began), (Usage::default(), "none"));
    }
}
