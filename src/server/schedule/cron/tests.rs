//! Tests of the times that a cron expression names, against a search that looks at every minute, and that it fires when
//! its reading says.

use super::super::reading::reading;
use super::*;
use proptest::prelude::*;

fn cron(text: &str) -> Cron {
    Cron::parse(text).unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

/// Returns the next times after one.
fn times(cron: &Cron, after: NaiveDateTime, count: usize) -> Vec<NaiveDateTime> {
    std::iter::successors(cron.next_after(after), |time| cron.next_after(*time)).take(count).collect()
}

#[test]
fn days_are_those_of_the_calendar() {
    for (text, after, expected) in [
        ("0 5 LW * *", "2026-10-01T00:00:00", ["2026-10-30T05:00:00", "2026-11-30T05:00:00"]),
        ("0 0 L 2 *", "2026-11-01T00:00:00", ["2027-02-28T00:00:00", "2028-02-29T00:00:00"]),
        ("0 0 15w * *", "2026-11-01T00:00:00", ["2026-11-16T00:00:00", "2026-12-15T00:00:00"]),
        ("0 0 1W * *", "2026-07-15T00:00:00", ["2026-08-03T00:00:00", "2026-09-01T00:00:00"]),
        ("45 10 31W * *", "2026-10-01T00:00:00", ["2026-10-30T10:45:00", "2026-12-31T10:45:00"]),
        ("0 0 * * MON#2", "2026-11-01T00:00:00", ["2026-11-09T00:00:00", "2026-12-14T00:00:00"]),
        ("0 0 * * 5#5", "2026-11-01T00:00:00", ["2027-01-29T00:00:00", "2027-04-30T00:00:00"]),
        ("0 0 * * friL", "2026-11-01T00:00:00", ["2026-11-27T00:00:00", "2026-12-25T00:00:00"]),
        ("0 0 * * 5L", "2026-11-01T00:00:00", ["2026-11-27T00:00:00", "2026-12-25T00:00:00"]),
        ("0 0 * * 7#1", "2026-11-02T00:00:00", ["2026-12-06T00:00:00", "2027-01-03T00:00:00"]),
        ("0 0 13 * 5", "2026-11-01T00:00:00", ["2026-11-06T00:00:00", "2026-11-13T00:00:00"]),
        ("0 0 13 * +5", "2026-11-01T00:00:00", ["2026-11-13T00:00:00", "2027-08-13T00:00:00"]),
        ("0 0 ? * FRI-SUN", "2026-11-02T00:00:00", ["2026-11-06T00:00:00", "2026-11-07T00:00:00"]),
        ("0 0 * 2 0#5", "2026-11-01T00:00:00", ["2032-02-29T00:00:00", "2060-02-29T00:00:00"]),
        ("15,45 30 8 * * *", "2026-01-01T08:30:15", ["2026-01-01T08:30:45", "2026-01-02T08:30:15"]),
        ("59 59 23 31 12 *", "2026-12-31T23:59:59", ["2027-12-31T23:59:59", "2028-12-31T23:59:59"]),
    ] {
        let seen = times(&cron(text), at(after), 2);
        assert_eq!(seen, expected.map(at), "{text}");
    }
}

#[test]
fn what_each_day_reads_as_is_what_it_is() {
    use chrono::Weekday::{Fri, Mon, Sat, Sun};
    type Holds = fn(NaiveDate) -> bool;
    fn length(date: NaiveDate) -> u32 {
        date.num_days_in_month().into()
    }
    fn is_working(date: NaiveDate) -> bool {
        !matches!(date.weekday(), Sat | Sun)
    }
    let table: [(&str, &str, Holds); 7] = [
        ("L * *", "the last day of the month", |d| d.day() == length(d)),
        ("LW * *", "the last weekday (Monday to Friday) of the month", |d| {
            is_working(d) && (d.day() + 1..=length(d)).all(|day| !is_working(d.with_day(day).unwrap()))
        }),
        ("15W * *", "the weekday (Monday to Friday) nearest the 15th", |d| {
            let middle = d.with_day(15).unwrap();
            let near = |d: NaiveDate| (d - middle).num_days().abs();
            is_working(d)
                && (1..=length(d))
                    .map(|day| d.with_day(day).unwrap())
                    .filter(|d| is_working(*d))
                    .all(|e| near(d) <= near(e))
        }),
        ("* * FRIL", "the last Friday of the month", |d| d.weekday() == Fri && d.day() + 7 > length(d)),
        ("* * MON#2", "the 2nd Monday of the month", |d| d.weekday() == Mon && (8..15).contains(&d.day())),
        ("13 * FRI", "the 13th of the month and every Friday", |d| d.day() == 13 || d.weekday() == Fri),
        ("13 * +FRI", "the 13th of the month, if that is a Friday", |d| d.day() == 13 && d.weekday() == Fri),
    ];
    for (text, words, holds) in table {
        let cron = cron(&format!("0 12 {text}"));
        assert_eq!(reading(&cron), format!("At 12:00 on {words}"));
        let days = at("2024-01-01T00:00:00").date().iter_days().take(5 * 366).filter(|day| holds(*day));
        let expected: Vec<_> = days.map(|day| day.and_hms_opt(12, 0, 0).unwrap()).collect();
        assert_eq!(times(&cron, at("2023-12-31T23:59:59"), expected.len()), expected, "{text}");
    }
}

#[test]
fn what_never_comes_due_is_refused_at_once() {
    let begun = std::time::Instant::now();
    for text in ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31W 2 *", "0 0 31 2 +MON", "* * * 30,31 2 ?"] {
        assert_eq!(Cron::parse(text), Err(ScheduleError::Never), "{text}");
    }
    // Each takes a fraction of a millisecond; the bound is for a loaded machine and a build without optimisation.
    assert!(begun.elapsed().as_millis() < 1_000, "{:?}", begun.elapsed());
}

#[test]
fn what_does_not_fit_is_named() {
    for (text, item, place) in [
        ("60 * * * *", "60", 1),
        ("0 1,25 * * *", "25", 2),
        ("0 0 MON * * *", "MON", 3),
        ("0 0 32 * *", "32", 3),
        ("0 0 0 * *", "0", 3),
        ("0 0 * 13 *", "13", 4),
        ("0 0 * * JAN", "JAN", 5),
        ("0 0 * * monday", "monday", 5),
        ("*/0 * * * *", "*/0", 1),
        ("5-1 * * * *", "5-1", 1),
        ("1,,2 * * * *", "", 1),
        ("é * * * *", "é", 1),
        ("5/15 * * * *", "5/15", 1),
        ("0 0 W * *", "W", 3),
        ("0 0 32W * *", "32W", 3),
        ("0 0 L-3 * *", "L-3", 3),
        ("0 0 WL * *", "WL", 3),
        ("0 0 * * L", "L", 5),
        ("0 0 * * 8", "8", 5),
        ("0 0 * * 5#6", "5#6", 5),
        ("0 0 * * 5#0", "5#0", 5),
        ("0 0 * * #2", "#2", 5),
        ("0 L * * *", "L", 2),
        ("+5 * * * *", "+5", 1),
        ("H * * * *", "H", 1),
        ("0 0 5L * *", "5L", 3),
        ("0 0 * * 15W", "15W", 5),
        ("? * * * *", "?", 1),
    ] {
        match Cron::parse(text).unwrap_err() {
            ScheduleError::Field { item: said, place: at, .. } => {
                assert_eq!((said.as_str(), at), (item, place), "{text}")
            }
            other => panic!("{text}: {other}"),
        }
    }
    for (text, fields) in [("", 0), ("* * * *", 4), ("* * * * * * *", 7)] {
        assert_eq!(Cron::parse(text), Err(ScheduleError::FieldCount(fields)), "{text}");
    }
}

/// Returns a list of numbers as a field has them, in one of the ways to write it.
fn written(least: u32, most: u32) -> impl Strategy<Value = String> {
    let number = least..=most;
    let item = prop_oneof![
        3 => number.clone().prop_map(|n| n.to_string()),
        1 => (number.clone(), number.clone()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        1 => (number.clone(), number, 1..9_u32).prop_map(|(a, b, s)| format!("{}-{}/{s}", a.min(b), a.max(b))),
        1 => (1..=most).prop_map(|step| format!("*/{step}")),
    ];
    prop_oneof![2 => Just("*".to_owned()), 3 => prop::collection::vec(item, 1..3).prop_map(|items| items.join(","))]
}

fn crons() -> impl Strategy<Value = String> {
    let days = prop_oneof![
        3 => written(1, 31),
        2 => prop::sample::select(vec!["L", "LW", "1W", "15W", "31W", "L,15", "LW,1", "?"]).prop_map(str::to_owned),
    ];
    let weekdays = prop_oneof![
        3 => written(0, 7),
        2 => prop::sample::select(vec!["FRIL", "5L", "MON#2", "2#5", "SAT-SUN", "+FRI", "1#1,3#2", "?"]).prop_map(str::to_owned),
    ];
    (prop_oneof![Just("0".to_owned()), written(0, 59)], written(0, 59), written(0, 23), days, written(1, 12), weekdays)
        .prop_map(|(s, m, h, d, mo, w)| format!("{s} {m} {h} {d} {mo} {w}"))
}

/// Whether a time is one of those that are named, by the sets alone.
fn names(cron: &Cron, time: NaiveDateTime) -> bool {
    cron.months.values.has(time.month())
        && cron.days.in_month(time.year(), time.month()).has(time.day())
        && cron.hours.values.has(time.hour())
        && cron.minutes.values.has(time.minute())
        && cron.seconds.values.has(time.second())
}

proptest! {
    #[test]
    fn the_next_time_is_the_first_that_is_named(text in crons(), day in 0..1_500_u64, second in 0..86_400_i64) {
        let Ok(cron) = Cron::parse(&text) else { return Ok(()) };
        let date = at("2026-01-01T00:00:00").date() + chrono::Days::new(day);
        let after = date.and_time(NaiveTime::MIN) + TimeDelta::seconds(second);
        let next = cron.next_after(after).unwrap();
        prop_assert!(next > after && names(&cron, next), "{} after {}", next, after);
        // Those between, as far as one can look at each.
        let between = (1..20_000).map(|n| after + TimeDelta::seconds(n)).take_while(|time| *time < next);
        prop_assert_eq!(between.into_iter().find(|time| names(&cron, *time)), None);
    }

    #[test]
    fn schedules_that_read_alike_fire_alike(a in crons(), b in crons(), field in 0..6_usize) {
        // The second differs from the first in one field, so that some of them say the same in other words.
        let mut fields: Vec<&str> = a.split(' ').collect();
        fields[field] = b.split(' ').nth(field).unwrap();
        let (Ok(a), Ok(b)) = (Cron::parse(&a), Cron::parse(&fields.join(" "))) else { return Ok(()) };
        let from = at("2026-11-27T00:00:00");
        let (fired_a, fired_b) = (times(&a, from, 40), times(&b, from, 40));
        if reading(&a) == reading(&b) {
            prop_assert_eq!(fired_a, fired_b, "{}", reading(&a));
        }
        let spelt = |values: Numbers| values.all().map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        let respelt = format!("{} {} {} {} {} *", spelt(a.seconds.values), spelt(a.minutes.values), spelt(a.hours.values), "*", spelt(a.months.values));
        let every_day = Cron { days: Days { any_number: true, any_weekday: true, ..cron("* * * * *").days }, ..a.clone() };
        prop_assert_eq!(times(&Cron::parse(&respelt).unwrap(), from, 40), times(&every_day, from, 40));
    }
}
