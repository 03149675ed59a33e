//! The form that makes and changes an agent. Values and rules are in `state::form` and `model::form`.

pub mod conflict_notice;
pub mod error_summary;
pub mod field;
pub mod fields;
pub mod limit_fields;
pub mod new_agent;
pub mod schedule_fields;
pub mod schedule_preview;
pub mod settings;
pub mod tool_fields;
pub mod tool_rows;
