//! Records of deliveries: contents and results. A delivery that starts a run is written in the run's transaction, and its
//! sender's id once, so there is no moment at which it could start another.
//!
//! Of a webhook the newest thousand are kept, for 7 days at most. Those that started a run are kept for a day however many
//! there are, without their bodies: so long a second delivery is known for one.

pub(super) mod read;
pub(super) mod sweep;

pub use self::read::{Deliveries, DeliveriesFrom, KeptDelivery};
pub use self::sweep::start;

use super::Store;
use super::error::{StoreError, StoreResult};
use super::payloads::packed::pack;
use super::scope::Scope;
use super::transit::Change;
use crate::domain::hook::{Delivery, Outcome, Receipt, RunHook};
use crate::domain::id::{AgentId, DeliveryId, HookId, RunId};
use crate::domain::request::RunRequest;
use crate::domain::run::Trigger;
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

const INSERT: &str = "
INSERT INTO hook_deliveries (hook_id, received_at, delivery_id, outcome, status, detail, run_id, replay_of, bytes)
VALUES (:hook, :now, :delivery, :outcome, :status, :detail, :run, :replay_of, :bytes) RETURNING *, FALSE AS replayable";

/// Notes when a webhook's last delivery came, unless it is gone.
const TOUCH: &str = "
UPDATE hooks SET last_delivery_at = :now
WHERE id = :hook AND EXISTS (SELECT 1 FROM agents WHERE id = hooks.agent_id AND owner_id = :owner)";

/// The run that a delivery of this id started.
const STARTED: &str = "
SELECT run_id FROM hook_deliveries d
WHERE d.hook_id = :hook AND d.delivery_id = :delivery AND d.outcome = 'accepted'
  AND EXISTS (SELECT 1 FROM hooks h JOIN agents a ON a.id = h.agent_id WHERE h.id = d.hook_id AND a.owner_id = :owner)";

/// A delivery that is about to be recorded.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    hook: HookId,
    /// The sender's id of it.
    delivery_id: Option<String>,
    replay_of: Option<DeliveryId>,
    /// Length of its body.
    bytes: i64,
    payload: Option<Payload>,
}

#[derive(Clone, Debug)]
struct Payload {
    headers: Json<Vec<(String, String)>>,
    zstd: Vec<u8>,
}

impl NewDelivery {
    /// Creates one of which only the length of its body is recorded.
    pub fn of(hook: HookId, bytes: usize) -> Self {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        Self { hook, delivery_id: None, replay_of: None, bytes, payload: None }
    }

    /// Returns the same with its sender's id.
    #[must_use]
    pub fn named(self, delivery_id: Option<String>) -> Self {
        Self { delivery_id, ..self }
    }

    /// Returns the same as a repetition of another.
    #[must_use]
    pub fn replaying(self, other: DeliveryId) -> Self {
        Self { replay_of: Some(other), ..self }
    }

    /// Returns the same with what arrived, compressed, which may take some milliseconds: for a thread of its own.
    #[must_use]
    pub fn keeping(self, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        let payload = match pack(body) {
            Ok(zstd) => Some(Payload { headers: Json(headers), zstd }),
            Err(error) => {
                // Out of memory. It cannot be replayed then, and says so.
                tracing::error!(%error, "compressing a delivery");
                None
            }
        };
        Self { payload, ..self }
    }
}

#[derive(FromQueryResult)]
struct DeliveryRow {
    id: DeliveryId,
    received_at: Timestamp,
    delivery_id: Option<String>,
    outcome: Outcome,
    status: i32,
    detail: Option<String>,
    run_id: Option<RunId>,
    replay_of: Option<DeliveryId>,
    repeats: i64,
    bytes: i64,
    replayable: bool,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        let DeliveryRow { id, received_at, delivery_id, outcome, status, detail, run_id, replay_of, repeats, .. } = row;
        let DeliveryRow { bytes, replayable, .. } = row;
        Self { id, received_at, delivery_id, outcome, status, detail, run_id, replay_of, repeats, bytes, replayable }
    }
}

#[derive(FromQueryResult)]
struct StartedRow {
    run_id: RunId,
}

/// The result of a delivery, to be recorded.
struct Came<'a> {
    outcome: Outcome,
    status: u16,
    detail: Option<&'a str>,
    run: Option<RunId>,
}

impl Store {
    /// Accepts a task run for a delivery and records the delivery, both or neither.
    ///
    /// # Errors
    /// `DeliveredBefore` with the run that a delivery of this id has started; `NoHook` when it is gone; those of
    /// [`Store::create_task_run_with`].
    pub async fn deliver(
        &self,
        scope: &Scope,
        agent: AgentId,
        request: &RunRequest,
        hook: &RunHook,
        new: &NewDelivery,
    ) -> StoreResult<(Change, Delivery)> {
        self.write(|txn, _| {
            let work = async move {
                // It takes the agent's lock: whoever comes with the same delivery waits here, and is second.
                let change = self.start_task(txn, scope, agent, Trigger::Api, request, Some(hook.clone())).await?;
                if let Some(run) = self.started_by(txn, scope, new).await? {
                    return Err(StoreError::DeliveredBefore(run));
                }
                let run = Some(change.run.id);
                let came = Came { outcome: Outcome::Accepted, status: 202, detail: None, run };
                let delivery = self.insert_delivery(txn, scope, new, came).await?;
                Ok((change, delivery))
            };
            let receipt = |(change, delivery): &(Change, Delivery)| {
                Some(Receipt { delivery: delivery.clone(), run: Some(change.run.clone()) })
            };
            Box::pin(self.once(txn, scope, work, receipt))
        })
        .await
    }

    /// Records a delivery that starts no run.
    ///
    /// # Errors
    /// `NoHook` when it is gone.
    pub async fn record_delivery(
        &self,
        scope: &Scope,
        new: &NewDelivery,
        outcome: Outcome,
        status: u16,
        detail: &str,
    ) -> StoreResult<Delivery> {
        self.write(|txn, _| {
            let came = Came { outcome, status, detail: Some(detail), run: None };
            let receipt = |delivery: &Delivery| Some(Receipt { delivery: delivery.clone(), run: None });
            Box::pin(self.once(txn, scope, self.insert_delivery(txn, scope, new, came), receipt))
        })
        .await
    }

    async fn insert_delivery(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        new: &NewDelivery,
        came: Came<'_>,
    ) -> StoreResult<Delivery> {
        let now = self.now();
        let touch = [("now", now.into()), ("hook", new.hook.into()), ("owner", scope.owner().into())];
        if txn.execute_raw(self.named(TOUCH, touch)).await?.rows_affected() == 0 {
            return Err(StoreError::NoHook(new.hook));
        }
        let values = [
            ("hook", new.hook.into()),
            ("now", now.into()),
            ("delivery", new.delivery_id.clone().into()),
            ("outcome", came.outcome.into()),
            ("status", i32::from(came.status).into()),
            ("detail", came.detail.map(str::to_owned).into()),
            ("run", came.run.into()),
            ("replay_of", new.replay_of.into()),
            ("bytes", new.bytes.into()),
        ];
        let row = DeliveryRow::find_by_statement(self.named(INSERT, values)).one(txn).await?;
        let mut delivery = Delivery::from(row.ok_or(DbErr::RecordNotInserted)?);
        if let Some(Payload { headers, zstd }) = new.payload.clone() {
            let insert = "INSERT INTO hook_payloads (delivery, headers, zstd) VALUES ($1, $2, $3)";
            txn.execute_raw(self.statement(insert, [delivery.id.into(), headers.into(), zstd.into()])).await?;
            delivery.replayable = true;
        }
        Ok(delivery)
    }

    /// Returns the run that a delivery of the same id has started, and counts that it came again.
    pub async fn delivered_before(&self, scope: &Scope, new: &NewDelivery) -> StoreResult<Option<RunId>> {
        let found = self.started_by(&self.read, scope, new).await?;
        if found.is_some() {
            let count = "UPDATE hook_deliveries SET repeats = repeats + 1
                         WHERE hook_id = $1 AND delivery_id = $2 AND outcome = 'accepted'";
            let count = &self.statement(count, [new.hook.into(), new.delivery_id.clone().into()]);
            self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(count.clone()).await.map(drop)?) })).await?;
        }
        Ok(found)
    }

    async fn started_by<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        new: &NewDelivery,
    ) -> StoreResult<Option<RunId>> {
        let Some(delivery) = new.delivery_id.clone() else { return Ok(None) };
        let values = [("hook", new.hook.into()), ("delivery", delivery.into()), ("owner", scope.owner().into())];
        let found = StartedRow::find_by_statement(self.named(STARTED, values)).one(db).await?;
        Ok(found.map(|found| found.run_id))
    }
}
