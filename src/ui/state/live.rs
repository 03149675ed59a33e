//! The live connection: one WebSocket, the topics the page wants, and the patience to come back.

pub mod backoff;
pub mod connection;
pub mod socket;
pub mod topics;

pub use connection::{Connection, Live};
