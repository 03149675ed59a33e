//! Live updates: what has been committed, pushed to whoever watches. A subscriber of the engine's events.

pub mod feed;
pub mod frame;
pub mod hub;
mod progress;
pub mod pulse;
pub mod sequencer;
pub mod totals;
