//! Runboard runs AI agents and shows every run live.
//!
//! One crate, compiled twice: with `ssr` it is the server, with `hydrate` the browser half that takes over the
//! server-rendered page. See ARCHITECTURE.md for the map.

pub mod api;
pub mod app;
pub mod codec;
pub mod domain;
pub mod error;
mod lazy;
mod pages;
#[cfg(all(test, feature = "ssr"))]
mod processor_time;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sources;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;
