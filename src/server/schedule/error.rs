//! Mistakes in a schedule, in words for whoever typed it.

use crate::error::{AppError, FieldError};
use thiserror::Error;

/// Why a schedule cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    #[error("needs 5 fields (minute, hour, day, month, weekday), or 6 with seconds first; this has {0}")]
    FieldCount(usize),
    /// An item of a field's list that does not fit there.
    #[error("{name} (field {place}) must be {takes}; not {item:?}")]
    Field { item: String, name: &'static str, place: usize, takes: &'static str },
    #[error("{0:?} is none of @hourly, @daily, @weekly, @monthly and @yearly")]
    Nickname(String),
    #[error("this date never occurs")]
    Never,
    #[error("{0:?} is not the name of a time zone, such as \"Europe/Berlin\" or \"UTC\"")]
    Zone(String),
}

impl ScheduleError {
    /// Returns the field of the agent that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Zone(_) => "time_zone",
            Self::FieldCount(_) | Self::Field { .. } | Self::Nickname(_) | Self::Never => "schedule",
        }
    }
}

/// Returns each error as one of its field.
pub fn by_field(errors: Vec<ScheduleError>) -> impl Iterator<Item = FieldError> {
    errors.into_iter().map(|error| FieldError::of(error.field(), error.to_string()))
}

impl From<ScheduleError> for AppError {
    fn from(error: ScheduleError) -> Self {
        Self::invalid_field(error.field(), error)
    }
}
