//! Live updates: what has been committed, pushed to whoever watches. A subscriber of the engine's events.

pub mod feed;
pub mod frame;
mod holds;
pub mod hub;
mod lanes;
mod order;
mod progress;
mod pulse;
mod run_news;
pub mod sequencer;
mod totals;
