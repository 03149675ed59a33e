//! Words and numbers of charts, safe within HTML.

use super::Unit;
use crate::domain::duration::{format_count, format_ms};
use crate::domain::money::NanoDollars;
use chrono::{DateTime, Utc};

/// Returns a text as it stands in HTML, in elements and in attributes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// `9 Nov`.
pub fn format_day(day: DateTime<Utc>) -> String {
    day.format("%-d %b").to_string()
}

impl Unit {
    /// Returns a value as people read it.
    pub fn shown(self, value: i64) -> String {
        match self {
            Self::Runs | Self::Tokens => format_count(value),
            Self::Duration => format_ms(value),
            Self::Cost => NanoDollars(value).to_string(),
        }
    }

    /// Returns a round value of the axis.
    pub fn round(self, value: i64) -> String {
        match (self, value) {
            (_, 0) => "0".to_owned(),
            (Self::Duration, 1_000..60_000) if value % 1_000 == 0 => format!("{} s", value / 1_000),
            (Self::Duration, 60_000..3_600_000) if value % 60_000 == 0 => format!("{} m", value / 60_000),
            (Self::Duration, 3_600_000..) if value % 3_600_000 == 0 => format!("{} h", value / 3_600_000),
            (Self::Cost, 1_000_000_000..) if value % 1_000_000_000 == 0 => {
                format!("${}", format_count(value / 1_000_000_000))
            }
            _ => self.shown(value),
        }
    }
}
