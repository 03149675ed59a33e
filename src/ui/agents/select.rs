//! Selecting agents, and changing those that are selected.

pub mod bar;
pub mod dialogs;
pub mod table;
