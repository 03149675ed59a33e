//! The dashboard's list: how each agent stands and the figures of its runs, in a fixed number of queries however many agents
//! there are. None of them counts runs that are over.

use super::Store;
use super::error::StoreResult;
use super::rollups::Tally;
use super::scope::Scope;
use crate::domain::agent::{AgentPulse, AgentRow, AgentStatus, LastRun, RECENT_RUNS, StripCell};
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{RunStatus, Trigger};
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use std::collections::HashMap;

/// An owner's agents that are not being deleted, all of them or `:only` one, oldest first; PostgreSQL wants to know the type
/// of what may be null.
const OF_OWNER: &str = "
WHERE a.owner_id = :owner AND a.deleting_at IS NULL AND (CAST(:only AS BIGINT) IS NULL OR a.id = CAST(:only AS BIGINT))
ORDER BY a.id";

/// Columns that say how agent `a` stands, by [`LAST_FINISHED`]. Counts are of what has not ended, each from an index of its
/// own.
const STANDING: &str = "
(SELECT COUNT(*) FROM agent_runs q WHERE q.agent_id = a.id AND q.status = 'running') AS running,
(SELECT COUNT(*) FROM agent_runs q WHERE q.agent_id = a.id AND q.status = 'queued') AS queued,
l.status AS last_finished, CASE l.status WHEN 'failed' THEN SUBSTR(l.error, 1, 200) END AS last_error";

/// The run of agent `a` that ended last.
const LAST_FINISHED: &str = "
LEFT JOIN agent_runs l ON l.id = (SELECT e.id FROM agent_runs e
                                  WHERE e.agent_id = a.id AND e.finished_at IS NOT NULL AND e.status <> 'skipped'
                                  ORDER BY e.finished_at DESC, e.id DESC LIMIT 1)";

/// Columns of the newest run of agent `a`, as rows of the list show it, and how they are found.
const NEWEST: [&str; 2] = [
    "n.id AS run_id, n.status AS run_status, n.trigger, n.chat, n.retry_of, n.queued_at, n.started_at",
    "LEFT JOIN agent_runs n ON n.id = (SELECT MAX(m.id) FROM agent_runs m WHERE m.agent_id = a.id)",
];

/// Returns the statement for the heads of the list's rows.
pub(super) fn heads_sql() -> String {
    let [columns, newest] = NEWEST;
    format!(
        "SELECT a.id, a.live_seq, a.name, a.description, a.model, a.paused, a.tags, a.next_due_at, {STANDING}, {columns}
         FROM agents a {LAST_FINISHED} {newest} {OF_OWNER}"
    )
}

/// Returns the statement for whole agents, each with how it stands.
pub(super) fn agents_sql() -> String {
    format!("SELECT a.*, {STANDING} FROM agents a {LAST_FINISHED} {OF_OWNER}")
}

/// A strip's cells, newest first, as [`StripCell`] has them on the wire.
const CELLS_SQLITE: &str = "json_group_array(json_array(r.id, r.status, r.failure_kind, r.duration_ms, r.queued_at / 1000) ORDER BY r.id DESC)";
const CELLS_POSTGRES: &str =
    "CAST(json_agg(json_build_array(r.id, r.status, r.failure_kind, r.duration_ms, r.queued_at / 1000)
                                             ORDER BY r.id DESC) AS TEXT)";

/// How an agent stands.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Standing {
    pub running: i64,
    pub queued: i64,
    pub last_finished: Option<RunStatus>,
    /// The beginning of what it failed with.
    pub last_error: Option<String>,
}

#[derive(FromQueryResult)]
struct HeadRow {
    id: AgentId,
    live_seq: i64,
    name: String,
    description: String,
    model: String,
    paused: bool,
    tags: Json<Vec<String>>,
    next_due_at: Option<Timestamp>,
    #[sea_orm(nested)]
    standing: Standing,
    #[sea_orm(nested)]
    newest: NewestRow,
}

/// The newest run of an agent; all null where it has none.
#[derive(FromQueryResult)]
struct NewestRow {
    run_id: Option<RunId>,
    run_status: Option<RunStatus>,
    trigger: Option<Trigger>,
    chat: Option<bool>,
    retry_of: Option<RunId>,
    queued_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
}

impl NewestRow {
    fn run(self) -> Option<LastRun> {
        Some(LastRun {
            id: self.run_id?,
            status: self.run_status?,
            trigger: self.trigger?,
            chat: self.chat?,
            retry_of: self.retry_of,
            queued_at: self.queued_at?,
            started_at: self.started_at,
        })
    }
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
    /// Returns the dashboard's rows, or one of them, oldest agent first, all read at one instant in three queries.
    pub async fn agent_rows(&self, scope: &Scope, only: Option<AgentId>) -> StoreResult<Vec<AgentRow>> {
        let txn = self.begin_read().await?;
        let heads = self.named(&heads_sql(), [("owner", scope.owner().into()), ("only", only.into())]);
        let heads = HeadRow::find_by_statement(heads).all(&txn).await?;
        let mut tallies = self.tallies(&txn, scope, only).await?;
        let mut strips = self.strips(&txn, scope, only).await?;
        txn.commit().await?;
        let row = |head: HeadRow| {
            let tally = tallies.remove(&head.id).unwrap_or_default();
            let strip = strips.remove(&head.id).unwrap_or_default();
            row(head, &tally, strip)
        };
        Ok(heads.into_iter().map(row).collect())
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
        let newest = self.newest_of_each(RECENT_RUNS);
        let select = format!("SELECT r.agent_id, {cells} AS cells FROM {newest} GROUP BY r.agent_id");
        let select = self.named(&select, [("owner", scope.owner().into()), ("only", only.into())]);
        let rows = StripRow::find_by_statement(select).all(db).await?;
        Ok(rows.into_iter().map(|row| (row.agent_id, row.cells.0)).collect())
    }
}

fn row(head: HeadRow, tally: &Tally, strip: Vec<StripCell>) -> AgentRow {
    let standing = head.standing;
    let (running, is_due) = (standing.running, head.next_due_at.is_some());
    AgentRow {
        id: head.id,
        seq: head.live_seq,
        name: head.name,
        description: head.description,
        model: head.model,
        paused: head.paused,
        tags: head.tags.0,
        pulse: AgentPulse {
            status: AgentStatus::derive(running, head.paused, standing.last_finished, is_due),
            running_count: running,
            queued_count: standing.queued,
            success_rate: tally.success_rate(),
            day: tally.day(),
            last_error: standing.last_error.as_deref().and_then(first_line),
            last_run: head.newest.run(),
            next_run_at: head.next_due_at,
        },
        strip,
    }
}
