//! The dashboard's list: how each agent stands and the figures of its runs, in a fixed number of queries however many agents
//! there are. None of them counts runs that are over, but for those that ended in the hour in which the last 24 begin.

use super::Store;
use super::error::StoreResult;
use super::newest::{NEWEST_FIRST, as_json, newest};
use super::normal::successes_sql;
use super::rollups::{AgentSeq, Shown, Tally};
use super::scope::Scope;
use super::which::Which;
use crate::domain::agent::{AgentPulse, AgentRow, AgentStatus, LastRun, RECENT_RUNS, StripCell};
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{RunStatus, Trigger};
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use std::collections::HashMap;

/// Returns the condition and the order of the list: oldest first.
fn listed(backend: DbBackend, which: Which<'_>) -> String {
    format!("WHERE {} ORDER BY a.id", which.condition(backend))
}

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

/// Returns the statement for the rows of the list, without the figures of their runs; also of agents that are being deleted.
pub(super) fn heads_sql(backend: DbBackend, which: Which<'_>) -> String {
    let [columns, newest] = NEWEST;
    let (strip, listed) = (strip_sql(backend), listed(backend, which));
    format!(
        "SELECT a.id, a.live_seq, a.deleting_at IS NOT NULL AS is_going, a.name, a.description, a.model, a.paused, a.tags, a.next_due_at, {STANDING}, {columns},
                {strip} AS strip
         FROM agents a {LAST_FINISHED} {newest} {listed}"
    )
}

/// Returns the statement for whole agents, each with how it stands; also for those that are being deleted. Some agents come with
/// what the normal of their tasks comes from; that of all is read apart, as far as it is not known.
pub(super) fn agents_sql(backend: DbBackend, which: Which<'_>) -> String {
    let listed = listed(backend, which);
    let successes = match which {
        Which::All => "CAST(NULL AS TEXT)".to_owned(),
        Which::These(_) => successes_sql(backend, "FALSE"),
    };
    format!("SELECT a.*, {STANDING}, {successes} AS successes FROM agents a {LAST_FINISHED} {listed}")
}

/// Returns SQL for the strip of agent `a`, its cells as [`StripCell`] has them on the wire.
fn strip_sql(backend: DbBackend) -> String {
    let newest = newest(RECENT_RUNS, "n.status, n.failure_kind, n.duration_ms, n.queued_at");
    as_json(backend, "j.id, j.status, j.failure_kind, j.duration_ms, j.queued_at / 1000", NEWEST_FIRST, &newest)
}

/// How an agent stands.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Standing {
    pub running: i64,
    pub queued: i64,
    pub last_finished: Option<RunStatus>,
    /// The beginning of what it failed with.
    pub last_error: Option<String>,
}

/// A row of the list, without the figures of its runs.
#[derive(FromQueryResult)]
pub(super) struct Head {
    id: AgentId,
    live_seq: i64,
    /// Whether it is being deleted.
    is_going: bool,
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
    strip: Json<Vec<StripCell>>,
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

/// Returns the first line with something in it; empty where there is none.
fn first_line(error: &str) -> String {
    error.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

impl Store {
    /// Returns the dashboard's rows of these agents, oldest first, all read at one instant in two queries.
    pub async fn agent_rows(&self, scope: &Scope, which: Which<'_>) -> StoreResult<Vec<AgentRow>> {
        self.read_at_once(|txn, _| {
            Box::pin(async move {
                let (heads, seqs) = self.heads(txn, scope, which).await?;
                Ok(rows(heads, &self.tallies(txn, scope, Shown { which, seqs: &seqs }).await?))
            })
        })
        .await
    }

    /// Returns the rows of agents, and the sequence numbers also of those that are being deleted.
    pub(super) async fn heads<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        which: Which<'_>,
    ) -> StoreResult<(Vec<Head>, Vec<AgentSeq>)> {
        let select = self.named(&heads_sql(self.backend(), which), self.which(scope, which));
        let mut heads = Head::find_by_statement(select).all(db).await?;
        let seqs = heads.iter().map(|head| (head.id, head.live_seq)).collect();
        heads.retain(|head| !head.is_going);
        Ok((heads, seqs))
    }
}

/// Returns rows with the figures of their runs.
pub(super) fn rows(heads: Vec<Head>, tallies: &HashMap<AgentId, Tally>) -> Vec<AgentRow> {
    let none = Tally::default();
    heads
        .into_iter()
        .map(|head| (tallies.get(&head.id).unwrap_or(&none), head))
        .map(|(tally, head)| row(head, tally))
        .collect()
}

fn row(head: Head, tally: &Tally) -> AgentRow {
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
            last_error: standing.last_error.as_deref().map(first_line),
            last_run: head.newest.run(),
            next_run_at: head.next_due_at,
        },
        strip: head.strip.0,
    }
}
