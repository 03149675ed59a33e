//! Runs: the page of one, the table of many, and what both are made of.

pub mod actions;
pub mod elapsed;
pub mod error_line;
pub mod facts;
pub mod follow;
pub mod given;
pub mod headline;
pub mod list;
pub mod marks;
pub mod menu;
pub mod outcome;
pub mod page;
pub mod payload;
pub mod row;
pub mod signals;
pub mod skeleton;
pub mod start;
pub mod start_dialog;
pub mod step_record;
pub mod step_row;
pub mod steps;
pub mod table;
pub mod tags;
pub mod tool_call;
pub mod transcript;
pub mod trigger;
