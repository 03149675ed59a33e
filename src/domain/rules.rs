//! Rules for the values of requests, shared by both halves; those of an agent's settings are in its table,
//! [`agent::settings`](super::agent::settings).
//!
//! They are written out, not derived: what garde derives brings tables for printing numbers that every visitor would
//! have to load.

use super::schedule::{MAX_PREVIEW, MAX_SCHEDULE, MAX_TIME_ZONE, PreviewRequest};

/// A field, and the range that its value is out of.
pub type Fault = (&'static str, &'static str);

impl PreviewRequest {
    /// Returns every value that is out of its range.
    pub fn faults(&self) -> Vec<Fault> {
        let rules = [
            ("schedule", length(&self.schedule) <= MAX_SCHEDULE, "must be at most 200 characters long"),
            ("time_zone", length(&self.time_zone) <= MAX_TIME_ZONE, "must be at most 64 characters long"),
            ("count", (1..=MAX_PREVIEW).contains(&self.count), "must be 1 to 20"),
        ];
        rules.into_iter().filter(|(_, kept, _)| !kept).map(|(field, _, range)| (field, range)).collect()
    }
}

/// Returns the length in characters.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// PostgreSQL's text cannot hold NUL, and nobody means to type one.
pub(super) const NO_NUL: &str = "must not contain the character NUL";

/// Checks a text for garde's derived rules.
pub(super) fn no_nul(text: &str, (): &()) -> garde::Result {
    match text.contains('\0') {
        true => Err(garde::Error::new(NO_NUL)),
        false => Ok(()),
    }
}

impl garde::Validate for PreviewRequest {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        for (field, range) in self.faults() {
            report.append(parent().join(field), garde::Error::new(range));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_shows_one_to_twenty_times() {
        let of = |count| PreviewRequest { count, ..PreviewRequest::of("@daily".into(), "UTC".into()) }.faults();
        assert_eq!((of(1), of(20)), (vec![], vec![]));
        assert_eq!((of(0), of(21)), (vec![("count", "must be 1 to 20")], vec![("count", "must be 1 to 20")]));
    }

    #[test]
    fn texts_of_a_preview_have_their_ends() {
        let of = |schedule, zone| {
            let faults = PreviewRequest::of("*".repeat(schedule), "z".repeat(zone)).faults();
            faults.into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        assert_eq!((of(200, 64), of(201, 65)), (vec![], vec!["schedule", "time_zone"]));
    }
}
