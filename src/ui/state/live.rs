//! The live connection: one WebSocket, the topics the page wants, and the patience to come back.
//!
//! `link` decides, `backoff` and `topics` count; they are plain data. `socket`, `line` and `wake` wire them to the browser, and
//! `connection` is what the page sees.

pub mod backoff;
pub mod connection;
pub mod line;
pub mod link;
pub mod socket;
pub mod topics;
pub mod wake;

pub use connection::Live;
pub use link::terms::{Connection, Next};
