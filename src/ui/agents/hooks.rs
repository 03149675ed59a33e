//! The webhooks of an agent: their list, the form of one, its address while that can be shown, and what arrived.

pub mod address;
pub mod confirm;
pub mod deliveries;
pub mod dialog;
pub mod fields;
pub mod list;
pub mod trial;
