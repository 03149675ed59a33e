//! What the pages know: pure reducers over plain data, the signals that show it and the live connection that feeds it.
//!
//! `address`, `agent_view`, `announcements`, `board`, `chat_days`, `chat_log`, `chat_turn`, `history`, `run_view`, `search`, `seq`, `server_time`, `ticking`,
//! `writing` and, under `live/`, `backoff`, `link` and `topics` are plain data: no signals, no clock, no browser. The
//! rest wires them to the page.

pub mod actions;
pub mod address;
pub mod agent_view;
pub mod agent_watch;
pub mod announcements;
pub mod announcer;
pub mod board;
pub mod chat;
pub mod chat_days;
pub mod chat_log;
pub mod chat_turn;
pub mod clock;
pub mod dashboard;
pub mod deletion;
pub mod history;
pub mod live;
pub mod menu;
pub mod navigation;
pub mod part;
pub mod rows;
pub mod run_view;
#[cfg(test)]
pub mod samples;
pub mod search;
pub mod seq;
pub mod server_time;
pub mod ticking;
pub mod tip;
pub mod toasts;
pub mod writing;
