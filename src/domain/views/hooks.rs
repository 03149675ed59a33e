//! Webhooks of an agent, as their page shows them.

use crate::domain::hook::{Delivery, Hook, Outcome};
use crate::domain::id::{DeliveryId, HookId};
use crate::domain::request::RunRequest;
use crate::domain::time::Timestamp;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// An agent's webhooks, and what arrived at one of them.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct HooksView {
    /// Oldest first.
    pub hooks: Vec<Hook>,
    /// Null where there are no webhooks.
    pub deliveries: Option<DeliveriesView>,
}

/// Some deliveries of a webhook.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct DeliveriesView {
    pub hook: HookId,
    /// The only ones that are listed; null where all are.
    pub outcome: Option<Outcome>,
    /// Newest first.
    pub deliveries: Vec<Delivery>,
    pub has_newer: bool,
    pub has_older: bool,
}

/// The outcome that a webhook's newest delivery would have under settings that are not saved. Nothing is started or recorded.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct HookTrial {
    pub delivery: DeliveryId,
    pub received_at: Timestamp,
    pub outcome: Outcome,
    /// Why it would start no run; null where it would.
    pub detail: Option<String>,
    /// The values that its run would be given, the input only in its beginning; null where it would start none.
    pub given: Option<RunRequest>,
}
