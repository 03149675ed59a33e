//! Runs over all agents, as their page shows them.

use super::snapshots::Snapshots;
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::{RunsPulse, ServerMessage, Topic};
use crate::domain::run_filter::RunFilter;
use crate::domain::time::Timestamp;
use crate::domain::views::runs::{AgentName, MOST_NEW, MOST_SHOWN, RunTotals, RunsNews};
use crate::server::store::error::StoreResult;
use crate::server::store::run_list::{RunPage, RunsFrom};
use crate::server::store::scope::Scope;

/// How many agents the page offers to choose from.
const AGENTS: usize = 200;

/// All that the page shows.
pub struct ReadRuns {
    pub server_now: Timestamp,
    pub page: RunPage,
    pub totals: Option<RunTotals>,
    pub agents: Vec<AgentName>,
    pub has_more_agents: bool,
    /// Runs that are over and not searched yet.
    pub unsearched: i64,
}

impl Snapshots {
    /// Returns a page of runs, with totals where these are wanted, and agents to choose from.
    pub async fn run_page(
        &self,
        scope: &Scope,
        filter: &RunFilter,
        from: RunsFrom,
        limit: u64,
        totals: bool,
    ) -> StoreResult<ReadRuns> {
        let chosen: &[AgentId] = filter.agent.as_ref().map_or(&[], |agents| &agents.values);
        let read = self.store.listed_runs(scope, filter, from, limit);
        let names = self.store.agents_to_choose(scope, chosen, AGENTS as u64 + 1);
        // Before the runs: one that is indexed between the two readings would otherwise be neither found nor counted.
        let unsearched = self.store.unsearched_by(scope, filter).await?;
        let (page, mut agents) = tokio::try_join!(read, names)?;
        let mut page = match from {
            // The way back has come to an end: a whole page rather than what is left of one.
            RunsFrom::Above(_) if !page.has_newer => {
                self.store.listed_runs(scope, filter, RunsFrom::Newest, limit).await?
            }
            _ => page,
        };
        self.store.mark_found(scope, filter, &mut page.runs).await?;
        let totals = match totals {
            true => Some(self.store.run_totals(scope, filter).await?),
            false => None,
        };
        let has_more_agents = agents.len() > AGENTS;
        agents.truncate(AGENTS);
        let unsearched = unsearched.unwrap_or_default();
        Ok(ReadRuns { server_now: self.store.now(), page, totals, agents, has_more_agents, unsearched })
    }

    /// Returns the runs that a page shows as they are now and, where `above` is given, how many others the filter has above
    /// that id.
    pub async fn runs_news(
        &self,
        scope: &Scope,
        filter: &RunFilter,
        shown: &[RunId],
        above: Option<RunId>,
    ) -> StoreResult<RunsNews> {
        let shown = &shown[..shown.len().min(MOST_SHOWN)];
        let runs = self.store.runs_of_ids(scope, shown).await?;
        let most = MOST_NEW + MOST_SHOWN as i64;
        let found = match above {
            Some(above) => self.store.run_ids_above(scope, filter, above, most).await?,
            None => Vec::new(),
        };
        let new = found.iter().filter(|id| !shown.contains(id)).count() as i64;
        Ok(RunsNews { runs, new: new.min(MOST_NEW) })
    }

    pub(super) async fn runs(&self, scope: &Scope) -> StoreResult<ServerMessage> {
        let data = Box::new(RunsPulse { newest: self.store.newest_run(scope).await?, changed: None });
        Ok(ServerMessage::RunsState { topic: Topic::Runs, server_now: self.store.now(), data })
    }
}
