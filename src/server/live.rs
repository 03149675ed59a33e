//! Live updates: what has been committed, pushed to whoever watches. A subscriber of the engine's events.

pub mod chat;
pub mod feed;
pub mod hub;
mod progress;
pub mod pulse;
pub mod sequencer;
pub mod snapshot;
pub mod sse;
pub mod totals;
pub mod ws;
