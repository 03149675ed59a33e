//! Current data of topics and pages: read from the store, completed by what is being executed here. Knows no door.

pub mod analytics;
mod chats;
pub mod comparisons;
mod kept;
pub mod overview;
mod recent;
mod run_charts;
mod run_documents;
pub mod run_lists;
pub mod run_pages;
pub mod snapshots;
