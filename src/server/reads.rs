//! What topics and pages show, as it is now: read from the store, completed by what is being executed here. Knows no door.

mod chats;
pub mod snapshots;
