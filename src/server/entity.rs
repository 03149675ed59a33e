//! The tables as SeaORM sees them. Only `store` touches these types.
//!
//! Enums are text and times are milliseconds, as in the database; `store` maps them to the domain's types.

pub mod agent;
pub mod message;
pub mod run;
pub mod step;
pub mod thread;
