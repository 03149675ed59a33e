//! Server functions: the door the pages use. Each authorises, calls one service and maps the answer.
//!
//! They are public endpoints under `/ui`. What they decide is decided in the service; REST is the other door to it.

pub mod agents;
pub mod chat;
pub mod runs;
pub mod schedules;
