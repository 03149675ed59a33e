//! Reads the dashboard at one instant: in three queries, and in two more for the agent whose row is open.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::rollups::{AgentSeq, Overall, Shown, Tally};
use super::rows::{Head, rows};
use super::scope::Scope;
use super::summary::assemble;
use super::which::Which;
use crate::domain::agent::listing::{Listing, PAGED_ABOVE, Page};
use crate::domain::agent::{Agent, AgentRow, RECENT_RUNS};
use crate::domain::id::AgentId;
use crate::domain::run::AgentRun;
use crate::domain::summary::Summary;
use sea_orm::DatabaseTransaction;
use std::collections::HashMap;

/// The dashboard's rows.
#[derive(Debug)]
pub struct AgentList {
    /// All agents, oldest first, or those of a page in its order; the open agent, where it is on another page, comes after.
    pub rows: Vec<AgentRow>,
    /// Which page they are; `None` where they are all.
    pub page: Option<Page>,
}

/// The dashboard.
#[derive(Debug)]
pub struct Board {
    pub list: AgentList,
    pub summary: Summary,
    /// The agent whose row is open with its newest runs, newest first, and its live sequence number; or that there is no
    /// such agent.
    pub open: Option<StoreResult<(Agent, Vec<AgentRun>, i64)>>,
}

/// Agents that are to be shown, without figures.
struct Heads {
    heads: Vec<Head>,
    seqs: Vec<AgentSeq>,
    ids: Vec<AgentId>,
    page: Page,
    is_paged: bool,
}

impl Heads {
    fn which(&self) -> Which<'_> {
        if self.is_paged { Which::These(&self.ids) } else { Which::All }
    }

    fn shown(&self) -> Shown<'_> {
        Shown { which: self.which(), seqs: &self.seqs }
    }

    fn with(self, tallies: &HashMap<AgentId, Tally>) -> AgentList {
        let Self { heads, ids, page, is_paged, .. } = self;
        let mut rows = rows(heads, tallies);
        if is_paged {
            rows.sort_by_cached_key(|row| ids.iter().position(|id| *id == row.id));
        }
        AgentList { rows, page: is_paged.then_some(page) }
    }
}

impl Store {
    /// Reads the dashboard: all agents, or above [`PAGED_ABOVE`] of them a page. `recent` is a summary that is recent enough
    /// for many agents, over which it takes long to sum up.
    ///
    /// # Errors
    /// Those of the database. That there is no agent `open` is no error of the whole.
    pub async fn board(
        &self,
        scope: &Scope,
        listing: &Listing,
        open: Option<AgentId>,
        recent: Option<Summary>,
    ) -> StoreResult<Board> {
        let at = self.now();
        let before = self.day_before(scope, at).await?;
        let is_known = recent.is_some();
        let read = self.read_at_once(|txn, _| {
            Box::pin(async move {
                let heads = self.read_heads(txn, scope, listing, open).await?;
                let overall = match (heads.is_paged, is_known) {
                    (false, _) => Overall::Bars,
                    (true, false) => Overall::All,
                    (true, true) => Overall::Nothing,
                };
                let figures = self.figures(txn, scope, Some(heads.shown()), overall).await?;
                let open = match open {
                    Some(id) => {
                        match self.read_agent(txn, scope, id, RECENT_RUNS as u64, Some(&figures.agents)).await {
                            Err(error) if !matches!(error, StoreError::NoAgent(_)) => return Err(error),
                            read => Some(read),
                        }
                    }
                    None => None,
                };
                Ok((heads, figures, open))
            })
        });
        let (heads, figures, open) = read.await?;
        let counts = heads.page.counts;
        let summary = recent.filter(|_| heads.is_paged).unwrap_or_else(|| assemble(at, &figures, before, counts));
        let summary = Summary { agents: counts, ..summary };
        Ok(Board { list: heads.with(&figures.agents), summary, open })
    }

    /// Reads the dashboard's rows alone.
    pub async fn agent_list(&self, scope: &Scope, listing: &Listing, open: Option<AgentId>) -> StoreResult<AgentList> {
        self.read_at_once(|txn, _| {
            Box::pin(async move {
                let heads = self.read_heads(txn, scope, listing, open).await?;
                let tallies = self.tallies(txn, scope, heads.shown()).await?;
                Ok(heads.with(&tallies))
            })
        })
        .await
    }

    async fn read_heads(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        listing: &Listing,
        open: Option<AgentId>,
    ) -> StoreResult<Heads> {
        let (mut ids, page) = self.listed(txn, scope, listing).await?;
        let is_paged = page.counts.all > PAGED_ABOVE;
        ids.extend(open.filter(|open| !ids.contains(open)));
        let mut read = Heads { heads: Vec::new(), seqs: Vec::new(), ids, page, is_paged };
        (read.heads, read.seqs) = self.heads(txn, scope, read.which()).await?;
        Ok(read)
    }
}
