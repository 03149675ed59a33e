//! The server half: HTTP, database, run engine, models. Compiled with `ssr` only.

pub mod agent;
pub mod runs;
