//! The consequences of a run's end, however that came about.

use crate::domain::id::{RunId, ThreadId};
use crate::domain::run::RunStatus;
use crate::domain::thread::Role;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::leases::list;
use sea_orm::{ConnectionTrait, DatabaseTransaction};

/// A run that is over.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub run: RunId,
    pub thread: ThreadId,
    /// Its status before; `None` for one that was born over.
    pub before: Option<RunStatus>,
    /// Its answer, or as much as there was of it.
    pub said: Option<String>,
}

impl Store {
    /// Called once for every run that is over, in the transaction that ended it, when its row and its steps are final: what
    /// it was writing is forgotten, since the steps have it, and what it has said goes into its thread. Runs that ended
    /// together come together, and cost no statement each.
    pub(super) async fn ended(&self, txn: &DatabaseTransaction, ended: &[Ended]) -> StoreResult<()> {
        let begun: Vec<_> =
            ended.iter().filter(|run| run.before == Some(RunStatus::Running)).map(|run| run.run).collect();
        if !begun.is_empty() {
            let forget = format!("DELETE FROM run_output WHERE run_id IN ({})", list(&begun));
            txn.execute_raw(self.statement(forget, [])).await?;
        }
        for Ended { run, thread, said, .. } in ended {
            if let Some(said) = said.as_deref().filter(|said| !said.is_empty()) {
                self.insert_message(txn, *thread, Some(*run), Role::Assistant, said).await?;
                self.touch_thread(txn, *thread).await?;
            }
        }
        Ok(())
    }
}
