//! Importing agents: the file, and what it would do.

pub mod file_field;
pub mod report;
