//! What a run does: one streamed chat completion. Knows models and prices, not HTTP doors and not the database.

pub mod demo;
pub mod executor;
pub mod genai_model;
mod loopback;
pub mod model;
pub mod name;
pub mod pricing;
pub mod providers;
mod scrub;
