//! Figures of the last 24 hours over all agents of an owner: two queries, neither of which counts runs that are over, but for
//! those that ended in the hour in which the 24 begin.

use super::Store;
use super::error::StoreResult;
use super::rollups::{Bar, Tally, hour_of};
use super::scope::Scope;
use crate::domain::money::NanoDollars;
use crate::domain::summary::{HOURS, Hour, Summary};
use crate::domain::time::Timestamp;

impl Store {
    /// Sums up the last 24 hours, all read at one instant.
    pub async fn summary(&self, scope: &Scope) -> StoreResult<Summary> {
        let at = self.now();
        let txn = self.begin_read().await?;
        let tallies = self.tallies(&txn, scope, None).await?;
        let bars = self.bars(&txn, scope).await?;
        txn.commit().await?;
        let mut sum = Tally::default();
        tallies.values().for_each(|tally| sum.add(tally));
        Ok(assemble(at, &sum, &bars))
    }
}

fn assemble(at: Timestamp, sum: &Tally, bars: &[Bar]) -> Summary {
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
    }
}
