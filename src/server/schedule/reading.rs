//! A schedule in plain English, made of the same sets that it fires by. Two that fire differently read differently.

mod days;

use super::cron::{Cron, Field, Numbers};

/// Most times of the day that are listed one by one; more of them are described by how they follow each other.
const FEW: u32 = 6;

/// Describes a schedule: `Every 15 minutes, 08:00–19:59, Monday to Friday`.
pub fn reading(cron: &Cron) -> String {
    let (days, months) = (days::of(&cron.days), days::months(&cron.months));
    let time = match (times(cron), days) {
        (Some(times), None) => format!("every day at {times}"),
        (Some(times), Some(days)) => format!("at {times}{}{days}", if days.starts_with("on ") { " " } else { ", " }),
        (None, None) => rhythm(cron),
        (None, Some(days)) => format!("{}, {days}", rhythm(cron)),
    };
    let text = months.map_or(time.clone(), |months| format!("{time}, {months}"));
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase()).into_iter();
    first.chain(letters).collect()
}

/// Returns the times of a day, where they are few and do not follow each other evenly: `09:00 and 17:00`.
fn times(cron: &Cron) -> Option<String> {
    let Cron { seconds, minutes, hours, .. } = cron;
    let count = hours.values.len() * minutes.values.len() * seconds.values.len();
    let is_even = even_step(minutes, 60).is_some() && minutes.values.len() > 2;
    if count > FEW || is_even || hourly(cron).is_some() {
        return None;
    }
    let mut times = Vec::new();
    for hour in hours.values.all() {
        for minute in minutes.values.all() {
            times.extend(seconds.values.all().map(|second| match single(seconds) {
                Some(0) => format!("{hour:02}:{minute:02}"),
                _ => format!("{hour:02}:{minute:02}:{second:02}"),
            }));
        }
    }
    Some(joined(&times))
}

/// Describes how times of the day follow each other.
fn rhythm(cron: &Cron) -> String {
    let Cron { seconds, minutes, hours, .. } = cron;
    if let Some(hourly) = hourly(cron) {
        return hourly;
    }
    let second = if single(seconds) == Some(0) {
        None
    } else if is_every(seconds, 60) {
        Some("every second".to_owned())
    } else if let Some(step) = even_step(seconds, 60) {
        Some(format!("every {step} seconds"))
    } else {
        Some(format!("at {} past", count_of(seconds.values, "second")))
    };
    let past = second.as_ref().is_some_and(|second| second.starts_with("at "));
    let during = during(hours);
    if let (Some(hour), Some(minute), Some(second), false) = (single(hours), single(minutes), &second, past) {
        return format!("{second}, {hour:02}:{minute:02}:00–{hour:02}:{minute:02}:59");
    }
    let time = if is_every(minutes, 60) {
        match second {
            None => "every minute".to_owned(),
            Some(second) if past => format!("{second} every minute"),
            Some(second) => second,
        }
    } else if let Some(step) = even_step(minutes, 60) {
        match second {
            None => format!("every {step} minutes"),
            Some(second) => format!("{second}{} every {} minute", if past { "" } else { ", in" }, nth(step)),
        }
    } else {
        let minute = count_of(minutes.values, "minute");
        let hour = if during.is_none() { "every hour" } else { "the hour" };
        match second {
            None if during.is_some() && hours.values.len() <= FEW => {
                let hours: Vec<String> = hours.values.all().map(|hour| format!("{hour:02}:00")).collect();
                return format!("at {minute} past {}", joined(&hours));
            }
            None => format!("at {minute} past {hour}"),
            Some(second) => {
                let minutes = format!("minute{} {}", plural(minutes.values), list(minutes.values));
                format!("{second}{} {minutes} of {hour}", if past { "" } else { ", in" })
            }
        }
    };
    during.map_or(time.clone(), |during| format!("{time}, {during}"))
}

/// Describes once an hour, through hours that follow each other evenly.
fn hourly(cron: &Cron) -> Option<String> {
    let (0, minute) = (single(&cron.seconds)?, single(&cron.minutes)?) else { return None };
    let hours = &cron.hours;
    match (even_step(hours, 24), minute, stretches(hours.values).as_slice()) {
        _ if is_every(hours, 24) && minute == 0 => Some("every hour".to_owned()),
        (Some(step), 0, _) => Some(format!("every {step} hours")),
        (_, _, [(first, last)]) if last - first >= 2 && !is_every(hours, 24) => {
            Some(format!("every hour, {first:02}:{minute:02}–{last:02}:{minute:02}"))
        }
        _ => None,
    }
}

/// Returns the hours within which something happens more than once; `None` for the whole day.
fn during(hours: &Field) -> Option<String> {
    let stretches = stretches(hours.values);
    if is_every(hours, 24) {
        None
    } else if let Some(step) = even_step(hours, 24) {
        Some(format!("in every {} hour from 00:00", nth(step)))
    } else if stretches.len() <= 4 {
        let range = |(first, last): &(u32, u32)| format!("{first:02}:00–{last:02}:59");
        Some(joined(&stretches.iter().map(range).collect::<Vec<_>>()))
    } else {
        let hours: Vec<String> = hours.values.all().map(|hour| format!("{hour:02}")).collect();
        Some(format!("in the hours {}", joined(&hours)))
    }
}

/// Returns a step that comes round to where it began; only then it is a rhythm.
fn even_step(field: &Field, size: u32) -> Option<u32> {
    field.step.filter(|step| *step > 1 && *step < size && size.is_multiple_of(*step))
}

fn is_every(field: &Field, size: u32) -> bool {
    field.values.len() == size
}

/// Returns the only value.
fn single(field: &Field) -> Option<u32> {
    field.values.from(0).filter(|_| field.values.len() == 1)
}

/// Numbers that follow each other, first and last.
fn stretches(numbers: Numbers) -> Vec<(u32, u32)> {
    let mut stretches = Vec::new();
    let mut next = numbers.from(0);
    while let Some(first) = next {
        let last = (first..).take_while(|number| numbers.has(*number)).last().unwrap_or(first);
        stretches.push((first, last));
        next = numbers.from(last + 1);
    }
    stretches
}

/// `1, 3 and 5–9`: more than three in a row are a stretch.
fn list(numbers: Numbers) -> String {
    list_as(numbers, |number| number.to_string(), "–")
}

/// Lists numbers, each written by `word`, and more than three in a row as a stretch.
fn list_as(numbers: Numbers, word: fn(u32) -> String, to: &str) -> String {
    let parts = stretches(numbers).into_iter().flat_map(|(first, last)| match last - first {
        0..=2 => (first..=last).map(word).collect(),
        _ => vec![format!("{}{to}{}", word(first), word(last))],
    });
    joined(&parts.collect::<Vec<_>>())
}

/// `1 minute`, `0 and 40 minutes`.
fn count_of(numbers: Numbers, unit: &str) -> String {
    let plural = if numbers.from(0) == Some(1) && numbers.len() == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", list(numbers))
}

fn plural(numbers: Numbers) -> &'static str {
    if numbers.len() == 1 { "" } else { "s" }
}

/// `1st`, `2nd`, `3rd`, `4th` …
fn nth(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

#[cfg(test)]
mod tests;
