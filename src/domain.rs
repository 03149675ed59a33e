//! The vocabulary of Runboard, compiled for the server and for the browser.
//!
//! Types, their legal values and transitions, and how they look on the wire. Nothing here does I/O, reads a clock
//! or knows the database.

pub mod agent;
pub mod budget;
pub mod bulk;
pub mod decimal;
pub mod duration;
pub mod error_group;
pub mod failure;
pub mod finish;
pub mod forecast;
pub mod group;
pub mod hold;
pub mod hook;
pub mod id;
pub mod live;
pub mod model;
pub mod money;
pub mod normal;
pub mod priority;
pub mod queue;
pub mod request;
pub mod retention;
pub mod rules;
pub mod run;
pub mod run_column;
pub mod run_filter;
pub mod saved_view;
pub mod schedule;
pub mod signal;
pub mod stats;
pub mod step;
pub mod summary;
pub mod tags;
pub mod task;
pub mod template;
pub mod text;
pub mod thread;
pub mod time;
pub mod tool;
pub mod views;
pub mod wire;
pub(crate) mod wire_enum;
