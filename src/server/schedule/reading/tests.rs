//! Tests of how schedules read in words.

use super::super::cron::Cron;

fn reads(cases: &[(&str, &str)]) {
    for (schedule, expected) in cases {
        assert_eq!(super::reading(&Cron::parse(schedule).unwrap()), *expected, "{schedule}");
    }
}

#[test]
fn times_of_the_day_are_told_one_by_one() {
    reads(&[
        ("0 0 * * *", "Every day at 00:00"),
        ("30 2 * * *", "Every day at 02:30"),
        ("0 9,17 * * *", "Every day at 09:00 and 17:00"),
        ("0 9 * * MON-FRI", "At 09:00, Monday to Friday"),
        ("0 9 * * MON,FRI", "At 09:00 on Monday and Friday"),
        ("0 9 * * SAT,SUN", "At 09:00 on Saturday and Sunday"),
        ("0 0 * * 0-7", "Every day at 00:00"),
        ("15,45 30 8 * * *", "Every day at 08:30:15 and 08:30:45"),
        ("15 30 8 * * *", "Every day at 08:30:15"),
        ("0 */5 * * *", "Every day at 00:00, 05:00, 10:00, 15:00 and 20:00"),
    ]);
}

#[test]
fn times_that_follow_each_other_are_told_by_how_they_do() {
    reads(&[
        ("* * * * *", "Every minute"),
        ("* * * * * *", "Every second"),
        ("*/10 * * * * *", "Every 10 seconds"),
        ("0 * * * *", "Every hour"),
        ("0 */6 * * *", "Every 6 hours"),
        ("*/15 8-19 * * 1-5", "Every 15 minutes, 08:00–19:59, Monday to Friday"),
        ("*/15 8-9,14 * * *", "Every 15 minutes, 08:00–09:59 and 14:00–14:59"),
        ("*/15 */2 * * *", "Every 15 minutes, in every 2nd hour from 00:00"),
        ("*/20 0,5,9,13,17 * * *", "Every 20 minutes, in the hours 00, 05, 09, 13 and 17"),
        ("0 9-17 * * 1-5", "Every hour, 09:00–17:00, Monday to Friday"),
        ("30 9-17 * * *", "Every hour, 09:30–17:30"),
        ("* 9 * * *", "Every minute, 09:00–09:59"),
        ("5 * * * *", "At 5 minutes past every hour"),
        ("1 * * * *", "At 1 minute past every hour"),
        (
            "1-3 0,2,4 * 1-3 1-5",
            "At 1, 2 and 3 minutes past 00:00, 02:00 and 04:00, Monday to Friday, January to March",
        ),
        ("*/30 8-20 * * *", "Every 30 minutes, 08:00–20:59"),
        ("*/10 9 * * *", "Every 10 minutes, 09:00–09:59"),
        ("7,30 8-20 * * *", "At 7 and 30 minutes past the hour, 08:00–20:59"),
        ("*/10 5 * * * *", "Every 10 seconds, in minute 5 of every hour"),
        ("*/10 5,7 8-20 * * *", "Every 10 seconds, in minutes 5 and 7 of the hour, 08:00–20:59"),
        ("*/10 */15 * * * *", "Every 10 seconds, in every 15th minute"),
        ("5 * * * * *", "At 5 seconds past every minute"),
        ("5 */15 * * * *", "At 5 seconds past every 15th minute"),
        ("5 7,8 * * * *", "At 5 seconds past minutes 7 and 8 of every hour"),
        ("* 30 8 * * *", "Every second, 08:30:00–08:30:59"),
        ("*/20 30 8 * * *", "Every day at 08:30:00, 08:30:20 and 08:30:40"),
    ]);
}

#[test]
fn days_and_months_read_as_they_fire() {
    reads(&[
        ("0 9 1 * MON", "At 09:00 on the 1st of the month and every Monday"),
        ("0 0 13 * FRI", "At 00:00 on the 13th of the month and every Friday"),
        ("0 0 13 * +FRI", "At 00:00 on the 13th of the month, if that is a Friday"),
        ("0 0 1,15 * *", "At 00:00 on the 1st and 15th of the month"),
        ("0 0 1-7 * *", "At 00:00 on the 1st to 7th of the month"),
        ("0 0 1 */3 *", "At 00:00 on the 1st of the month, in January, April, July and October"),
        ("0 0 1 */5 *", "At 00:00 on the 1st of the month, in January, June and November"),
        ("0 0 * 6-8 *", "Every day at 00:00, June to August"),
        ("0 0 L * *", "At 00:00 on the last day of the month"),
        ("0 12 LW * *", "At 12:00 on the last weekday (Monday to Friday) of the month"),
        ("0 12 15W * *", "At 12:00 on the weekday (Monday to Friday) nearest the 15th"),
        ("0 12 1,LW * *", "At 12:00 on the 1st of the month and the last weekday (Monday to Friday) of the month"),
        (
            "0 0 1W,15W,L * *",
            "At 00:00 on the last day of the month and the weekday (Monday to Friday) nearest the 1st and 15th",
        ),
        ("0 0 * * 5#2", "At 00:00 on the 2nd Friday of the month"),
        ("0 0 * * FRIL", "At 00:00 on the last Friday of the month"),
        ("0 9 * * 1#1,3#2,SAT", "At 09:00 on the 1st Monday of the month, the 2nd Wednesday of the month and Saturday"),
        ("*/30 * * * SAT,SUN", "Every 30 minutes, on Saturday and Sunday"),
    ]);
}

#[test]
fn a_step_that_is_no_even_rhythm_is_spelt_out() {
    reads(&[
        ("*/40 * * * *", "At 0 and 40 minutes past every hour"),
        ("*/60 * * * *", "Every hour"),
        ("0-30/10 * * * *", "At 0, 10, 20 and 30 minutes past every hour"),
        ("*/30,5 * * * *", "At 0, 5 and 30 minutes past every hour"),
    ]);
}
