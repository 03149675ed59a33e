//! The decisions of the live connection: `link` says when to connect and when to give up, `backoff` and `topics` count.

pub mod backoff;
pub mod link;
pub mod topics;
