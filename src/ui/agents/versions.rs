//! The versions of an agent's settings: their list, two of them compared, and bringing one back.

pub mod compared;
pub mod list;
pub mod restore;
