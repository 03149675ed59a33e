//! What a run does: one streamed chat completion. Knows models and prices, not HTTP doors and not the database.

pub mod model;
