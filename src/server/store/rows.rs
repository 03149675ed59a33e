//! The dashboard's list: the figures of each agent's runs, in a fixed number of queries however many agents there are.

use super::Store;
use super::error::StoreResult;
use super::scope::Scope;
use crate::domain::agent::{AgentPulse, AgentRow, AgentStatus, LastRun, RECENT_RUNS, StripCell};
use crate::domain::id::AgentId;
use crate::domain::run::RunStatus;
use crate::domain::summary::{WINDOW_MS, rate};
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use std::collections::HashMap;

/// An owner's agents that are not being deleted, all of them or `:only` one; PostgreSQL wants to know the type of what may be null.
pub(super) const HEADS: &str = "
SELECT id, live_seq, name, description, model, paused, next_due_at FROM agents
WHERE owner_id = :owner AND deleting_at IS NULL AND (CAST(:only AS BIGINT) IS NULL OR id = CAST(:only AS BIGINT)) ORDER BY id";

/// Each count is read from an index of its own.
pub(super) const FIGURES: &str = "
SELECT a.id,
       (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'running') AS running,
       (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'queued') AS queued,
       (SELECT COUNT(*) FROM agent_runs r
        WHERE r.agent_id = a.id AND r.finished_at >= :since AND r.status = 'success') AS succeeded,
       (SELECT COUNT(*) FROM agent_runs r
        WHERE r.agent_id = a.id AND r.finished_at >= :since AND r.status = 'failed') AS failed,
       l.status AS last_finished, CASE l.status WHEN 'failed' THEN SUBSTR(l.error, 1, 200) END AS last_error
FROM agents a LEFT JOIN agent_runs l
    ON l.id = (SELECT r.id FROM agent_runs r
               WHERE r.agent_id = a.id AND r.finished_at IS NOT NULL AND r.status <> 'skipped'
               ORDER BY r.finished_at DESC, r.id DESC LIMIT 1)
WHERE a.owner_id = :owner AND (CAST(:only AS BIGINT) IS NULL OR a.id = CAST(:only AS BIGINT))";

/// A strip's cells, newest first, as [`StripCell`] has them on the wire.
const CELLS_SQLITE: &str = "json_group_array(json_array(r.id, r.status, r.failure_kind, r.duration_ms, r.queued_at / 1000) ORDER BY r.id DESC)";
const CELLS_POSTGRES: &str =
    "CAST(json_agg(json_build_array(r.id, r.status, r.failure_kind, r.duration_ms, r.queued_at / 1000)
                                             ORDER BY r.id DESC) AS TEXT)";

/// Figures of an agent's runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub running: i64,
    pub queued: i64,
    /// Of the last 24 hours.
    pub succeeded: i64,
    /// Of the last 24 hours.
    pub failed: i64,
    pub last_finished: Option<RunStatus>,
    /// The beginning of what it failed with.
    pub last_error: Option<String>,
}

impl Figures {
    /// Returns success / (success + failed), 0 to 1; `None` without such runs.
    pub fn success_rate(&self) -> Option<f64> {
        rate(self.succeeded, self.failed)
    }
}

#[derive(FromQueryResult)]
struct FigureRow {
    id: AgentId,
    running: i64,
    queued: i64,
    succeeded: i64,
    failed: i64,
    last_finished: Option<RunStatus>,
    last_error: Option<String>,
}

#[derive(FromQueryResult)]
struct HeadRow {
    id: AgentId,
    live_seq: i64,
    name: String,
    description: String,
    model: String,
    paused: bool,
    next_due_at: Option<Timestamp>,
}

/// A strip as the wire has it.
#[derive(FromQueryResult)]
struct StripRow {
    agent_id: AgentId,
    cells: Json<Vec<StripCell>>,
}

/// Returns the first line with something in it.
fn first_line(error: &str) -> Option<String> {
    error.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
}

impl Store {
    /// Returns the dashboard's rows, or one of them, oldest agent first, all read at one instant.
    pub async fn agent_rows(&self, scope: &Scope, only: Option<AgentId>) -> StoreResult<Vec<AgentRow>> {
        let txn = self.begin_read().await?;
        let heads = self.named(HEADS, [("owner", scope.owner().into()), ("only", only.into())]);
        let heads = HeadRow::find_by_statement(heads).all(&txn).await?;
        let mut figures = self.figures(&txn, scope, only).await?;
        let mut last = self.last_runs(&txn, scope, only).await?;
        let mut strips = self.strips(&txn, scope, only).await?;
        txn.commit().await?;
        Ok(heads
            .into_iter()
            .map(|head| {
                let figures = figures.remove(&head.id).unwrap_or_default();
                AgentRow {
                    id: head.id,
                    seq: head.live_seq,
                    name: head.name,
                    description: head.description,
                    model: head.model,
                    paused: head.paused,
                    pulse: AgentPulse {
                        status: AgentStatus::derive(
                            figures.running,
                            head.paused,
                            figures.last_finished,
                            head.next_due_at.is_some(),
                        ),
                        running_count: figures.running,
                        queued_count: figures.queued,
                        success_rate: figures.success_rate(),
                        last_error: figures.last_error.as_deref().and_then(first_line),
                        last_run: last.remove(&head.id).as_ref().map(LastRun::from),
                        next_run_at: head.next_due_at,
                    },
                    strip: strips.remove(&head.id).unwrap_or_default(),
                }
            })
            .collect())
    }

    /// Counts of each agent, or of one.
    pub(super) async fn figures<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        only: Option<AgentId>,
    ) -> StoreResult<HashMap<AgentId, Figures>> {
        let since = self.now().ms() - WINDOW_MS;
        let values = [("owner", scope.owner().into()), ("only", only.into()), ("since", since.into())];
        let select = self.named(FIGURES, values);
        let rows = FigureRow::find_by_statement(select).all(db).await?;
        let figures = |FigureRow { id, running, queued, succeeded, failed, last_finished, last_error }| {
            (id, Figures { running, queued, succeeded, failed, last_finished, last_error })
        };
        Ok(rows.into_iter().map(figures).collect())
    }

    /// Returns the latest runs of each agent as strip cells, newest first. One row for each agent: with hundreds of
    /// agents, handing twenty rows of each through the driver takes longer than finding them.
    async fn strips<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        only: Option<AgentId>,
    ) -> StoreResult<HashMap<AgentId, Vec<StripCell>>> {
        let cells = match self.backend() {
            DbBackend::Postgres => CELLS_POSTGRES,
            _ => CELLS_SQLITE,
        };
        let newest = self.newest_of_each(RECENT_RUNS, None);
        let select = format!("SELECT r.agent_id, {cells} AS cells FROM {newest} GROUP BY r.agent_id");
        let select = self.named(&select, [("owner", scope.owner().into()), ("only", only.into())]);
        let rows = StripRow::find_by_statement(select).all(db).await?;
        Ok(rows.into_iter().map(|row| (row.agent_id, row.cells.0)).collect())
    }
}
