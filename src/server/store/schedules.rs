//! When agents come due: set by a person's changes here, moved on by firing in `due`.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::agent::AgentInput;
use crate::domain::id::AgentId;
use crate::domain::time::Timestamp;
use crate::server::entity::agent;
use crate::server::schedule;
use sea_orm::{ConnectionTrait, EntityTrait};

impl Store {
    /// Holds back an agent's schedule, or lets it go on from now. Answers the new live sequence number.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn set_paused(&self, _scope: &Scope, id: AgentId, paused: bool) -> StoreResult<i64> {
        self.write(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq(txn, id).await?;
                // Under the agent's lock, so this is the schedule that goes on.
                let agent = agent::Entity::find_by_id(id.0).one(txn).await?.ok_or(StoreError::NoAgent(id))?;
                let next = match paused {
                    true => None,
                    false if !agent.paused => agent.next_due_at,
                    false => {
                        schedule::next_after(agent.schedule.as_deref(), &agent.time_zone, self.now()).map(Timestamp::ms)
                    }
                };
                let update = self.statement(
                "UPDATE agents SET paused = $2, next_due_at = $3, updated_at = $4, version = version + 1 WHERE id = $1",
                [id.0.into(), paused.into(), next.into(), self.now().ms().into()],
            );
                txn.execute_raw(update).await?;
                Ok(seq)
            })
        })
        .await
    }

    /// When an agent with these settings comes due for the first time.
    pub(super) fn first_due(&self, input: &AgentInput) -> Option<i64> {
        let schedule = input.kept_schedule().filter(|_| !input.paused);
        schedule::next_after(schedule, &input.time_zone, self.now()).map(Timestamp::ms)
    }

    /// When the next agent comes due; `None` when none ever will.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn next_due(&self) -> StoreResult<Option<Timestamp>> {
        let next = self.statement(
            "SELECT MIN(next_due_at) AS next FROM agents WHERE next_due_at IS NOT NULL AND deleting_at IS NULL",
            [],
        );
        let row = self.read.query_one_raw(next).await?;
        let next: Option<i64> = row.map(|row| row.try_get("", "next")).transpose()?.flatten();
        Ok(next.map(Timestamp::from_ms))
    }
}
