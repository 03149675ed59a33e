//! Preview of a schedule before an agent has it.

use super::error::by_field;
use super::{Schedule, faults};
use crate::domain::schedule::{PreviewRequest, SchedulePreview};
use crate::domain::time::Timestamp;
use crate::error::AppError;
use garde::Validate;
use std::iter::successors;

/// Returns how a schedule reads and when it comes due next.
///
/// # Errors
/// `Invalid` when a value is out of its range, or with all that is wrong with the schedule and its time zone.
pub fn preview(request: &PreviewRequest, now: Timestamp) -> Result<SchedulePreview, AppError> {
    request.validate()?;
    let faults = faults(Some(&request.schedule), &request.time_zone);
    if !faults.is_empty() {
        return Err(AppError::invalid_fields(by_field(faults).collect()));
    }
    let schedule = Schedule::parse(&request.schedule, &request.time_zone)?;
    let first = schedule.next_after(request.from.unwrap_or(now));
    let times = successors(first, |time| schedule.next_after(*time)).take(request.count as usize).collect();
    Ok(SchedulePreview { reading: schedule.reading(), times })
}
