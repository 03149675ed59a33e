//! One file per page.

pub mod agent;
pub mod agent_settings;
pub mod chat;
pub mod dashboard;
pub mod new_agent;
pub mod not_found;
pub mod run;
