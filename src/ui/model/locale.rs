//! Dates and numbers as the reader's browser writes them, in its zone and by the customs of its language. `None` where
//! there is no browser. The server's own forms are in `when` and `domain::duration`: in UTC and in English.

#[cfg_attr(target_arch = "wasm32", path = "locale/browser.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "locale/native.rs")]
mod script;

pub use script::{number, write};

/// The ways of writing a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `23 Nov`.
    Day,
    /// `23 Nov 2026`.
    DayAndYear,
    /// `14:30:00`.
    Time,
    /// `14:30`.
    Minutes,
    /// `23 Nov 2026, 14:30:00`.
    Full,
}
