//! What the pages know: pure reducers over plain data, the stores that show it and the live connection that feeds it.
//!
//! `accordion`, `board`, `history`, `run_view`, `seq`, `server_time`, `ticking`, `announcements` and, under `live/`,
//! `backoff`, `link` and `topics` are plain data: no signals, no clock, no browser. The rest wires them to the page.

pub mod accordion;
pub mod actions;
pub mod announcements;
pub mod announcer;
pub mod board;
pub mod clock;
pub mod dashboard;
pub mod history;
pub mod live;
pub mod run_view;
#[cfg(test)]
pub mod samples;
pub mod seq;
pub mod server_time;
pub mod stores;
pub mod ticking;
pub mod toasts;
