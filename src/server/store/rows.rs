//! The dashboard's list: what runs make of an agent, in a fixed number of queries however many agents there are.

use super::error::StoreResult;
use super::scope::Scope;
use super::{Store, map};
use crate::domain::agent::{AgentPulse, AgentRow, AgentStatus, LastRun, RECENT_RUNS, StripCell};
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{FailureKind, RunStatus};
use crate::domain::summary::{WINDOW_MS, rate};
use crate::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::HashMap;

/// `$1` where it may be null: PostgreSQL wants to know its type.
pub(super) const ONLY: &str = "CAST($1 AS BIGINT)";

/// What runs make of an agent.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub running: i64,
    pub queued: i64,
    /// Of the last 24 hours.
    pub succeeded: i64,
    /// Of the last 24 hours.
    pub failed: i64,
    pub last_finished: Option<RunStatus>,
}

impl Figures {
    /// success / (success + failed); `None` without such runs.
    pub fn success_rate(&self) -> Option<f64> {
        rate(self.succeeded, self.failed)
    }
}

#[derive(FromQueryResult)]
struct FigureRow {
    id: i64,
    running: i64,
    queued: i64,
    succeeded: i64,
    failed: i64,
    last_finished: Option<String>,
}

#[derive(FromQueryResult)]
struct HeadRow {
    id: i64,
    live_seq: i64,
    name: String,
    description: String,
    model: String,
    paused: bool,
    next_due_at: Option<i64>,
}

/// A strip as one text: cells parted by commas, their values by blanks.
#[derive(FromQueryResult)]
struct StripRow {
    agent_id: i64,
    cells: String,
}

impl Store {
    /// The dashboard's rows, or one of them, oldest agent first, all read at one instant.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn agent_rows(&self, _scope: &Scope, only: Option<AgentId>) -> StoreResult<Vec<AgentRow>> {
        let txn = self.begin_read().await?;
        let heads = HeadRow::find_by_statement(
            self.statement(
                "SELECT id, live_seq, name, description, model, paused, next_due_at FROM agents
             WHERE deleting_at IS NULL AND ($1 IS NULL OR id = $1) ORDER BY id"
                    .replace("$1", ONLY),
                [only.map(|id| id.0).into()],
            ),
        )
        .all(&txn)
        .await?;
        let mut figures = self.figures(&txn, only).await?;
        let mut last = self.last_runs(&txn, only).await?;
        let mut strips = self.strips(&txn, only).await?;
        txn.commit().await?;
        Ok(heads
            .into_iter()
            .map(|head| {
                let figures = figures.remove(&head.id).unwrap_or_default();
                AgentRow {
                    id: AgentId(head.id),
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
                        last_run: last.remove(&head.id).as_ref().map(LastRun::from),
                        next_run_at: head.next_due_at.map(Timestamp::from_ms),
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
        only: Option<AgentId>,
    ) -> StoreResult<HashMap<i64, Figures>> {
        let since = self.now().ms() - WINDOW_MS;
        let rows = FigureRow::find_by_statement(
            self.statement(
                "SELECT a.id,
                    (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'running') AS running,
                    (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'queued') AS queued,
                    (SELECT COUNT(*) FROM agent_runs r
                     WHERE r.agent_id = a.id AND r.finished_at >= $2 AND r.status = 'success') AS succeeded,
                    (SELECT COUNT(*) FROM agent_runs r
                     WHERE r.agent_id = a.id AND r.finished_at >= $2 AND r.status = 'failed') AS failed,
                    (SELECT r.status FROM agent_runs r
                     WHERE r.agent_id = a.id AND r.finished_at IS NOT NULL AND r.status <> 'skipped'
                     ORDER BY r.finished_at DESC, r.id DESC LIMIT 1) AS last_finished
             FROM agents a WHERE ($1 IS NULL OR a.id = $1)"
                    .replace("$1", ONLY),
                [only.map(|id| id.0).into(), since.into()],
            ),
        )
        .all(db)
        .await?;
        rows.into_iter()
            .map(|row| {
                let last_finished =
                    row.last_finished.as_deref().map(|text| map::word(RunStatus::parse, text)).transpose()?;
                let FigureRow { id, running, queued, succeeded, failed, .. } = row;
                Ok((id, Figures { running, queued, succeeded, failed, last_finished }))
            })
            .collect()
    }

    /// The latest runs of each agent as strip cells, newest first. One row for each agent: with hundreds of agents,
    /// handing twenty rows of each through the driver takes longer than finding them.
    async fn strips<C: ConnectionTrait>(
        &self,
        db: &C,
        only: Option<AgentId>,
    ) -> StoreResult<HashMap<i64, Vec<StripCell>>> {
        let rows = StripRow::find_by_statement(self.statement(
            // CROSS JOIN: SQLite keeps the order, so both databases walk each agent's index from its newest run.
            format!(
                "SELECT r.agent_id,
                        string_agg(r.id || ' ' || r.status || ' ' || COALESCE(r.failure_kind, '') || ' '
                                   || COALESCE(CAST(r.duration_ms AS TEXT), ''), ',' ORDER BY r.id DESC) AS cells
                 FROM agents a CROSS JOIN agent_runs r
                 WHERE r.agent_id = a.id AND ({ONLY} IS NULL OR a.id = {ONLY})
                   AND r.id >= COALESCE((SELECT n.id FROM agent_runs n WHERE n.agent_id = a.id
                                         ORDER BY n.id DESC LIMIT 1 OFFSET {}), 0)
                 GROUP BY r.agent_id",
                RECENT_RUNS - 1
            ),
            [only.map(|id| id.0).into()],
        ))
        .all(db)
        .await?;
        rows.into_iter()
            .map(|row| Ok((row.agent_id, row.cells.split(',').map(cell).collect::<StoreResult<_>>()?)))
            .collect()
    }
}

/// Reads one cell of a [`StripRow`].
fn cell(text: &str) -> StoreResult<StripCell> {
    let mut values = text.split(' ');
    let mut next = || values.next().unwrap_or_default();
    let number = |text: &str| map::word(|text| text.parse::<i64>().ok(), text);
    Ok(StripCell {
        run_id: RunId(number(next())?),
        status: map::word(RunStatus::parse, next())?,
        failure_kind: Some(next())
            .filter(|text| !text.is_empty())
            .map(|text| map::word(FailureKind::parse, text))
            .transpose()?,
        duration_ms: Some(next()).filter(|text| !text.is_empty()).map(number).transpose()?,
    })
}
