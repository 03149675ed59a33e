//! Deliveries as they are listed and replayed.

use super::DeliveryRow;
use crate::domain::hook::{Delivery, Outcome};
use crate::domain::id::{AgentId, DeliveryId, HookId};
use crate::domain::run_filter::Choice;
use crate::server::aside;
use crate::server::entity::values::Json;
use crate::server::store::Store;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::payloads::packed::unpack;
use crate::server::store::scope::Scope;
use bytes::Bytes;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use std::io::{self, Read};

/// Some of a webhook's deliveries. Beyond the newest thousand there are only those that started a run.
pub(in crate::server::store) const LIST: &str = "
SELECT d.*, EXISTS (SELECT 1 FROM hook_payloads p WHERE p.delivery = d.id) AS replayable FROM hook_deliveries d
WHERE d.hook_id = :hook AND d.id > :after AND d.id < :before
  AND ',' || CAST(:outcomes AS TEXT) || ',' LIKE '%,' || d.outcome || ',%'
  AND (CAST(:outcomes AS TEXT) LIKE 'accepted%' OR d.id >= COALESCE((
      SELECT o.id FROM hook_deliveries o WHERE o.hook_id = :hook ORDER BY o.id DESC LIMIT 1 OFFSET 999), 0))
ORDER BY d.id {order} LIMIT :limit";

const NEWEST_KEPT: &str = "
SELECT d.*, TRUE AS replayable FROM hook_deliveries d
WHERE d.hook_id = $1 AND EXISTS (SELECT 1 FROM hook_payloads p WHERE p.delivery = d.id)
  AND d.id >= COALESCE((SELECT o.id FROM hook_deliveries o WHERE o.hook_id = $1 ORDER BY o.id DESC LIMIT 1 OFFSET 999), 0)
ORDER BY d.id DESC LIMIT 1";

/// Which deliveries a list has, in the order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveriesFrom {
    Newest,
    /// Those next below this id.
    Below(i64),
    /// Those next above it.
    Above(i64),
}

/// A page of a webhook's deliveries.
#[derive(Clone, Debug)]
pub struct Deliveries {
    /// Newest first.
    pub deliveries: Vec<Delivery>,
    pub has_newer: bool,
    pub has_older: bool,
}

/// A delivery with what arrived.
#[derive(Clone, Debug)]
pub struct KeptDelivery {
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

#[derive(FromQueryResult)]
struct PayloadRow {
    headers: Json<Vec<(String, String)>>,
    zstd: Vec<u8>,
}

impl Store {
    /// Returns up to `limit` deliveries of a webhook, or of those with one of some outcomes, newest first.
    ///
    /// # Errors
    /// `NoAgent`; `NoHook`.
    pub async fn deliveries(
        &self,
        scope: &Scope,
        agent: AgentId,
        hook: HookId,
        outcome: Option<&Choice<Outcome>>,
        from: DeliveriesFrom,
        limit: u64,
    ) -> StoreResult<Deliveries> {
        let (after, before, order) = match from {
            DeliveriesFrom::Newest => (0, i64::MAX, "DESC"),
            DeliveriesFrom::Below(id) => (0, id, "DESC"),
            DeliveriesFrom::Above(id) => (id, i64::MAX, "ASC"),
        };
        let is_chosen = |one: &&Outcome| outcome.is_none_or(|choice| choice.has(one));
        // In their order, so accepted ones come first.
        let outcomes: Vec<_> = Outcome::ALL.iter().filter(is_chosen).map(Outcome::to_string).collect();
        let values = [
            ("hook", hook.into()),
            ("after", after.into()),
            ("before", before.into()),
            ("limit", (limit as i64 + 1).into()),
            ("outcomes", outcomes.join(",").into()),
        ];
        let list = &self.named(&LIST.replace("{order}", order), values);
        let rows = self.read_at_once(|txn, _| {
            Box::pin(async move {
                self.hook_in(txn, scope, agent, hook).await?;
                Ok(DeliveryRow::find_by_statement(list.clone()).all(txn).await?)
            })
        });
        let rows = rows.await?;
        let mut deliveries: Vec<_> = rows.into_iter().map(Delivery::from).collect();
        let has_more = deliveries.len() as u64 > limit;
        deliveries.truncate(limit as usize);
        if order == "ASC" {
            deliveries.reverse();
        }
        // Whoever asks for what is above or below an id has seen the delivery that has it.
        let (has_newer, has_older) = match from {
            DeliveriesFrom::Newest => (false, has_more),
            DeliveriesFrom::Below(_) => (true, has_more),
            DeliveriesFrom::Above(_) => (has_more, true),
        };
        Ok(Deliveries { deliveries, has_newer, has_older })
    }

    /// Returns what arrived with a delivery.
    ///
    /// # Errors
    /// `NoAgent`; `NoHook`; `NoDelivery`; `Conflict` where its body is not kept.
    pub async fn kept_delivery(
        &self,
        scope: &Scope,
        agent: AgentId,
        hook: HookId,
        id: DeliveryId,
    ) -> StoreResult<KeptDelivery> {
        let found = self.read_at_once(|txn, _| {
            Box::pin(async move {
                self.hook_in(txn, scope, agent, hook).await?;
                let find = "SELECT 1 FROM hook_deliveries WHERE id = $1 AND hook_id = $2";
                let find = self.statement(find, [id.into(), hook.into()]);
                txn.query_one_raw(find).await?.ok_or(StoreError::NoDelivery(hook, id))?;
                self.delivered_payload(txn, id).await
            })
        });
        let found = found.await?.ok_or_else(|| {
            StoreError::Conflict(format!(
                "Delivery #{id} cannot be replayed: what it brought was not kept, or no longer is."
            ))
        })?;
        found.read().await
    }

    /// Returns a webhook's newest delivery whose body is kept; `None` where there is none.
    ///
    /// # Errors
    /// `NoAgent`; `NoHook`.
    pub async fn newest_kept_delivery(
        &self,
        scope: &Scope,
        agent: AgentId,
        hook: HookId,
    ) -> StoreResult<Option<(Delivery, KeptDelivery)>> {
        let found = self.read_at_once(|txn, _| {
            Box::pin(async move {
                self.hook_in(txn, scope, agent, hook).await?;
                let newest = self.statement(NEWEST_KEPT, [hook.into()]);
                let Some(newest) = DeliveryRow::find_by_statement(newest).one(txn).await? else { return Ok(None) };
                Ok(self.delivered_payload(txn, newest.id).await?.map(|payload| (newest, payload)))
            })
        });
        let Some((newest, payload)) = found.await? else { return Ok(None) };
        Ok(Some((newest.into(), payload.read().await?)))
    }

    async fn delivered_payload(&self, txn: &DatabaseTransaction, id: DeliveryId) -> StoreResult<Option<PayloadRow>> {
        let select = self.statement("SELECT headers, zstd FROM hook_payloads WHERE delivery = $1", [id.into()]);
        Ok(PayloadRow::find_by_statement(select).one(txn).await?)
    }
}

impl PayloadRow {
    async fn read(self) -> StoreResult<KeptDelivery> {
        let Self { headers, zstd } = self;
        let body = aside::run(move || -> io::Result<Vec<u8>> {
            let mut body = Vec::new();
            unpack(zstd.into())?.read_to_end(&mut body)?;
            Ok(body)
        });
        let body = body.await.map_err(|error| {
            StoreError::Db(DbErr::Type(format!("a delivery is not stored as it should be: {error}")))
        })?;
        Ok(KeptDelivery { headers: headers.0, body: body.into() })
    }
}
