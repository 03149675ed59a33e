//! Tests of the decision on a due time, fact by fact.

use super::*;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Returns an agent that is due at every full hour, has nothing under way and nothing spent; its time has just come.
fn facts() -> Facts {
    Facts {
        schedule: "0 * * * *".to_owned(),
        time_zone: "UTC".to_owned(),
        overlap: Overlap::Queue,
        catch_up: false,
        due: Timestamp::from_ms(HOUR_MS),
        waiting: 0,
        active: 0,
        missed_on_hold: false,
        spent: None,
    }
}

/// Returns the reason and the words of what is decided this long after the due time.
fn decided(facts: &Facts, late_ms: i64) -> Option<(SkipReason, Option<String>)> {
    decide(facts, Timestamp::from_ms(HOUR_MS + late_ms)).skip.map(|Skip { reason, says }| (reason, says))
}

#[test]
fn each_due_time_comes_to_a_run_or_to_one_reason() {
    use Overlap::{Queue, Skip};
    use SkipReason::{Budget, Held, Missed, Overlap as Overlaps};
    let spent = || Some("It has spent its month.".to_owned());
    for (facts, late_ms, expected) in [
        (facts(), 0, None),
        (facts(), MINUTE_MS, None),
        (facts(), MINUTE_MS + 1, Some(Missed)),
        (Facts { catch_up: true, ..facts() }, 9 * HOUR_MS, None),
        (Facts { missed_on_hold: true, ..facts() }, MINUTE_MS, None),
        (Facts { missed_on_hold: true, ..facts() }, MINUTE_MS + 1, Some(Held)),
        (Facts { missed_on_hold: true, catch_up: true, ..facts() }, 9 * HOUR_MS, None),
        (Facts { active: 3, ..facts() }, 0, None),
        (Facts { waiting: 1, active: 1, ..facts() }, 0, Some(Overlaps)),
        (Facts { overlap: Skip, active: 1, ..facts() }, 0, Some(Overlaps)),
        (Facts { overlap: Skip, ..facts() }, 0, None),
        (Facts { catch_up: true, waiting: 1, active: 1, ..facts() }, 9 * HOUR_MS, Some(Overlaps)),
        (Facts { overlap: Queue, waiting: 1, active: 1, ..facts() }, 9 * HOUR_MS, Some(Missed)),
        (Facts { spent: spent(), ..facts() }, 0, Some(Budget)),
        (Facts { spent: spent(), catch_up: true, ..facts() }, 9 * HOUR_MS, Some(Budget)),
        (Facts { spent: spent(), ..facts() }, 9 * HOUR_MS, Some(Missed)),
        (Facts { spent: spent(), waiting: 1, active: 1, ..facts() }, 0, Some(Overlaps)),
    ] {
        assert_eq!(decided(&facts, late_ms).map(|(reason, _)| reason), expected, "{late_ms} ms late: {facts:?}");
    }
}

#[test]
fn a_reason_says_what_it_alone_does_not_tell() {
    let missed = || Some("3 due times from 1970-01-01 01:00:00 to 1970-01-01 03:00:00 UTC were missed.".to_owned());
    let late = 2 * HOUR_MS + 2 * MINUTE_MS;
    assert_eq!(decided(&facts(), late), Some((SkipReason::Missed, missed())));
    let overlaps = Facts { catch_up: true, waiting: 1, ..facts() };
    assert_eq!(decided(&overlaps, late), Some((SkipReason::Overlap, missed())), "they were missed all the same");
    assert_eq!(decided(&overlaps, 0), Some((SkipReason::Overlap, None)));
    let spent = Facts { spent: Some("It has spent its month.".to_owned()), ..facts() };
    assert_eq!(decided(&spent, 0), Some((SkipReason::Budget, Some("It has spent its month.".to_owned()))));
}

#[test]
fn it_moves_on_to_the_first_due_time_that_is_not_missed() {
    let next = |facts: &Facts, late_ms| decide(facts, Timestamp::from_ms(HOUR_MS + late_ms)).next.map(Timestamp::ms);
    assert_eq!(next(&facts(), 0), Some(2 * HOUR_MS));
    assert_eq!(next(&facts(), 9 * HOUR_MS + 1), Some(11 * HOUR_MS));
    assert_eq!(next(&Facts { waiting: 1, ..facts() }, 0), Some(2 * HOUR_MS), "skipped or not");
}

#[test]
fn a_schedule_that_cannot_be_used_fires_once_more_and_says_why() {
    for facts in [Facts { schedule: "0 0 30 2 *".into(), ..facts() }, Facts { time_zone: "Nowhere".into(), ..facts() }]
    {
        let Decision { next, skip, fault } = decide(&facts, Timestamp::from_ms(9 * HOUR_MS));
        assert!(next.is_none() && skip.is_none() && fault.is_some(), "{facts:?}: {fault:?}");
    }
}
