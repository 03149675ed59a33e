//! The page of runs over all agents.

pub mod bulk;
pub mod chips;
pub mod columns;
pub mod fields;
pub mod filters;
pub mod found;
pub mod more;
pub mod page;
pub mod popover;
pub mod row;
pub mod table;
pub mod times;
pub mod view_dialog;
pub mod views;
