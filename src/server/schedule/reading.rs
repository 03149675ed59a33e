//! A schedule in plain English, made of the same sets that it fires by.

use super::cron::{Cron, Days, Field, Numbers};

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How a schedule reads.
pub fn reading(cron: &Cron) -> String {
    let parts = [Some(time(cron)), days(&cron.days), months(&cron.months)];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase()).into_iter();
    first.chain(letters).chain(['.']).collect()
}

/// A step that comes round to where it began; only then it is a rhythm.
fn rhythm(field: &Field, size: u32) -> Option<u32> {
    field.step.filter(|step| *step > 1 && *step < size && size.is_multiple_of(*step))
}

fn is_every(field: &Field, size: u32) -> bool {
    field.values.len() == size
}

/// The only value.
fn single(field: &Field) -> Option<u32> {
    field.values.from(0).filter(|_| field.values.len() == 1)
}

fn time(cron: &Cron) -> String {
    let Cron { seconds, minutes, hours, .. } = cron;
    let on_the_minute = single(seconds) == Some(0);
    if let (Some(hour), Some(minute)) = (single(hours), single(minutes)) {
        let at = format!("at {hour:02}:{minute:02}");
        return match (single(seconds), rhythm(seconds, 60)) {
            (Some(0), _) => at,
            (Some(second), _) => format!("{at}:{second:02}"),
            (None, _) if is_every(seconds, 60) => format!("every second from {hour:02}:{minute:02} for a minute"),
            (None, Some(step)) => format!("{at}, every {step} seconds"),
            (None, None) => format!("{at}, at second {}", list(seconds.values)),
        };
    }
    let mut parts = Vec::new();
    if is_every(seconds, 60) {
        parts.push("every second".to_owned());
    } else if let Some(step) = rhythm(seconds, 60) {
        parts.push(format!("every {step} seconds"));
    } else if !on_the_minute {
        parts.push(format!("at second {}", list(seconds.values)));
    }
    let every_hour = is_every(hours, 24);
    if is_every(minutes, 60) {
        if on_the_minute || parts.iter().all(|part| part.starts_with("at ")) {
            parts.push(if parts.is_empty() { "every minute".to_owned() } else { "of every minute".to_owned() });
        }
    } else if let Some(step) = rhythm(minutes, 60) {
        parts.push(format!("every {step} minutes"));
    } else {
        let past = if every_hour { " past every hour" } else { "" };
        parts.push(format!("at minute {}{past}", list(minutes.values)));
    }
    if let Some(step) = rhythm(hours, 24) {
        parts.push(format!("of every {step} hours"));
    } else if !every_hour {
        parts.push(format!("of hour {}", list(hours.values)));
    }
    parts.join(", ")
}

/// `None` where every day will do.
fn days(days: &Days) -> Option<String> {
    let number = (!days.any_number).then(|| by_number(days));
    let weekday = (!days.any_weekday).then(|| by_weekday(days));
    match (number, weekday) {
        (None, None) => None,
        (Some(on), None) | (None, Some(on)) => Some(format!("on {on}")),
        (Some(number), Some(weekday)) if days.both => Some(format!("on {number} if it is also {weekday}")),
        (Some(number), Some(weekday)) => Some(format!("on {number} or {weekday}")),
    }
}

fn by_number(days: &Days) -> String {
    let mut parts = Vec::new();
    if !days.numbers.is_empty() {
        parts.push(format!("day {}", list(days.numbers)));
    }
    if days.last {
        parts.push("the last day of the month".to_owned());
    }
    if days.last_weekday {
        parts.push("the last weekday (Monday to Friday) of the month".to_owned());
    }
    if !days.near.is_empty() {
        parts.push(format!("the weekday (Monday to Friday) nearest day {}", list(days.near)));
    }
    joined(&parts)
}

fn by_weekday(days: &Days) -> String {
    let names = |numbers: Numbers| -> Vec<String> {
        numbers.all().filter_map(|day| WEEKDAYS.get(day as usize)).map(|name| (*name).to_owned()).collect()
    };
    let mut parts = Vec::new();
    if !days.last_of.is_empty() {
        parts.push(format!("the last {} of the month", joined(&names(days.last_of))));
    }
    for (ordinal, numbers) in ["1st", "2nd", "3rd", "4th", "5th"].into_iter().zip(days.nth) {
        if !numbers.is_empty() {
            parts.push(format!("the {ordinal} {} of the month", joined(&names(numbers))));
        }
    }
    parts.extend(names(days.weekdays));
    joined(&parts)
}

/// `None` where every month will do.
fn months(months: &Field) -> Option<String> {
    if is_every(months, 12) {
        return None;
    }
    if let Some(step) = rhythm(months, 12) {
        return Some(format!("in every {step} months"));
    }
    let names = months.values.all().filter_map(|month| MONTHS.get(month as usize - 1)).map(|name| (*name).to_owned());
    Some(format!("in {}", joined(&names.collect::<Vec<_>>())))
}

/// `1, 3, and 5-9`: three and more in a row are a range.
fn list(numbers: Numbers) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = numbers.from(0);
    while let Some(first) = next {
        let last = (first..).take_while(|number| numbers.has(*number)).last().unwrap_or(first);
        match last - first {
            0 => parts.push(first.to_string()),
            1 => parts.extend([first.to_string(), last.to_string()]),
            _ => parts.push(format!("{first}-{last}")),
        }
        next = numbers.from(last + 1);
    }
    joined(&parts)
}

fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [front @ .., last] => format!("{}, and {last}", front.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cron::Cron;

    fn reading(cron: &str) -> String {
        super::reading(&Cron::parse(cron).unwrap())
    }

    #[test]
    fn a_schedule_reads_as_plain_english() {
        for (schedule, expected) in [
            ("0 0 * * *", "At 00:00."),
            ("0 9 * * MON-FRI", "At 09:00, on Monday, Tuesday, Wednesday, Thursday, and Friday."),
            ("0 9 * * MON,FRI", "At 09:00, on Monday and Friday."),
            ("* * * * *", "Every minute."),
            ("* * * * * *", "Every second."),
            ("*/15 9-17 * * *", "Every 15 minutes, of hour 9-17."),
            ("* 9 * * *", "Every minute, of hour 9."),
            ("*/10 * * * * *", "Every 10 seconds."),
            ("*/10 5 * * * *", "Every 10 seconds, at minute 5 past every hour."),
            ("5 * * * * *", "At second 5, of every minute."),
            ("0 9,17 * * *", "At minute 0, of hour 9 and 17."),
            ("15,45 30 8 * * *", "At 08:30, at second 15 and 45."),
            ("15 30 8 * * *", "At 08:30:15."),
            ("* 30 8 * * *", "Every second from 08:30 for a minute."),
            ("0 0 13 * FRI", "At 00:00, on day 13 or Friday."),
            ("0 0 13 * +FRI", "At 00:00, on day 13 if it is also Friday."),
            ("0 0 1 */3 *", "At 00:00, on day 1, in every 3 months."),
            ("0 0 * * 0-7", "At 00:00, on Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, and Saturday."),
        ] {
            assert_eq!(reading(schedule), expected, "{schedule}");
        }
    }

    #[test]
    fn last_nearest_and_nth_days_read_as_they_fire() {
        for (schedule, expected) in [
            ("0 0 L * *", "At 00:00, on the last day of the month."),
            ("0 12 LW * *", "At 12:00, on the last weekday (Monday to Friday) of the month."),
            ("0 12 15W * *", "At 12:00, on the weekday (Monday to Friday) nearest day 15."),
            ("0 12 1,LW * *", "At 12:00, on day 1 and the last weekday (Monday to Friday) of the month."),
            (
                "0 0 1W,15W,L * *",
                "At 00:00, on the last day of the month and the weekday (Monday to Friday) nearest day 1 and 15.",
            ),
            ("0 0 * * 5#2", "At 00:00, on the 2nd Friday of the month."),
            ("0 0 * * FRIL", "At 00:00, on the last Friday of the month."),
            ("0 0 * * 5L", "At 00:00, on the last Friday of the month."),
            (
                "0 9 * * 1#1,3#2,SAT",
                "At 09:00, on the 1st Monday of the month, the 2nd Wednesday of the month, and Saturday.",
            ),
        ] {
            assert_eq!(reading(schedule), expected, "{schedule}");
        }
    }

    #[test]
    fn a_step_that_is_no_even_rhythm_is_spelt_out() {
        for (schedule, expected) in [
            ("*/40 * * * *", "At minute 0 and 40 past every hour."),
            ("*/60 * * * *", "At minute 0 past every hour."),
            ("0-30/10 * * * *", "At minute 0, 10, 20, and 30 past every hour."),
            ("*/30,5 * * * *", "At minute 0, 5, and 30 past every hour."),
            ("0 */5 * * *", "At minute 0, of hour 0, 5, 10, 15, and 20."),
            ("0 */6 * * *", "At minute 0, of every 6 hours."),
            ("0 0 1 */5 *", "At 00:00, on day 1, in January, June, and November."),
        ] {
            assert_eq!(reading(schedule), expected, "{schedule}");
        }
    }
}
