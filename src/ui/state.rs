//! State of pages, as signals: wires the reducers of `model` to the page and to the live connection. Knows no
//! components.

pub mod actions;
pub mod agent_watch;
pub mod announcer;
pub mod bulk;
pub mod chat;
pub mod clock;
pub mod dashboard;
pub mod deletion;
pub mod finding;
pub mod form;
pub mod hold;
pub mod hooks;
pub mod lazy;
pub mod live;
pub mod menu;
pub mod models;
pub mod navigation;
pub mod page;
pub mod paging;
pub mod part;
pub mod reader;
pub mod request_keys;
pub mod rows;
pub mod run_list;
pub mod run_selection;
pub mod saved_views;
pub mod search;
pub mod selection;
pub mod start_fields;
pub mod starting;
pub mod tip;
pub mod toasts;
