//! Choices that a browser keeps, and sends with each page it asks for.

use crate::domain::run_column::{self, RunColumn};
use crate::ui::agents::board::provider_notice::DISMISSED;
use crate::ui::runs::list::columns::COLUMNS;
use axum::http::{HeaderMap, header};

/// Names of the themes a person can choose; anything else means the system's.
const THEMES: [&str; 2] = ["light", "dark"];

/// Returns the theme that the cookie names.
pub fn theme(headers: &HeaderMap) -> Option<&'static str> {
    let named = cookie(headers, "theme")?;
    THEMES.into_iter().find(|theme| *theme == named)
}

/// Whether the notice that only the demo models are there has been put away.
pub fn has_dismissed_notice(headers: &HeaderMap) -> bool {
    cookie(headers, DISMISSED).is_some()
}

/// Returns the columns that the list of runs is to have.
pub fn run_columns(headers: &HeaderMap) -> Vec<RunColumn> {
    cookie(headers, COLUMNS).map_or_else(run_column::usual, run_column::of_choice)
}

/// Returns the value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|header| header.to_str().ok());
    cookies.flat_map(|header| header.split("; ")).find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='))
}
