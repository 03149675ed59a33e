//! Changes of a run's tags: all that can change of a run that is over.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::{Owned, Scope};
use super::transit::Change;
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::domain::tags::{self, TagChange};
use crate::error::FieldError;
use crate::server::entity::run;
use crate::server::entity::values::Json;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter};

const UPDATE: &str = "UPDATE agent_runs SET tags = :tags WHERE id = :run AND owner_id = :owner RETURNING *";

impl Store {
    /// Adds tags to a run and removes others; `None` where it has the first already and none of the others.
    ///
    /// # Errors
    /// `NoRun`; `NoAgent` when its agent has just been deleted; `Unfit` when it would have too many.
    pub async fn tag_run(&self, scope: &Scope, id: RunId, change: &TagChange) -> StoreResult<Option<Change>> {
        self.not_again(scope).await?;
        let agent = self.run(scope, id).await?.agent_id;
        self.write_if(|txn, _| {
            let work = async move {
                // Under the agent's lock: somebody else may change them at the same time.
                let seq = self.next_seq_within(txn, scope, agent).await?;
                let found = run::Entity::owned(scope).filter(run::Column::Id.eq(id)).one(txn).await?;
                let present = found.ok_or(StoreError::NoRun(id))?.tags.unwrap_or_default().0;
                let tags = change.of(&present);
                if tags == present {
                    return Ok(None);
                }
                if let Some(fault) = tags::faults(&tags).into_iter().next() {
                    return Err(StoreError::Unfit(vec![FieldError::of("tags", fault.detail)]));
                }
                let tags = Some(tags).filter(|tags| !tags.is_empty()).map(Json);
                let update =
                    self.named(UPDATE, [("tags", tags.into()), ("run", id.into()), ("owner", scope.owner().into())]);
                let row = run::Model::find_by_statement(update).one(txn).await?.ok_or(StoreError::NoRun(id))?;
                Ok(Some(Change { owner: row.owner_id, before: Some(row.status), run: row.into(), seq }))
            };
            Box::pin(self.once(txn, scope, work, recorded))
        })
        .await
    }
}

fn recorded(change: &Option<Change>) -> Option<AgentRun> {
    change.as_ref().map(|change| change.run.clone())
}
