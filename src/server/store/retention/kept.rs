//! Runs that somebody wants kept for good, whatever the limits.

use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::domain::time::Timestamp;
use crate::server::entity::run;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use crate::server::store::transit::Change;
use sea_orm::{ConnectionTrait, FromQueryResult};

impl Store {
    /// Keeps a run for good, or no longer. `None` where it is so already.
    ///
    /// # Errors
    /// `NoRun`; `RunRemoved`.
    pub async fn keep_run(&self, scope: &Scope, id: RunId, is_kept: bool) -> StoreResult<Option<Change>> {
        let before = self.run(scope, id).await?;
        self.write_if(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq_within(txn, scope, before.agent_id).await?;
                let update = self.statement(
                    "UPDATE agent_runs SET kept_at = $3 WHERE id = $1 AND owner_id = $2 AND (kept_at IS NOT NULL) <> $4
                     RETURNING *",
                    [
                        id.into(),
                        scope.owner().into(),
                        is_kept.then(|| self.now()).map(Timestamp::ms).into(),
                        is_kept.into(),
                    ],
                );
                let row = run::Model::find_by_statement(update).one(txn).await?;
                if row.is_none() && self.is_gone(txn, scope, id).await? {
                    return Err(self.no_run(txn, scope, id).await);
                }
                Ok(row.map(|row| {
                    let run = AgentRun::from(row);
                    Change { owner: scope.owner(), before: Some(run.status), run, seq }
                }))
            })
        })
        .await
    }

    async fn is_gone<C: ConnectionTrait>(&self, db: &C, scope: &Scope, id: RunId) -> StoreResult<bool> {
        let look = "SELECT 1 FROM agent_runs WHERE id = $1 AND owner_id = $2";
        Ok(db.query_one_raw(self.statement(look, [id.into(), scope.owner().into()])).await?.is_none())
    }
}
