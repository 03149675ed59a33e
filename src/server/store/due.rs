//! Firing: of each due time comes one row, in the transaction that moves the agent on to its next due time. Reads the facts
//! and writes what a policy decides by them; knows no policy.
//!
//! On PostgreSQL the due agents are locked first; those that another server has locked are left to it. Whatever is read
//! afterwards is then current, and the order of locks is agent before run, as everywhere.

use super::Store;
use super::error::StoreResult;
use super::holds::{missed_on_hold, not_held};
use super::tasks::TaskThread;
use super::transit::{Change, NewRun, Skip};
use crate::domain::budget::Budgets;
use crate::domain::id::{AgentId, OwnerId};
use crate::domain::money::NanoDollars;
use crate::domain::request::RunRequest;
use crate::domain::run::{AgentRun, Trigger};
use crate::domain::schedule::Overlap;
use crate::domain::time::Timestamp;
use crate::server::schedule::error::ScheduleError;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, QueryResult, Statement};
use std::collections::HashMap;

/// How these agents stand.
const DUE: &str = "
SELECT a.id, a.owner_id, a.model, a.version, a.schedule, a.time_zone, a.overlap, a.catch_up, a.next_due_at AS due, a.month_budget_cost,
       a.month_budget_tokens,
       (SELECT COUNT(*) FROM agent_runs r
        WHERE r.agent_id = a.id AND r.status = 'queued' AND r.trigger = 'schedule') AS waiting,
       (SELECT COUNT(*) FROM agent_runs r
        WHERE r.agent_id = a.id AND r.status = 'queued' AND (r.not_before IS NULL OR r.not_before <= $2))
     + (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'running') AS active,
       EXISTS (SELECT 1 FROM agent_runs r WHERE r.agent_id = a.id AND r.scheduled_for = a.next_due_at) AS fired,
       {missed_on_hold} AS missed_on_hold
FROM agents a WHERE a.id {among} ORDER BY a.next_due_at, a.id";

/// Facts that decide the outcome of an agent's due time.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Facts {
    pub schedule: String,
    pub time_zone: String,
    pub overlap: Overlap,
    pub catch_up: bool,
    pub due: Timestamp,
    /// Its scheduled runs that are queued.
    pub waiting: i64,
    /// All its runs that are queued or running, without those that are put off.
    pub active: i64,
    /// Whether a hold that is over has kept it from being fired in time.
    pub missed_on_hold: bool,
    /// Why its month's budget allows no run.
    #[sea_orm(skip)]
    pub spent: Option<String>,
}

/// The outcome of a due time, as it is decided.
#[derive(Clone, Debug)]
pub struct Decision {
    /// When the agent comes due next.
    pub next: Option<Timestamp>,
    /// Why it makes no run.
    pub skip: Option<Skip>,
    /// Why the schedule cannot be used.
    pub fault: Option<ScheduleError>,
}

/// Decides outcomes, by the facts and the time when they were noticed.
pub type Policy = fn(&Facts, Timestamp) -> Decision;

/// Which of the agents that are due.
#[derive(Clone, Copy)]
enum Due {
    All,
    /// As many, those first that have been due longest.
    First(u32),
    Only(AgentId),
}

/// An agent whose time has come.
#[derive(Debug, FromQueryResult)]
struct DueRow {
    id: AgentId,
    owner_id: OwnerId,
    model: String,
    version: i64,
    #[sea_orm(nested)]
    facts: Facts,
    month_budget_cost: Option<NanoDollars>,
    month_budget_tokens: Option<i64>,
    /// Whether this due time has its row already: a clock that was put back must not fire it again.
    fired: bool,
}

/// The outcome of a due time.
struct Firing {
    owner: OwnerId,
    agent: AgentId,
    model: String,
    version: i64,
    due: Timestamp,
    next: Option<Timestamp>,
    skip: Option<Skip>,
    fired: bool,
}

/// An agent's way from one due time to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) agent: AgentId,
    pub(super) due: Timestamp,
    pub(super) next: Option<Timestamp>,
    /// How many live sequence numbers it takes.
    pub(super) numbers: i64,
}

/// An agent that has been moved from one due time to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub owner: OwnerId,
    pub agent: AgentId,
    /// Its live sequence number since.
    pub seq: i64,
}

/// The outcome of firing.
#[derive(Debug, Default)]
pub struct Fired {
    /// Runs queued and runs skipped, each with its live sequence number; the one before it is the agent's own, which has
    /// moved on.
    pub changes: Vec<Change>,
    /// Agents that only moved on.
    pub moved: Vec<Moved>,
}

impl Store {
    /// Fires up to `limit` agents that are due and not on hold, each once and those first that have been due longest, by a policy.
    ///
    /// # Errors
    /// The database failed, or one of them cannot be fired. None has fired.
    pub async fn fire_due(&self, limit: u32, policy: Policy) -> StoreResult<Fired> {
        self.fire(Due::First(limit), policy).await
    }

    /// Like [`Self::fire_due`], for one agent; does nothing if that is not due.
    ///
    /// # Errors
    /// The database failed, or the agent cannot be fired. It has not fired.
    pub async fn fire_due_agent(&self, agent: AgentId, policy: Policy) -> StoreResult<Fired> {
        self.fire(Due::Only(agent), policy).await
    }

    /// Returns all agents that are due and not on hold, those first that have been due longest.
    pub async fn all_due(&self) -> StoreResult<Vec<AgentId>> {
        let rows = self.read.query_all_raw(self.select_due(self.now(), Due::All, "")).await?;
        Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
    }

    async fn fire(&self, which: Due, policy: Policy) -> StoreResult<Fired> {
        let now = self.now();
        let fired = self
            .write_if(|txn, _| {
                Box::pin(async move {
                    let due = self.due_agents(txn, now, which).await?;
                    if due.is_empty() {
                        return Ok(None);
                    }
                    let mut firings = Vec::new();
                    for mut row in due {
                        let budgets = Budgets::of_month(row.month_budget_cost, row.month_budget_tokens);
                        row.facts.spent = self.month_spent(txn, row.id, budgets).await?;
                        firings.push(firing(row, now, policy));
                    }
                    let mut moved = self.move_on(txn, &firings).await?;
                    let fire = firings
                        .into_iter()
                        .filter(|firing| moved.contains_key(&firing.agent) && !firing.fired)
                        .collect();
                    let runs = self.insert_due(txn, fire, now).await?;
                    let change = |run: AgentRun| {
                        let Moved { owner, seq, .. } = moved.remove(&run.agent_id)?;
                        Some(Change { owner, run, before: None, seq })
                    };
                    Ok(Some(Fired {
                        changes: runs.into_iter().filter_map(change).collect(),
                        moved: moved.into_values().collect(),
                    }))
                })
            })
            .await?;
        Ok(fired.unwrap_or_default())
    }

    fn select_due(&self, now: Timestamp, which: Due, lock: &str) -> Statement {
        let (only, limit) = match which {
            Due::All => (String::new(), String::new()),
            Due::First(limit) => (String::new(), format!("LIMIT {limit}")),
            Due::Only(agent) => (format!("AND id = {agent}"), String::new()),
        };
        self.statement(
            format!(
                "SELECT id FROM agents WHERE next_due_at <= $1 AND deleting_at IS NULL AND {} {only}
                 ORDER BY next_due_at, id {limit} {lock}",
                not_held("agents")
            ),
            [now.into()],
        )
    }

    async fn due_agents(&self, txn: &DatabaseTransaction, now: Timestamp, which: Due) -> StoreResult<Vec<DueRow>> {
        let skip_locked = match self.backend() {
            DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
            _ => "",
        };
        let lock = self.select_due(now, which, skip_locked);
        let ids = txn.query_all_raw(lock).await?;
        let ids = ids.iter().map(|row| row.try_get::<AgentId>("", "id")).collect::<Result<Vec<_>, _>>()?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let read = DUE.replace("{among}", &self.among("$1")).replace("{missed_on_hold}", &missed_on_hold("a"));
        let read = self.statement(read, [self.ids(&ids), now.into()]);
        Ok(DueRow::find_by_statement(read).all(txn).await?)
    }

    /// Moves each agent from its due time on to the next, if it is still there. Returns those that were.
    async fn move_on(&self, txn: &DatabaseTransaction, firings: &[Firing]) -> StoreResult<HashMap<AgentId, Moved>> {
        // Two numbers where it makes a run: the first is the agent's, whose next due time has changed, the second the
        // run's.
        let numbers = |firing: &Firing| if firing.fired { 1 } else { 2 };
        let moves = firings.iter().map(|f| Move { agent: f.agent, due: f.due, next: f.next, numbers: numbers(f) });
        self.move_all(txn, moves).await
    }

    /// Moves agents from one due time to another, where they are still at the first. Returns those that were.
    pub(super) async fn move_all<C: ConnectionTrait>(
        &self,
        db: &C,
        moves: impl Iterator<Item = Move>,
    ) -> StoreResult<HashMap<AgentId, Moved>> {
        // 0 stands for none: a list of values has one type.
        let values = moves
            .map(|to| format!("({}, {}, {}, {})", to.agent, to.due.ms(), to.next.map_or(0, Timestamp::ms), to.numbers))
            .collect::<Vec<_>>();
        if values.is_empty() {
            return Ok(HashMap::new());
        }
        let update = self.statement(
            format!(
                "UPDATE agents SET next_due_at = NULLIF(m.column3, 0), live_seq = live_seq + m.column4
                 FROM (VALUES {}) AS m WHERE agents.id = m.column1 AND agents.next_due_at = m.column2
                 RETURNING id, owner_id, live_seq",
                values.join(", ")
            ),
            [],
        );
        let rows = db.query_all_raw(update).await?;
        let moved = |row: &QueryResult| {
            let (owner, agent, seq) =
                (row.try_get("", "owner_id")?, row.try_get("", "id")?, row.try_get("", "live_seq")?);
            Ok((agent, Moved { owner, agent, seq }))
        };
        rows.iter().map(moved).collect()
    }

    /// Inserts the rows of these due times, each with a thread of its own; skipped ones too, so that they can be
    /// retried.
    async fn insert_due(
        &self,
        txn: &DatabaseTransaction,
        firings: Vec<Firing>,
        now: Timestamp,
    ) -> StoreResult<Vec<AgentRun>> {
        let threads = self.task_threads(txn, &firings.iter().map(|firing| firing.agent).collect::<Vec<_>>()).await?;
        let new = firings.into_iter().filter_map(|firing| {
            let TaskThread { thread, input_message } = *threads.get(&firing.agent)?;
            Some(NewRun {
                owner: firing.owner,
                agent: firing.agent,
                thread,
                model: firing.model,
                version: firing.version,
                trigger: Trigger::Schedule,
                chat: false,
                input_message: Some(input_message),
                retry_of: None,
                root: None,
                scheduled_for: Some(firing.due),
                hook: None,
                request: RunRequest::default(),
                skip: firing.skip,
            })
        });
        self.bear_runs(txn, new.collect(), now).await
    }
}

fn firing(row: DueRow, now: Timestamp, policy: Policy) -> Firing {
    let Decision { next, skip, fault } = policy(&row.facts, now);
    if let Some(error) = fault {
        tracing::error!(agent = %row.id, %error, "a kept schedule cannot be used; it fires this once more");
    }
    let DueRow { id, owner_id, model, version, facts, fired, .. } = row;
    Firing { owner: owner_id, agent: id, model, version, due: facts.due, next, skip, fired }
}
