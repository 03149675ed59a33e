//! How long deliveries are kept, and how many of a webhook: what is too old or too much is dropped.

use crate::domain::id::{DeliveryId, HookId};
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::tasks::Tasks;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);
/// How long deliveries are kept, in milliseconds.
const KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// How long one that started a run is kept, however many come after it.
const KNOWN_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many of a webhook are kept.
const KEPT: i64 = 1_000;

/// How many go in one transaction.
const PIECE: i64 = 1_000;

/// Webhooks with more deliveries than are kept, each with the newest that is one too many.
const OVER: &str = "
SELECT hook, cutoff FROM (
    SELECT h.id AS hook,
           (SELECT d.id FROM hook_deliveries d WHERE d.hook_id = h.id ORDER BY d.id DESC LIMIT 1 OFFSET :kept) AS cutoff
    FROM hooks h) AS found
WHERE cutoff IS NOT NULL";

/// A table, and its column with the delivery's id.
type Table = (&'static str, &'static str);
const ROWS: Table = ("hook_deliveries", "id");
const BODIES: Table = ("hook_payloads", "delivery");

/// By the index of their age.
pub(in crate::server::store) const OLD: &str = "
SELECT id FROM hook_deliveries WHERE received_at < :old ORDER BY received_at LIMIT :piece";

const BODIES_OVER: &str = "
SELECT d.id FROM hook_deliveries d JOIN hook_payloads p ON p.delivery = d.id
WHERE d.hook_id = :hook AND d.id <= :cutoff AND d.id > :after ORDER BY d.id LIMIT :piece";

const ROWS_OVER: &str = "
SELECT id FROM hook_deliveries
WHERE hook_id = :hook AND id <= :cutoff AND id > :after
  AND (outcome <> 'accepted' OR delivery_id IS NULL OR received_at < :known)
ORDER BY id LIMIT :piece";

#[derive(FromQueryResult)]
struct FoundRow {
    id: DeliveryId,
}

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
        self.drop_old(now.saturating_sub(KEPT_MS)).await?;
        let over = OverRow::find_by_statement(self.named(OVER, [("kept", KEPT.into())])).all(&self.read).await?;
        for OverRow { hook, cutoff } in over {
            let of = [("hook", hook.into()), ("cutoff", cutoff.into())];
            self.drop_found(BODIES_OVER, BODIES, &of).await?;
            let [hook, cutoff] = of;
            let known = ("known", now.saturating_sub(KNOWN_MS).into());
            self.drop_found(ROWS_OVER, ROWS, &[hook, cutoff, known]).await?;
        }
        Ok(())
    }

    async fn drop_old(&self, before: i64) -> StoreResult<()> {
        loop {
            let values = [("old", before.into()), ("piece", PIECE.into())];
            let found = self.found(self.named(OLD, values)).await?;
            if found.is_empty() {
                return Ok(());
            }
            self.drop_these(ROWS, &found).await?;
        }
    }

    /// Drops what a statement finds. It is read apart, so that looking through all that is kept holds up no writer; no
    /// row that was found can become one to keep.
    async fn drop_found(&self, select: &str, from: Table, values: &[(&'static str, Value)]) -> StoreResult<()> {
        let mut after = DeliveryId(0);
        loop {
            let page = [("after", after.into()), ("piece", PIECE.into())];
            let found = self.found(self.named(select, values.iter().cloned().chain(page))).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = *last;
            self.drop_these(from, &found).await?;
        }
    }

    async fn found(&self, select: Statement) -> StoreResult<Vec<DeliveryId>> {
        Ok(FoundRow::find_by_statement(select).all(&self.read).await?.into_iter().map(|row| row.id).collect())
    }

    async fn drop_these(&self, (table, key): Table, found: &[DeliveryId]) -> StoreResult<()> {
        let delete = format!("DELETE FROM {table} WHERE {key} {}", self.among("$1"));
        let delete = &self.statement(&delete, [self.ids(found)]);
        self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(delete.clone()).await.map(drop)?) })).await
    }
}
