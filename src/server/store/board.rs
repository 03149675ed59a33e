//! What the dashboard shows, read at one instant: in two queries, and in two more for the agent whose row is open.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::rollups::Overall;
use super::rows::rows;
use super::scope::Scope;
use super::summary::assemble;
use super::which::Which;
use crate::domain::agent::{Agent, AgentRow, RECENT_RUNS};
use crate::domain::id::AgentId;
use crate::domain::run::AgentRun;
use crate::domain::summary::Summary;

/// The dashboard.
#[derive(Debug)]
pub struct Board {
    /// Oldest agent first.
    pub rows: Vec<AgentRow>,
    pub summary: Summary,
    /// The agent whose row is open with its newest runs, newest first, and its live sequence number; or that there is no
    /// such agent.
    pub open: Option<StoreResult<(Agent, Vec<AgentRun>, i64)>>,
}

impl Store {
    /// Reads the dashboard.
    ///
    /// # Errors
    /// Those of the database. That there is no agent `open` is no error of the whole.
    pub async fn board(&self, scope: &Scope, open: Option<AgentId>) -> StoreResult<Board> {
        let at = self.now();
        let txn = self.begin_read().await?;
        let heads = self.heads(&txn, scope, Which::All).await?;
        let figures = self.figures(&txn, scope, Some(Which::All), Overall::Bars).await?;
        let open = match open {
            Some(id) => match self.read_agent(&txn, scope, id, RECENT_RUNS as u64, &figures.agents).await {
                Err(error) if !matches!(error, StoreError::NoAgent(_)) => return Err(error),
                read => Some(read),
            },
            None => None,
        };
        txn.commit().await?;
        Ok(Board { rows: rows(heads, &figures.agents), summary: assemble(at, &figures), open })
    }
}
