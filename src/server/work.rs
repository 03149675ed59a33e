//! The work of a run: model calls and tool calls in a loop. Knows models, tools and prices, not HTTP doors and not the
//! database.

pub mod catalogue;
mod context;
pub mod demo;
pub mod executor;
pub mod model;
pub mod name;
pub mod pricing;
pub mod protocols;
pub mod provider_model;
pub mod providers;
pub mod retry;
mod scrub;
pub mod tls;
pub mod tools;
pub mod wire;
