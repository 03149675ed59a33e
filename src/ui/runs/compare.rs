//! Two runs compared: the page, and the parts that it is made of.

mod answers;
mod facts;
mod figures;
mod form;
pub mod lines;
pub mod page;
mod settings;
mod steps;
mod versus;
