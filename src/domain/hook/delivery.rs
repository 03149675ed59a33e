//! Deliveries: what arrived at a webhook, and what came of it.

use crate::domain::id::{DeliveryId, RunId};
use crate::domain::run::AgentRun;
use crate::domain::time::Timestamp;
use crate::domain::wire::FromWire;
use crate::domain::wire_enum::wire_enum;
use serde::Serialize;

wire_enum! {
    /// The result of a delivery.
    Outcome {
        /// It started a run.
        Accepted = "accepted",
        /// It did not pass the filter, or was the sender's test of the address; `detail` says which.
        Filtered = "filtered",
        /// It could not be used; `detail` says why.
        Refused = "refused",
    }
}

/// A delivery, without its headers and body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Delivery {
    pub id: DeliveryId,
    pub received_at: Timestamp,
    /// The sender's id of it; null where it has none.
    pub delivery_id: Option<String>,
    pub outcome: Outcome,
    /// Status of the response.
    pub status: i32,
    /// Why, in words; null where it started a run.
    pub detail: Option<String>,
    pub run_id: Option<RunId>,
    /// The delivery that it repeats, if somebody replayed that one.
    pub replay_of: Option<DeliveryId>,
    /// How often the same came again.
    pub repeats: i64,
    /// Length of its body.
    pub bytes: i64,
    /// Whether its body is kept, so that it can be replayed.
    pub replayable: bool,
}

/// A delivery, and the run that it started.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Receipt {
    pub delivery: Delivery,
    /// Null where it started none.
    pub run: Option<AgentRun>,
}
