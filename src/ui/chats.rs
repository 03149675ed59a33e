//! An agent's chats: the page, its threads, and the conversation in one of them.

pub mod composer;
pub mod copy;
pub mod day;
pub mod delete_thread;
pub mod dialogs;
pub mod exchange;
pub mod follow;
pub mod foot;
pub mod head;
pub mod log;
pub mod page;
pub mod rename_thread;
pub mod search;
pub mod threads;
pub mod turn;
