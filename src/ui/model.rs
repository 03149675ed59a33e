//! State of pages, as plain data: pure reducers over messages, and the words and figures they are shown in. No signals,
//! no clock, no browser, so all of it is tested natively.

pub mod address;
pub mod agent_view;
pub mod announcements;
pub mod board;
pub mod chat_days;
pub mod chat_log;
pub mod chat_turn;
pub mod figures;
pub mod form;
pub mod history;
pub mod hold;
pub mod live;
pub mod locale;
pub mod lower;
pub mod order;
pub mod outcome;
pub mod pace;
pub mod pretty;
pub mod run_result;
pub mod run_view;
pub mod search;
pub mod seq;
pub mod server_time;
pub mod size;
pub mod start;
pub mod step_look;
pub mod strip;
pub mod ticking;
pub mod tools;
pub mod transcript;
pub mod versions;
pub mod when;
pub mod words;
pub mod writing;
