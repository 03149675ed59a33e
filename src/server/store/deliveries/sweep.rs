//! How long deliveries are kept, and how many of a webhook: what is too old or too much is dropped.

use crate::domain::id::{DeliveryId, HookId};
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::tasks::Tasks;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);
/// How long deliveries are kept, in milliseconds.
const KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// How long one that started a run is kept, however many come after it.
const KNOWN_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many of a webhook are kept.
const KEPT: i64 = 1_000;

/// Webhooks with more deliveries than are kept, each with the newest that is one too many.
const OVER: &str = "
SELECT hook, cutoff FROM (
    SELECT h.id AS hook,
           (SELECT d.id FROM hook_deliveries d WHERE d.hook_id = h.id ORDER BY d.id DESC LIMIT 1 OFFSET :kept) AS cutoff
    FROM hooks h) AS found
WHERE cutoff IS NOT NULL";

#[derive(FromQueryResult)]
struct OverRow {
    hook: HookId,
    cutoff: DeliveryId,
}

/// Drops deliveries that have had their time, from now on.
pub fn start(store: &Store, tasks: &Tasks) {
    let store = store.clone();
    tasks.now_and_every("old deliveries", EVERY, move || {
        let store = store.clone();
        async move { store.drop_old_deliveries().await }
    });
}

impl Store {
    /// Drops deliveries that have had their time, and those that are too many.
    /// Those before an error stay dropped.
    pub async fn drop_old_deliveries(&self) -> StoreResult<()> {
        let now = self.now().ms();
        let old = "DELETE FROM hook_deliveries WHERE id IN
                   (SELECT id FROM hook_deliveries WHERE received_at < $1 LIMIT 1000)";
        self.drop_in_pieces(old, [now.saturating_sub(KEPT_MS).into()]).await?;
        let over = OverRow::find_by_statement(self.named(OVER, [("kept", KEPT.into())])).all(&self.read).await?;
        for OverRow { hook, cutoff } in over {
            let bodies = "DELETE FROM hook_payloads WHERE delivery IN
                          (SELECT p.delivery FROM hook_payloads p JOIN hook_deliveries d ON d.id = p.delivery
                           WHERE d.hook_id = $1 AND d.id <= $2 LIMIT 1000)";
            self.drop_in_pieces(bodies, [hook.into(), cutoff.into()]).await?;
            let rows = "DELETE FROM hook_deliveries WHERE id IN
                        (SELECT id FROM hook_deliveries
                         WHERE hook_id = $1 AND id <= $2
                           AND (outcome <> 'accepted' OR delivery_id IS NULL OR received_at < $3) LIMIT 1000)";
            self.drop_in_pieces(rows, [hook.into(), cutoff.into(), now.saturating_sub(KNOWN_MS).into()]).await?;
        }
        Ok(())
    }

    /// Executes a statement until it finds no more rows.
    async fn drop_in_pieces<const N: usize>(&self, sql: &str, values: [Value; N]) -> StoreResult<()> {
        let drop = &self.statement(sql, values);
        loop {
            let dropped = self.write_if(|txn, _| {
                Box::pin(async move {
                    Ok(Some(txn.execute_raw(drop.clone()).await?).filter(|done| done.rows_affected() > 0))
                })
            });
            if dropped.await?.is_none() {
                return Ok(());
            }
        }
    }
}
