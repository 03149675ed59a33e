//! Where requests come in: REST, server functions, pages, WebSocket, server-sent events, and the guard before all of them.
//! Decides nothing; the services do.

pub mod assets;
pub mod caller;
pub mod deadline;
pub mod functions;
pub mod guard;
pub mod health;
pub mod hooks;
pub mod pages;
pub mod policy;
pub mod problem;
pub mod request_id;
pub mod rest;
pub mod router;
pub mod runs_query;
pub mod sse;
pub mod stats_query;
pub mod ws;

/// Largest body taken, in bytes: instructions and messages with room for JSON's escapes.
pub const MAX_BODY: usize = 4 * 1024 * 1024;
