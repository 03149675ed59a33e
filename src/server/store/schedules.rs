//! When agents come due: set by a person's changes here, moved on by firing in `due`.

use super::Store;
use super::due::{Move, Moved};
use super::error::StoreResult;
use super::holds::not_held;
use super::scope::Scope;
use crate::domain::agent::AgentSettings;
use crate::domain::id::AgentId;
use crate::domain::time::Timestamp;
use crate::server::entity::agent;
use crate::server::schedule;
use sea_orm::{ActiveModelTrait, ConnectionTrait, FromQueryResult, Set, Unchanged};

/// Agents whose due times are moved in one statement.
const MOVED_AT_ONCE: usize = 100;

/// An agent that is not due yet.
#[derive(Debug, FromQueryResult)]
struct Waiting {
    id: AgentId,
    schedule: String,
    time_zone: String,
    next_due_at: Timestamp,
}

impl Store {
    /// Holds back an agent's schedule, or lets it go on from now. Returns the new live sequence number. Where it is so already,
    /// nothing changes.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn set_paused(&self, scope: &Scope, id: AgentId, paused: bool) -> StoreResult<i64> {
        self.write(|txn, _| {
            Box::pin(async move {
                // Under the agent's lock, so this is the schedule that goes on.
                let agent = self.agent_in_turn(txn, scope, id).await?;
                if agent.paused == paused {
                    return Ok(agent.live_seq);
                }
                let next = match paused {
                    true => None,
                    false => schedule::next_after(agent.schedule.as_deref(), &agent.time_zone, self.now()),
                };
                let changed = agent::ActiveModel {
                    id: Unchanged(id),
                    paused: Set(paused),
                    next_due_at: Set(next),
                    version: Set(agent.version + 1),
                    updated_at: Set(self.now()),
                    ..Default::default()
                };
                let row = changed.update(txn).await?;
                self.record_change(txn, &row, &agent.clone().into(), None).await?;
                Ok(agent.live_seq)
            })
        })
        .await
    }

    /// Returns when an agent with these settings comes due for the first time.
    pub(super) fn first_due(&self, settings: &AgentSettings) -> Option<Timestamp> {
        let schedule = settings.schedule.as_deref().filter(|_| !settings.paused);
        schedule::next_after(schedule, &settings.time_zone, self.now())
    }

    /// Brings back the due times that are further away than by the present clock: a clock that was ahead has put them
    /// there. Returns the agents that were moved. A due time that has its row by then
    /// fires no second time. After an error, the agents before it are moved.
    pub async fn bring_back_due(&self) -> StoreResult<Vec<Moved>> {
        let now = self.now();
        let read = self.statement(
            "SELECT id, schedule, time_zone, next_due_at FROM agents
             WHERE next_due_at > $1 AND deleting_at IS NULL ORDER BY id",
            [now.into()],
        );
        let waiting = Waiting::find_by_statement(read).all(&self.read).await?;
        let mut moved = Vec::new();
        for some in waiting.chunks(MOVED_AT_ONCE) {
            let moves: Vec<Move> = some
                .iter()
                .filter_map(|agent| {
                    let next = schedule::next_after(Some(&agent.schedule), &agent.time_zone, now)?;
                    let (due, agent) = (agent.next_due_at, agent.id);
                    (next < due).then_some(Move { agent, due, next: Some(next), numbers: 1 })
                })
                .collect();
            let moves = &moves;
            let back =
                self.write(|txn, _| Box::pin(async move { self.move_all(txn, moves.iter().copied()).await })).await?;
            moved.extend(back.into_values());
            // Thousands of schedules take a while to look at.
            tokio::task::yield_now().await;
        }
        Ok(moved)
    }

    /// Returns when the next agent comes due that is not on hold; `None` when none ever will.
    pub async fn next_due(&self) -> StoreResult<Option<Timestamp>> {
        let next = self.statement(
            format!(
                "SELECT MIN(next_due_at) AS next FROM agents
                 WHERE next_due_at IS NOT NULL AND deleting_at IS NULL AND {}",
                not_held("agents")
            ),
            [],
        );
        let row = self.read.query_one_raw(next).await?;
        Ok(row.map(|row| row.try_get("", "next")).transpose()?.flatten())
    }
}
