//! Server functions: the door the pages use. Each authorises, calls one service and maps the result.
//!
//! They are public endpoints under `/ui`. They decide nothing, the service does; REST is the other door to it.

pub mod agents;
pub mod bulk;
pub mod chat;
pub mod errors;
pub mod groups;
pub mod hold;
pub mod hooks;
pub mod many;
pub mod runs;
pub mod schedules;
pub mod starts;
pub mod views;
