//! The run engine: how a run is accepted, claimed, executed, stopped, retried and recovered.
//!
//! Knows neither HTTP nor any model provider: what a run does is behind [`executor::RunExecutor`], who hears of it
//! behind the event bus.

pub mod cut;
pub mod executor;
