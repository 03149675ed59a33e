//! The tables as SeaORM sees them, in the domain's types, and how a row is shown on the wire. Only `store` touches these
//! types.

pub mod agent;
pub mod group;
pub mod hold;
pub mod input;
pub mod message;
pub mod run;
pub mod step;
pub mod thread;
mod usage;
pub mod values;
