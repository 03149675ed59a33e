//! Agents: the dashboard, an agent's own pages, and the form that creates and changes one.

pub mod analytics;
pub mod board;
pub mod charts;
pub mod danger_zone;
pub mod delete_dialog;
pub mod delete_form;
pub mod errors;
pub mod facts;
pub mod form;
pub mod frame;
pub mod head;
pub mod hooks;
pub mod import;
pub mod next_run;
pub mod no_runs;
pub mod pages;
pub mod recent_runs;
pub mod run_now;
pub mod select;
pub mod spending;
pub mod stop_all;
pub mod versions;
