//! Actions on many runs: the bar for those that are selected, the question before, and what came of it.

pub mod bar;
pub mod boxes;
pub mod dialog;
pub mod panel;
pub mod results;
