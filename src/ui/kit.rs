//! The parts all pages are built of. They know no agent, run or chat: what they show is handed to them.

pub mod combobox;
pub mod copy;
pub mod dash;
pub mod dialog;
pub mod fact;
pub mod field;
pub mod icon;
pub mod loaded;
pub mod menu;
pub mod menu_keys;
pub mod not_found;
pub mod notice;
pub mod press;
pub mod prose;
pub mod reasoning;
pub mod save_bar;
pub mod skeleton;
pub mod status;
pub mod tick;
pub mod time;
pub mod unsaved_guard;
pub mod usage;
