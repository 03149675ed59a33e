//! Agents: create, read, replace, delete.

use super::error::{StoreError, StoreResult};
use super::normal::{Successes, normal_of};
use super::rollups::{AgentSeq, Shown, Tally};
use super::rows::{Standing, agents_sql};
use super::scope::{Owned, Scope};
use super::versions::Saving;
use super::which::Which;
use super::{Store, storable_row};
use crate::domain::agent::{Agent, AgentContents, AgentSettings, AgentStatus};
use crate::domain::id::{AgentId, OwnerId};
use crate::domain::normal::Normal;
use crate::domain::run::AgentRun;
use crate::server::entity::{agent, run};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, QueryFilter, Set,
    Unchanged,
};
use std::collections::HashMap;

/// The newest run of each of an owner's agents.
pub(super) const LAST_RUNS: &str = "
SELECT r.* FROM agents a JOIN agent_runs r ON r.id = (SELECT MAX(n.id) FROM agent_runs n WHERE n.agent_id = a.id)
WHERE a.owner_id = :owner";

/// Counts everything that is deleted with an agent.
pub(super) const CONTENTS: &str = "
SELECT (SELECT COUNT(*) FROM agent_runs WHERE agent_id = a.id) AS runs,
       (SELECT COUNT(*) FROM agent_runs WHERE agent_id = a.id AND status IN ('queued', 'running')) AS active,
       (SELECT COUNT(*) FROM threads WHERE agent_id = a.id AND kind = 'chat' AND deleted_at IS NULL) AS chats
FROM agents a WHERE a.id = :agent AND a.owner_id = :owner AND a.deleting_at IS NULL";

/// An agent whose settings were replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Its new live sequence number.
    pub seq: i64,
    /// The version that has the settings: a new one unless it had them already.
    pub version: i64,
}

/// An agent and how it stands.
#[derive(FromQueryResult)]
struct StandingAgent {
    #[sea_orm(nested)]
    agent: agent::Model,
    #[sea_orm(nested)]
    standing: Standing,
    successes: Option<Successes>,
    /// Made of them, or known.
    #[sea_orm(skip)]
    normal: Option<Normal>,
}

impl StandingAgent {
    fn seq(&self) -> AgentSeq {
        (self.agent.id, self.agent.live_seq)
    }

    fn is_going(&self) -> bool {
        self.agent.deleting_at.is_some()
    }
}

impl Store {
    /// Inserts an agent with settings that are checked and tidied, and name a model; `note` says why.
    pub async fn create_agent(
        &self,
        scope: &Scope,
        settings: &AgentSettings,
        note: Option<&str>,
    ) -> StoreResult<AgentId> {
        let owner = scope.owner();
        self.write(|txn, _| {
            let work = self.insert_agent(txn, owner, settings, note);
            Box::pin(self.once(txn, scope, work, |id| Some(*id)))
        })
        .await
    }

    pub(super) async fn insert_agent(
        &self,
        txn: &DatabaseTransaction,
        owner: OwnerId,
        settings: &AgentSettings,
        note: Option<&str>,
    ) -> StoreResult<AgentId> {
        let now = self.now();
        let new = agent::ActiveModel {
            owner_id: Set(owner),
            next_due_at: Set(self.first_due(settings)),
            live_seq: Set(1),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            ..settings.clone().into()
        };
        let row = self.insert(txn, new).await?;
        self.record_first(txn, &row, note).await?;
        Ok(row.id)
    }

    /// Replaces an agent's settings, which are as for [`Store::create_agent`]. Its next due time stays as it is unless it comes
    /// from something else now. Settings that are the present ones already change nothing and make no version, whichever
    /// version they were made from: so the same request may come again.
    ///
    /// # Errors
    /// `NoAgent`; `Conflict` when they were made from another version than the present one.
    pub async fn replace_agent(
        &self,
        scope: &Scope,
        id: AgentId,
        settings: &AgentSettings,
        saving: &Saving,
    ) -> StoreResult<Replaced> {
        self.write(|txn, _| {
            let work = async move {
                // Under the agent's lock, so nobody changes it meanwhile.
                let present = self.agent_in_turn(txn, scope, id).await?;
                let is_other = AgentSettings::from(present.clone()) != *settings;
                if is_other && saving.from.is_some_and(|version| version != present.version) {
                    return Err(StoreError::Conflict(format!(
                        "Somebody has changed agent #{id} since these settings were read. Nothing was overwritten: read \
                         them again, then make your change."
                    )));
                }
                let made = self.replace_in_turn(txn, &present, settings, saving.note.as_deref()).await?;
                Ok(Replaced { seq: present.live_seq, version: made.unwrap_or(present.version) })
            };
            Box::pin(self.once(txn, scope, work, |replaced: &Replaced| Some(replaced.seq)))
        })
        .await
    }

    /// Replaces the settings of an agent that the transaction holds. Returns the number of its new version; `None` where
    /// the settings are the present ones already.
    pub(super) async fn replace_in_turn(
        &self,
        txn: &DatabaseTransaction,
        present: &agent::Model,
        settings: &AgentSettings,
        note: Option<&str>,
    ) -> StoreResult<Option<i64>> {
        let before = AgentSettings::from(present.clone());
        if before == *settings {
            return Ok(None);
        }
        let is_due_as_before = present.paused == settings.paused
            && present.schedule == settings.schedule
            && present.time_zone == settings.time_zone;
        let next = if is_due_as_before { present.next_due_at } else { self.first_due(settings) };
        let replaced = agent::ActiveModel {
            id: Unchanged(present.id),
            next_due_at: Set(next),
            version: Set(present.version + 1),
            updated_at: Set(self.now()),
            ..settings.clone().into()
        };
        let row = storable_row(replaced).update(txn).await?;
        self.record_change(txn, &row, &before, note).await?;
        Ok(Some(row.version))
    }

    /// Returns one agent with its figures and its live sequence number, read at one instant.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn agent(&self, scope: &Scope, id: AgentId) -> StoreResult<(Agent, i64)> {
        let (agent, _, seq) = self.agent_with_runs(scope, id, 1).await?;
        Ok((agent, seq))
    }

    /// Returns all agents, oldest first, with figures and live sequence numbers, read at one instant.
    pub async fn agents(&self, scope: &Scope) -> StoreResult<Vec<(Agent, i64)>> {
        let read = self.read_at_once(|txn, _| {
            Box::pin(async move {
                let mut agents = self.standing_agents(txn, scope, Which::All).await?;
                let seqs: Vec<_> = agents.iter().map(StandingAgent::seq).collect();
                agents.retain(|agent| !agent.is_going());
                let tallies = self.tallies(txn, scope, Shown { which: Which::All, seqs: &seqs }).await?;
                Ok((agents, tallies, self.last_runs(txn, scope).await?))
            })
        });
        let (agents, tallies, mut last) = read.await?;
        let none = Tally::default();
        let whole = |agent: StandingAgent| {
            let id = agent.agent.id;
            agent.with(tallies.get(&id).unwrap_or(&none), last.remove(&id))
        };
        Ok(agents.into_iter().map(whole).collect())
    }

    /// Returns one agent with its newest runs, newest first, and its live sequence number, all read at one instant.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn agent_with_runs(
        &self,
        scope: &Scope,
        id: AgentId,
        limit: u64,
    ) -> StoreResult<(Agent, Vec<AgentRun>, i64)> {
        self.read_at_once(|txn, _| Box::pin(self.read_agent(txn, scope, id, limit, None))).await
    }

    /// Does the same within a transaction, which may have read the tallies.
    pub(super) async fn read_agent<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        id: AgentId,
        limit: u64,
        known: Option<&HashMap<AgentId, Tally>>,
    ) -> StoreResult<(Agent, Vec<AgentRun>, i64)> {
        let which = Which::These(&[id]);
        let agent = self.standing_agents(db, scope, which).await?.pop().filter(|agent| !agent.is_going());
        let agent = agent.ok_or(StoreError::NoAgent(id))?;
        let tally = match known {
            Some(tallies) => tallies.get(&id).cloned(),
            None => self.tallies(db, scope, Shown { which, seqs: &[agent.seq()] }).await?.remove(&id),
        };
        let runs = self.newest_runs(db, scope, id, limit).await?;
        let (agent, seq) = agent.with(&tally.unwrap_or_default(), runs.first().cloned());
        Ok((agent, runs, seq))
    }

    /// Returns agents as they stand, those being deleted too.
    async fn standing_agents<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        which: Which<'_>,
    ) -> StoreResult<Vec<StandingAgent>> {
        let select = self.named(&agents_sql(self.backend(), which), self.which(scope, which));
        let mut agents = StandingAgent::find_by_statement(select).all(db).await?;
        let unread = agents.iter().filter(|agent| agent.successes.is_none());
        let mut normals = self.normals(db, scope, &unread.map(StandingAgent::seq).collect::<Vec<_>>()).await?;
        for agent in &mut agents {
            agent.normal = match &agent.successes {
                Some(successes) => normal_of(successes),
                None => normals.remove(&agent.agent.id).flatten(),
            };
        }
        Ok(agents)
    }

    /// Returns the newest run of each agent.
    async fn last_runs<C: ConnectionTrait>(&self, db: &C, scope: &Scope) -> StoreResult<HashMap<AgentId, AgentRun>> {
        let select = self.named(LAST_RUNS, [("owner", scope.owner().into())]);
        let runs = run::Model::find_by_statement(select).all(db).await?;
        Ok(runs.into_iter().map(|row| (row.agent_id, row.into())).collect())
    }

    /// Returns an agent's settings, unless it is being deleted.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn agent_settings(&self, scope: &Scope, id: AgentId) -> StoreResult<AgentSettings> {
        Ok(self.present_agent(&self.read, scope, id).await?.into())
    }

    /// Whether an agent is there and not being deleted.
    ///
    /// # Errors
    /// `NoAgent` when it is not.
    pub async fn require_agent(&self, scope: &Scope, id: AgentId) -> StoreResult<()> {
        self.present_agent(&self.read, scope, id).await.map(drop)
    }

    /// Returns an agent's row, unless it is being deleted.
    pub(super) async fn present_agent<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        id: AgentId,
    ) -> StoreResult<agent::Model> {
        let agent = agent::Entity::owned(scope)
            .filter(agent::Column::Id.eq(id))
            .filter(agent::Column::DeletingAt.is_null())
            .one(db)
            .await?;
        agent.ok_or(StoreError::NoAgent(id))
    }

    /// Counts everything that is deleted with an agent.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn agent_contents(&self, scope: &Scope, id: AgentId) -> StoreResult<AgentContents> {
        let count = self.named(CONTENTS, [("owner", scope.owner().into()), ("agent", id.into())]);
        let row = self.read.query_one_raw(count).await?.ok_or(StoreError::NoAgent(id))?;
        Ok(AgentContents {
            runs: row.try_get("", "runs")?,
            active: row.try_get("", "active")?,
            chats: row.try_get("", "chats")?,
        })
    }

    /// Inserts these agents, each naming a model, for the local owner where no agent has ever been; returns whether it
    /// did. All or none, and once only when several servers start together.
    pub async fn create_first_agents(&self, first: &[AgentSettings]) -> StoreResult<bool> {
        self.write(|txn, _| {
            Box::pin(async move {
                self.lock_setup(txn).await?;
                let sql = match self.backend() {
                    DbBackend::Postgres => "SELECT is_called AS used FROM agents_id_seq",
                    _ => "SELECT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'agents') AS used",
                };
                let used = match txn.query_one_raw(self.statement(sql, [])).await? {
                    Some(row) => row.try_get::<bool>("", "used")?,
                    None => true,
                };
                if !used {
                    for settings in first {
                        self.insert_agent(txn, OwnerId::LOCAL, settings, None).await?;
                    }
                }
                Ok(!used)
            })
        })
        .await
    }

    /// Owners and live sequence numbers of all agents, those being deleted included; one that is gone is absent. For
    /// noticing what other processes changed.
    pub async fn live_seqs(&self) -> StoreResult<HashMap<AgentId, (OwnerId, i64)>> {
        let rows = self.read.query_all_raw(self.statement("SELECT id, owner_id, live_seq FROM agents", [])).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "id")?, (row.try_get("", "owner_id")?, row.try_get("", "live_seq")?))))
            .collect()
    }
}

impl StandingAgent {
    /// Returns the agent with the figures of its runs and the newest of them, and its live sequence number.
    fn with(self, tally: &Tally, last_run: Option<AgentRun>) -> (Agent, i64) {
        let Self { agent: row, standing, normal, .. } = self;
        let (created_at, updated_at) = (row.created_at, row.updated_at);
        let (id, version, seq, next_due_at) = (row.id, row.version, row.live_seq, row.next_due_at);
        let settings: AgentSettings = row.into();
        let is_due = next_due_at.is_some();
        let agent = Agent {
            id,
            variables: settings.variables(),
            status: AgentStatus::derive(standing.running, settings.paused, standing.last_finished, is_due),
            next_due_at,
            version,
            normal,
            running_count: standing.running,
            queued_count: standing.queued,
            last_run,
            success_rate: tally.success_rate(),
            day: tally.day(),
            created_at,
            updated_at,
            settings,
        };
        (agent, seq)
    }
}
