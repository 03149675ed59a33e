//! How long the echoes of models' turns are kept. Each may take a megabyte, and only what goes on needs them: a chat. The
//! thread of a task can be continued too, but rarely is, and then mostly soon; without its echoes the calls in it are put
//! together from its steps.
//!
//! Knows nothing of what is in an echo.

use super::Store;
use super::error::StoreResult;
use crate::domain::id::RunId;
use crate::server::tasks::Tasks;
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60 * 60);
/// How long the echoes are kept of runs that are no part of a chat, in milliseconds: a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Runs of which the echoes are dropped in one transaction.
const BATCH: i64 = 50;

/// Runs that ended before `$1` and whose echoes nobody needs: of tasks, of deleted chats, and those that did not succeed,
/// which are no part of any history.
const NEEDLESS: &str = "
SELECT e.run_id FROM (SELECT DISTINCT run_id FROM run_echoes) e
JOIN agent_runs r ON r.id = e.run_id JOIN threads t ON t.id = r.thread_id
WHERE r.finished_at < $1 AND (r.status <> 'success' OR t.kind <> 'chat' OR t.deleted_at IS NOT NULL)
ORDER BY e.run_id LIMIT $2";

#[derive(FromQueryResult)]
struct Needless {
    run_id: RunId,
}

/// Drops echoes that are no longer needed, from now on.
pub fn start(store: &Store, tasks: &Tasks) {
    let store = store.clone();
    tasks.now_and_every("old echoes", EVERY, move || {
        let store = store.clone();
        async move { store.drop_old_echoes().await.map(drop) }
    });
}

impl Store {
    /// Drops the echoes that are no longer needed; returns of how many runs.
    /// Those before an error stay dropped.
    pub async fn drop_old_echoes(&self) -> StoreResult<usize> {
        let before = self.now().ms().saturating_sub(KEPT_MS);
        let mut dropped = 0;
        loop {
            let find = self.statement(NEEDLESS, [before.into(), BATCH.into()]);
            let needless = Needless::find_by_statement(find).all(&self.read).await?;
            if needless.is_empty() {
                return Ok(dropped);
            }
            let runs: Vec<RunId> = needless.into_iter().map(|needless| needless.run_id).collect();
            let delete = format!("DELETE FROM run_echoes WHERE run_id {}", self.among("$1"));
            let delete = &self.statement(delete, [self.ids(&runs)]);
            self.write_alone(|txn, _| Box::pin(async move { Ok(txn.execute_raw(delete.clone()).await.map(drop)?) }))
                .await?;
            dropped += runs.len();
        }
    }
}
