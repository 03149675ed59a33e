//! The live connection: one WebSocket, the topics the page wants, and the patience to come back.
//!
//! `model::live` decides; `socket`, `line` and `wake` wire it to the browser, and `connection` is what the page sees.

pub mod connection;
pub mod line;
pub mod socket;
pub mod wake;

pub use crate::ui::model::live::link::terms::{Connection, Next};
pub use connection::Live;
