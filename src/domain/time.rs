//! Points in time: UTC with milliseconds, RFC 3339 on the wire, an integer in the database.

use super::wire::from_wire;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z. Serialises as RFC 3339, `2026-11-23T14:30:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The beginning of 1970, UTC.
    pub const EPOCH: Self = Self(0);
    /// The last millisecond of the year 9999, the latest instant RFC 3339 can write.
    const MAX_MS: i64 = 253_402_300_799_999;

    /// Converts milliseconds since the epoch; a value outside the years 1970 to 9999 is clamped into them.
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(0, Self::MAX_MS))
    }

    /// Reads RFC 3339; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|parsed| Self::from_ms(parsed.timestamp_millis()))
    }

    /// Milliseconds since the epoch.
    pub fn ms(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to this, never below 0: clocks of two machines may disagree.
    pub fn ms_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).max(0)
    }

    /// Returns the same instant as a calendar date and time.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = DateTime::parse_from_rfc3339(&text).map_err(de::Error::custom)?;
        Ok(Self::from_ms(parsed.timestamp_millis()))
    }
}

from_wire! {
    Timestamp: Value::String(text) => Self::parse(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_form_is_rfc_3339_with_milliseconds_in_utc() {
        let at = Timestamp::from_ms(1_795_444_200_007);
        assert_eq!(serde_json::to_string(&at).unwrap(), r#""2026-11-23T14:30:00.007Z""#);
    }

    #[test]
    fn an_offset_is_read_as_the_same_instant() {
        let at: Timestamp = serde_json::from_str(r#""2026-11-23T15:30:00+01:00""#).unwrap();
        assert_eq!(at.to_string(), "2026-11-23T14:30:00.000Z");
    }

    #[test]
    fn time_since_never_runs_backwards() {
        assert_eq!(Timestamp::from_ms(5).ms_since(Timestamp::from_ms(9)), 0);
    }
}
