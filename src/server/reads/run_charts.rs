//! One run over time: its model and tool calls as a waterfall, and the tokens and cost of each model call. Drawn here, so that a
//! browser has nothing to do but show it; from two small reads, which load no payloads.

#[cfg(test)]
mod tests;
mod tokens;
mod waterfall;

use super::snapshots::Snapshots;
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::domain::time::Timestamp;
use crate::server::aside;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use crate::server::store::timed_steps::TimedStep;

impl Snapshots {
    /// Returns the charts as HTML; nothing before there is a step.
    ///
    /// # Errors
    /// No such run.
    pub async fn run_charts(&self, scope: &Scope, id: RunId) -> StoreResult<String> {
        let run = self.store.run(scope, id).await?;
        let steps = self.store.timed_steps(scope, id).await?;
        let now = self.store.now();
        Ok(aside::run(move || charts(&run, &steps, now)).await)
    }
}

fn charts(run: &AgentRun, steps: &[TimedStep], now: Timestamp) -> String {
    let waterfall = waterfall::waterfall(run, steps, now).map(|waterfall| waterfall.html());
    let tokens = tokens::tokens(steps).map(|chart| chart.html());
    waterfall.into_iter().chain(tokens).collect()
}
