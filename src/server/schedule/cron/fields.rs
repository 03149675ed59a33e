//! The fields of a cron text, item by item, so that an error can say which of them is wrong.

use super::super::error::ScheduleError;
use super::{Cron, Days, Field, Numbers};

/// A field's name, the numbers it takes, and the words that stand for some of them.
struct Kind {
    name: &'static str,
    takes: &'static str,
    least: u32,
    most: u32,
    /// Beginning with that of the least number.
    words: &'static [&'static str],
}

const SECOND: Kind =
    Kind { name: "Second", takes: "0–59, e.g. 5, 1-5, 1,15 or */10", least: 0, most: 59, words: &[] };
const MINUTE: Kind = Kind { name: "Minute", ..SECOND };
const HOUR: Kind = Kind { name: "Hour", takes: "0–23, e.g. 9, 9-17, 6,18 or */2", least: 0, most: 23, words: &[] };
const DAY: Kind = Kind {
    name: "Day of the month",
    takes: "1–31, e.g. 1, 1-7, 1,15, */2, L (the last), LW (the last weekday) or 15W (the weekday nearest the 15th)",
    least: 1,
    most: 31,
    words: &[],
};
const MONTH: Kind = Kind {
    name: "Month",
    takes: "1–12 or JAN–DEC, e.g. 1-6, 1,7 or */3",
    least: 1,
    most: 12,
    words: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const WEEKDAY: Kind = Kind {
    name: "Weekday",
    takes: "0–7 (0 and 7 are Sunday) or SUN–SAT, e.g. 1-5, MON,FRI, 5#2 (the second Friday) or 5L (the last Friday)",
    least: 0,
    most: 7,
    words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

/// Reads 5 fields, or 6 with seconds first.
///
/// # Errors
/// Which item does not fit which field, and what would.
pub(super) fn parse(cron: &str) -> Result<Cron, ScheduleError> {
    let texts: Vec<&str> = cron.split_whitespace().collect();
    let of = texts.len();
    let (seconds, rest) = match texts.as_slice() {
        [seconds, rest @ ..] if of == 6 => (*seconds, rest),
        rest if of == 5 => ("0", rest),
        _ => return Err(ScheduleError::FieldCount(of)),
    };
    let [minutes, hours, days, months, weekdays] = rest else { return Err(ScheduleError::FieldCount(of)) };
    let wrong = |kind: &Kind, place: usize| {
        let (name, takes) = (kind.name, kind.takes);
        move |item: &str| ScheduleError::Field { item: item.to_owned(), name, place, takes }
    };
    let first = of - 5;
    let field = |kind: &Kind, text: &str, place: usize| numbers(kind, text).map_err(|item| wrong(kind, place)(item));
    let seconds = field(&SECOND, seconds, 1)?;
    let minutes = field(&MINUTE, minutes, first + 1)?;
    let hours = field(&HOUR, hours, first + 2)?;
    let mut named = Days::default();
    days_of_month(days, &mut named).map_err(|item| wrong(&DAY, first + 3)(item))?;
    let months = field(&MONTH, months, first + 4)?;
    days_of_week(weekdays, &mut named).map_err(|item| wrong(&WEEKDAY, first + 5)(item))?;
    Ok(Cron { seconds, minutes, hours, months, days: named })
}

/// See [`Cron::step_too_wide`]. Of a text that can be read.
pub(super) fn step_too_wide(cron: &str) -> Option<ScheduleError> {
    let texts: Vec<&str> = cron.split_whitespace().collect();
    let kinds = [&SECOND, &MINUTE, &HOUR, &DAY, &MONTH, &WEEKDAY];
    let kinds = kinds.get(kinds.len().checked_sub(texts.len())?..)?;
    kinds.iter().zip(texts).enumerate().find_map(|(at, (kind, text))| {
        let item = text.split(',').find(|item| is_too_wide(kind, item))?;
        Some(ScheduleError::Field { item: item.to_owned(), name: kind.name, place: at + 1, takes: kind.takes })
    })
}

fn is_too_wide(kind: &Kind, item: &str) -> bool {
    // Sunday is two numbers and one day.
    let values = if kind.most == WEEKDAY.most { 7 } else { kind.most - kind.least + 1 };
    item.split_once('/').and_then(|(_, step)| digits(step)).is_some_and(|step| step > values)
}

/// Returns a field of numbers; the error is the item that does not fit.
fn numbers<'a>(kind: &Kind, text: &'a str) -> Result<Field, &'a str> {
    let mut field = Field::default();
    for item in text.split(',') {
        range(kind, item, &mut field.values).ok_or(item)?;
    }
    field.step = text.strip_prefix("*/").and_then(|step| step.parse().ok());
    Ok(field)
}

fn days_of_month<'a>(text: &'a str, days: &mut Days) -> Result<(), &'a str> {
    days.any_number = matches!(text, "*" | "?");
    for item in text.split(',') {
        match item.to_ascii_uppercase().as_str() {
            "L" => days.last = true,
            "LW" => days.last_weekday = true,
            upper => match upper.strip_suffix('W') {
                Some(day) => days.near.insert(number(&DAY, day).ok_or(item)?),
                None => range(&DAY, any(item), &mut days.numbers).ok_or(item)?,
            },
        }
    }
    Ok(())
}

fn days_of_week<'a>(text: &'a str, days: &mut Days) -> Result<(), &'a str> {
    days.any_weekday = matches!(text, "*" | "?");
    // As some write it who want both fields to name the day.
    let text = match text.strip_prefix('+') {
        Some(rest) => {
            days.both = true;
            rest
        }
        None => text,
    };
    for item in text.split(',') {
        let upper = item.to_ascii_uppercase();
        let (which, chosen): (&str, &mut Numbers) = if let Some((which, nth)) = upper.split_once('#') {
            match nth {
                "L" => (which, &mut days.last_of),
                nth => {
                    let nth = nth.parse::<usize>().ok().and_then(|nth| nth.checked_sub(1)).ok_or(item)?;
                    (which, days.nth.get_mut(nth).ok_or(item)?)
                }
            }
        } else if let Some(which) = upper.strip_suffix('L') {
            (which, &mut days.last_of)
        } else {
            (any(&upper), &mut days.weekdays)
        };
        range(&WEEKDAY, which, chosen).ok_or(item)?;
        // Sunday is 0 and 7.
        chosen.0 = (chosen.0 | (chosen.0 >> 7 & 1)) & 0x7f;
    }
    Ok(())
}

/// `?` is how some write that any day will do.
fn any(item: &str) -> &str {
    if item == "?" { "*" } else { item }
}

/// Returns an item of numbers: one, a range, or every so many of all or of a range. `None` if it does not fit.
fn range(kind: &Kind, item: &str, numbers: &mut Numbers) -> Option<()> {
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, Some(digits(step).filter(|step| *step > 0)?)),
        None => (item, None),
    };
    let (from, to) = match range.split_once('-') {
        _ if range == "*" => (kind.least, kind.most),
        // A week that is written as a range may end with its Sunday.
        Some((from, to)) if to.eq_ignore_ascii_case("SUN") && kind.words.contains(&"SUN") => (number(kind, from)?, 7),
        Some((from, to)) => (number(kind, from)?, number(kind, to)?),
        // "5/15" may mean from 5 on, or 5 alone.
        None if step.is_some() => return None,
        None => number(kind, range).map(|number| (number, number))?,
    };
    if from > to {
        return None;
    }
    (from..=to).step_by(step.unwrap_or(1) as usize).for_each(|number| numbers.insert(number));
    Some(())
}

fn number(kind: &Kind, text: &str) -> Option<u32> {
    let word = kind.words.iter().zip(kind.least..).find(|(word, _)| word.eq_ignore_ascii_case(text));
    let number = word.map(|(_, number)| number).or_else(|| digits(text))?;
    (kind.least..=kind.most).contains(&number).then_some(number)
}

/// Returns a number of digits alone: no sign.
fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}
