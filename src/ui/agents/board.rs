//! The dashboard's parts: the figures, the table of agents, and the newest runs of the one that is open.

pub mod agent_menu;
pub mod caret;
pub mod history;
pub mod kept;
pub mod pager;
pub mod panel;
pub mod provider_notice;
pub mod row;
pub mod search;
pub mod skeletons;
pub mod sort_head;
pub mod spark;
pub mod standings;
pub mod strip;
pub mod strip_tip;
pub mod summary;
pub mod unknown_agent;
