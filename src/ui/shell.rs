//! Frame of every page: the bar at the top, what is known of the connection, messages. Knows no page.

pub mod announcements;
pub mod banner;
pub mod not_found;
pub mod theme_button;
pub mod toasts;
pub mod topbar;
