//! The decisions of the live connection: `link` says when to connect and when to give up, `backoff` and `topics` count,
//! `pacing` says how often the page is drawn.

pub mod backoff;
pub mod link;
pub mod pacing;
pub mod topics;
