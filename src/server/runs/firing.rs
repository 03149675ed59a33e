//! The policy of a due time: whether it makes a run, and if not, why. Pure: the store reads the facts and writes down
//! what is decided here, in one transaction.

use crate::domain::run::SkipReason;
use crate::domain::schedule::Overlap;
use crate::domain::time::Timestamp;
use crate::server::schedule::Schedule;
use crate::server::schedule::missed::{Due, Missed};
use crate::server::store::due::{Decision, Facts};
use crate::server::store::transit::Skip;

/// Decides the outcome of an agent's due time, noticed `now`.
///
/// Missed due times make one row together: a run if the agent catches up, else one that says which were missed, and
/// whether a hold was why. A run
/// that would overlap is skipped, and so is one that the month's budget does not allow.
pub fn decide(facts: &Facts, now: Timestamp) -> Decision {
    let (Due { next, missed }, fault) = match Schedule::parse(&facts.schedule, &facts.time_zone) {
        Ok(schedule) => (schedule.due(facts.due, now), None),
        // It was read when it was saved; it fires this once more.
        Err(error) => (Due { next: None, missed: None }, Some(error)),
    };
    let skip = skip(facts, missed).map(|(reason, says)| Skip { reason, says });
    Decision { next, skip, fault }
}

/// Returns why it makes no run, and in which words if the reason does not say it all.
fn skip(facts: &Facts, missed: Option<Missed>) -> Option<(SkipReason, Option<String>)> {
    let overlaps = match facts.overlap {
        Overlap::Queue => facts.waiting > 0,
        Overlap::Skip => facts.active > 0,
    };
    let missed = missed.map(|missed| missed.words(facts.missed_on_hold));
    let reason = if facts.missed_on_hold { SkipReason::Held } else { SkipReason::Missed };
    match (missed, &facts.spent) {
        (Some(missed), _) if !facts.catch_up => Some((reason, Some(missed))),
        (missed, _) if overlaps => Some((SkipReason::Overlap, missed)),
        (_, Some(spent)) => Some((SkipReason::Budget, Some(spent.clone()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
