//! Webhooks of an agent, as their page shows them.

use crate::domain::hook::{Delivery, Hook};
use crate::domain::id::HookId;
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
    /// Newest first.
    pub deliveries: Vec<Delivery>,
    pub has_newer: bool,
    pub has_older: bool,
}
