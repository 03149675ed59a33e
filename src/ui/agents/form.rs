//! The form that creates and changes an agent. Its fields come from the table of settings; values and rules are in
//! `state::form` and `domain::agent::settings`.

pub mod conflict_notice;
pub mod cost_preview;
pub mod error_summary;
pub mod field;
pub mod fields;
pub mod group_limit;
pub mod model_field;
pub mod new_agent;
pub mod notes;
pub mod schedule_fields;
pub mod schedule_preview;
pub mod section;
pub mod settings;
pub mod tool_fields;
pub mod tool_rows;
pub mod tool_server;

#[cfg(all(test, feature = "ssr"))]
mod tests;
