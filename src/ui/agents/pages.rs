//! One file per page.

pub mod agent;
pub mod agent_hooks;
pub mod agent_settings;
pub mod agent_versions;
pub mod analytics;
pub mod dashboard;
pub mod import;
pub mod new_agent;
pub mod select;
