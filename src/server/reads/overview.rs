//! The last 30 days of an agent, as its page shows them: charts that are drawn here, so that a browser has nothing to do but show
//! them. From roll-ups: four small queries, however many runs there were.

mod charts;
#[cfg(test)]
mod tests;

use self::charts::{Facts, charts};
use super::snapshots::Snapshots;
use crate::domain::error_group::{ErrorGroup, ErrorState};
use crate::domain::id::AgentId;
use crate::domain::run_filter::Choice;
use crate::domain::stats::Bucket;
use crate::domain::summary::HOUR_MS;
use crate::server::store::error::StoreResult;
use crate::server::store::rollups::grouped::Wanted;
use crate::server::store::rollups::spans::{Spans, first_hour_of_day};
use crate::server::store::scope::Scope;
use chrono_tz::Tz;
use std::cmp::Reverse;

/// Days that are shown.
const DAYS: i64 = 30;

/// Groups of errors that are shown.
const ERRORS: usize = 6;

impl Snapshots {
    /// Returns the charts as HTML. Days are those of UTC, as budgets count.
    ///
    /// # Errors
    /// No such agent.
    pub async fn overview(&self, scope: &Scope, id: AgentId) -> StoreResult<String> {
        let (agent, _) = self.store.agent(scope, id).await?;
        let now = self.store.now();
        let hours = (first_hour_of_day(now, DAYS - 1, Tz::UTC), now.ms() / HOUR_MS + 1);
        let days = match Spans::cut(hours, Some(Bucket::Day), Tz::UTC, DAYS as usize) {
            Some(spans) => {
                let wanted = Wanted { by: None, spans, agents: Some(Choice::of([id])) };
                let total = self.store.grouped(scope, &wanted).await?.and_then(|grouped| grouped.total);
                total.map(|total| total.buckets).unwrap_or_default()
            }
            None => Vec::new(),
        };
        let versions = match days.first() {
            Some(first) => self.store.versions_since(scope, id, first.span.from).await?,
            None => Vec::new(),
        };
        let spent = self.store.spent_this_month(id, None).await?;
        Ok(charts(&Facts { agent: id, now, days, versions, settings: &agent.settings, spent }))
    }

    /// Returns the groups of an agent's errors that were seen in these days: first those that are open, then those with the most
    /// runs.
    ///
    /// # Errors
    /// No such agent.
    pub async fn top_errors(&self, scope: &Scope, id: AgentId) -> StoreResult<Vec<ErrorGroup>> {
        let since = self.store.now().ms() - DAYS * 24 * HOUR_MS;
        let mut groups = self.store.error_groups(scope, id, None).await?;
        groups.retain(|group| group.last_seen.ms() >= since);
        let order = |state: ErrorState| ErrorState::ALL.iter().position(|other| *other == state);
        groups.sort_by_key(|group| (order(group.state), Reverse(group.runs)));
        groups.truncate(ERRORS);
        Ok(groups)
    }
}
