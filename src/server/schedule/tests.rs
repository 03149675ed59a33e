//! Tests of when schedules come due, above all where clocks are changed, and of the errors for those that cannot be
//! used.

use super::*;

/// Returns the first due times after an instant, as text.
fn times(schedule: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(schedule, zone).unwrap();
    let after: Timestamp = serde_json::from_str(&format!("{after:?}")).unwrap();
    let first = schedule.next_after(after);
    let all = std::iter::successors(first, |time| schedule.next_after(*time));
    all.take(count).map(|time| time.to_string().replace(":00.000Z", "Z").replace(".000Z", "Z")).collect()
}

#[test]
fn due_times_follow_the_clock_on_the_wall() {
    for (schedule, zone, after, expected) in [
        // Spring: the clock jumps over 02:00 to 03:00, at 01:00 UTC in Berlin and 07:00 UTC in New York.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:30Z"]),
        ("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", ["2026-03-08T07:00Z", "2026-03-09T06:30Z"]),
        // Several times in the jump are one, and one at its end is the same.
        ("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:00Z"]),
        ("0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00Z", "2026-03-30T00:00Z"]),
        ("0 */2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", ["2026-03-29T01:00Z", "2026-03-29T02:00Z"]),
        // In every hour: an hour passes between them.
        ("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", ["2026-03-29T00:30Z", "2026-03-29T01:30Z"]),
        // Autumn: 02:30 in Berlin and 01:30 in New York come twice and count once.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", ["2026-10-25T00:30Z", "2026-10-26T01:30Z"]),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", ["2026-11-01T05:30Z", "2026-11-02T06:30Z"]),
        ("30 2,3 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", ["2026-10-25T00:30Z", "2026-10-25T02:30Z"]),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", ["2026-10-26T01:30Z", "2026-10-27T01:30Z"]),
        ("30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", ["2026-10-25T00:30Z", "2026-10-25T01:30Z"]),
        // Half an hour's jump, and a day left out.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", ["2026-10-03T15:30Z", "2026-10-04T15:15Z"]),
        ("0 9 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z", ["2011-12-29T19:00Z", "2011-12-30T10:00Z"]),
        // 29 February, in a century without one.
        ("0 0 29 2 *", "UTC", "2096-01-01T00:00:00Z", ["2096-02-29T00:00Z", "2104-02-29T00:00Z"]),
        ("15,45 30 8 * * *", "UTC", "2026-01-01T00:00:00Z", ["2026-01-01T08:30:15Z", "2026-01-01T08:30:45Z"]),
        ("0 9 * * MON-FRI", "Asia/Kolkata", "2026-11-27T00:00:00Z", ["2026-11-27T03:30Z", "2026-11-30T03:30Z"]),
    ] {
        assert_eq!(times(schedule, zone, after, 2), expected, "{schedule} in {zone}");
    }
}

#[test]
fn nicknames_stand_for_the_beginning_of_the_hour_day_week_month_and_year() {
    for (name, expected) in [
        ("@hourly", "2026-11-24T11:00Z"),
        ("@daily", "2026-11-25T00:00Z"),
        ("@weekly", "2026-11-29T00:00Z"),
        ("@monthly", "2026-12-01T00:00Z"),
        (" @Yearly ", "2027-01-01T00:00Z"),
    ] {
        assert_eq!(times(name, "UTC", "2026-11-24T10:30:00Z", 1), [expected], "{name}");
    }
}

#[test]
fn what_is_wrong_is_said_with_where() {
    for (schedule, zone, says) in [
        ("", "UTC", "this has 0"),
        ("* * * *", "UTC", "this has 4"),
        ("* * * * * * *", "UTC", "this has 7"),
        ("60 * * * *", "UTC", "Minute (field 1) must be"),
        ("0 1,25 * * *", "UTC", "Hour (field 2) must be"),
        ("0 0 MON * * *", "UTC", "Hour (field 3) must be"),
        ("0 0 32 * *", "UTC", "Day of the month (field 3) must be"),
        ("0 0 * 13 *", "UTC", "Month (field 4) must be"),
        ("0 0 * * JAN", "UTC", "Weekday (field 5) must be"),
        ("0 0 * * monday", "UTC", "not \"monday\""),
        ("*/0 * * * *", "UTC", "not \"*/0\""),
        ("5-1 * * * *", "UTC", "not \"5-1\""),
        ("1,,2 * * * *", "UTC", "not \"\""),
        ("é * * * *", "UTC", "not \"é\""),
        ("@reboot", "UTC", "\"@reboot\" is none of @hourly"),
        ("0 0 31 2 *", "UTC", "this date never occurs"),
        ("0 0 30 2 *", "UTC", "this date never occurs"),
        ("0 0 31 4,6,9,11 *", "UTC", "this date never occurs"),
        ("* * * * *", "Mars/Base", "\"Mars/Base\""),
        ("* * * * *", "", "\"\""),
    ] {
        let error = Schedule::parse(schedule, zone).unwrap_err();
        assert!(error.to_string().contains(says), "{schedule}: {error}");
        assert_eq!(error.field(), if schedule == "* * * * *" { "time_zone" } else { "schedule" }, "{schedule}");
    }
}

#[test]
fn a_step_that_is_larger_than_its_field_is_refused_where_a_schedule_is_set() {
    for (schedule, says) in [
        ("*/75 * * * *", "Minute (field 1) must be 0–59, e.g. 5, 1-5, 1,15 or */10; not \"*/75\""),
        ("0 5,*/25 * * *", "Hour (field 2) must be 0–23"),
        ("*/61 * * * * *", "Second (field 1) must be"),
        ("0 0 1-7/32 * *", "Day of the month (field 3) must be"),
        ("0 0 * */13 *", "Month (field 4) must be"),
        ("0 0 0 * * */8", "Weekday (field 6) must be"),
    ] {
        let faults = faults(Some(schedule), "UTC");
        assert!(faults.len() == 1 && faults[0].to_string().starts_with(says), "{schedule}: {faults:?}");
        assert!(Schedule::parse(schedule, "UTC").is_ok(), "an agent that has it already goes on: {schedule}");
    }
    for schedule in
        ["*/60 * * * *", "0 */24 * * *", "0 0 */31 * *", "0 0 * */12 *", "0 0 * * */7", "@daily", "0 0 L * 5#2"]
    {
        assert_eq!(faults(Some(schedule), "UTC"), [], "{schedule}");
    }
}

#[test]
fn a_schedule_has_no_end_that_time_can_reach() {
    let last = Timestamp::from_ms(i64::MAX);
    assert_eq!(Schedule::parse("@daily", "Europe/Berlin").unwrap().next_after(last), None);
}
