//! Frame of every page: the bar at the top, what is known of the connection and of a hold,
//! messages. Knows no page.

pub mod announcements;
pub mod banner;
pub mod hold_banner;
pub mod hold_dialogs;
pub mod hold_forms;
pub mod not_found;
pub mod page_menu;
pub mod theme_button;
pub mod toasts;
pub mod topbar;
