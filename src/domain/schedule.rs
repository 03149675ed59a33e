//! Schedules as both halves speak of them. Only the server knows what one means and when it comes due.

use super::time::Timestamp;
use super::wire::FromWire;
use super::wire_enum::wire_enum;
use serde::{Deserialize, Serialize};

/// The zone of an agent that names none.
pub const DEFAULT_TIME_ZONE: &str = "UTC";
/// Longest schedule, in characters.
pub const MAX_SCHEDULE: usize = 200;
/// Longest name of a time zone, in characters.
pub const MAX_TIME_ZONE: usize = 64;
/// How many times a preview shows at most.
pub const MAX_PREVIEW: i32 = 20;

wire_enum! {
    /// How a schedule that comes due while an earlier run is not over is handled.
    #[derive(Default)]
    Overlap {
        /// One scheduled run waits for its turn; what comes due meanwhile is skipped.
        #[default]
        Queue = "queue",
        /// It is skipped while any run of the agent is queued or running.
        Skip = "skip",
    }
}

/// Request for a preview of a schedule that no agent has yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    pub schedule: String,
    #[serde(default = "PreviewRequest::default_time_zone")]
    pub time_zone: String,
    /// Times after this one; left out, after now.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// 1 to 20; default 5.
    #[serde(default = "PreviewRequest::default_count")]
    pub count: i32,
}

impl PreviewRequest {
    /// Asks for the next five times from now on.
    pub fn of(schedule: String, time_zone: String) -> Self {
        Self { schedule, time_zone, from: None, count: Self::default_count() }
    }

    fn default_time_zone() -> String {
        DEFAULT_TIME_ZONE.to_owned()
    }

    fn default_count() -> i32 {
        5
    }
}

/// A schedule in words, and when it comes due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct SchedulePreview {
    /// Plain English: `At 09:00 on Monday and Friday`
    pub reading: String,
    /// The next times, soonest first.
    pub times: Vec<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_needs_a_schedule_only() {
        let request: PreviewRequest = serde_json::from_str(r#"{"schedule":"@daily"}"#).unwrap();
        assert_eq!(request, PreviewRequest::of("@daily".into(), "UTC".into()));
    }

    #[test]
    fn a_run_waits_its_turn_unless_told_otherwise() {
        assert_eq!(Overlap::default(), Overlap::Queue);
    }
}
