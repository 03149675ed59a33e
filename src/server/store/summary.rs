//! Figures of the last 24 hours over all agents of an owner.

use super::Store;
use super::error::StoreResult;
use super::rollups::{Bar, Figures, Overall, hour_of};
use super::scope::Scope;
use crate::domain::agent::listing::AgentCounts;
use crate::domain::money::NanoDollars;
use crate::domain::summary::{DayBefore, HOURS, Hour, Summary};
use crate::domain::time::Timestamp;

impl Store {
    /// Sums up the last 24 hours and counts the agents, in two queries at one instant, after the day before. They count no runs that are over, but
    /// for those that ended in the hour in which the 24 begin.
    pub async fn summary(&self, scope: &Scope) -> StoreResult<Summary> {
        let at = self.now();
        let before = self.day_before(scope, at).await?;
        let read = self.read_at_once(|txn, _| {
            Box::pin(async move {
                let figures = self.figures(txn, scope, None, Overall::All).await?;
                Ok((figures, self.agent_counts(txn, scope).await?))
            })
        });
        let (figures, counts) = read.await?;
        Ok(assemble(at, &figures, before, counts))
    }
}

/// Returns what figures come to at an instant.
pub(super) fn assemble(
    at: Timestamp,
    Figures { total: sum, bars, .. }: &Figures,
    before: Option<DayBefore>,
    agents: AgentCounts,
) -> Summary {
    let this_hour = hour_of(at);
    let mut hours = vec![Hour::default(); HOURS];
    for Bar { hour, runs, failed } in bars {
        let place = usize::try_from(hour.unwrap_or(this_hour) - this_hour + HOURS as i64 - 1).ok();
        if let Some(bar) = place.and_then(|place| hours.get_mut(place)) {
            bar.runs += runs;
            bar.failed += failed;
        }
    }
    let under_way: i64 = bars.iter().filter(|bar| bar.hour.is_none()).map(|bar| bar.runs).sum();
    Summary {
        at,
        runs: sum.began + under_way,
        hours,
        succeeded: sum.success,
        failed: sum.failed(),
        timed_out: sum.timeout,
        duration: sum.took(),
        tokens: sum.total_tokens,
        prompt_tokens: sum.prompt_tokens,
        cached_tokens: sum.cached_tokens,
        cost: NanoDollars(sum.cost),
        priced: sum.priced,
        unpriced: sum.unpriced,
        before,
        agents,
    }
}
