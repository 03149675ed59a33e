//! The days and months of a schedule in plain English.

use super::super::cron::{Days, Field, Numbers};
use super::{is_every, joined, list_as, nth, stretches};

/// The week begins with Monday, so that its working days follow each other.
const WEEK: [(u32, &str); 7] =
    [(1, "Monday"), (2, "Tuesday"), (3, "Wednesday"), (4, "Thursday"), (5, "Friday"), (6, "Saturday"), (0, "Sunday")];
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

/// `on the 1st of the month and every Monday`, `Monday to Friday`; `None` where every day will do.
pub(super) fn of(days: &Days) -> Option<String> {
    let number = (!days.any_number).then(|| by_number(days));
    let has_weekday = !days.any_weekday && (days.weekdays.len() < 7 || number.is_some());
    match (number, has_weekday) {
        (None, false) => None,
        (Some(number), false) => Some(format!("on {number}")),
        (None, true) => Some(by_weekday(days)),
        (Some(number), true) if days.both => Some(format!("on {number}, if that is {}", either(days))),
        (Some(number), true) => Some(format!("on {number} and {}", joined(&weekdays(days, "every ")))),
    }
}

/// `in January and July`, `January to March`; `None` where every month will do.
pub(super) fn months(months: &Field) -> Option<String> {
    let name = |month: u32| MONTHS.get(month as usize - 1).copied().unwrap_or_default().to_owned();
    match stretches(months.values).as_slice() {
        _ if is_every(months, 12) => None,
        [(first, last)] if last - first >= 2 => Some(format!("{} to {}", name(*first), name(*last))),
        _ => Some(format!("in {}", joined(&months.values.all().map(name).collect::<Vec<_>>()))),
    }
}

fn by_number(days: &Days) -> String {
    let mut parts = Vec::new();
    if !days.numbers.is_empty() {
        parts.push(format!("the {} of the month", list_as(days.numbers, nth, " to ")));
    }
    if days.last {
        parts.push("the last day of the month".to_owned());
    }
    if days.last_weekday {
        parts.push("the last weekday (Monday to Friday) of the month".to_owned());
    }
    if !days.near.is_empty() {
        let near: Vec<String> = days.near.all().map(nth).collect();
        parts.push(format!("the weekday (Monday to Friday) nearest the {}", joined(&near)));
    }
    joined(&parts)
}

fn by_weekday(days: &Days) -> String {
    match (stretch(days.weekdays), is_plain(days)) {
        (Some(stretch), true) => stretch,
        _ => format!("on {}", joined(&weekdays(days, ""))),
    }
}

/// Days of the week of which one will do.
fn either(days: &Days) -> String {
    let names = weekdays(days, "a ");
    names.join(" or ")
}

/// Whether they are days of every week.
fn is_plain(days: &Days) -> bool {
    days.last_of.is_empty() && days.nth.iter().all(|numbers| numbers.is_empty())
}

/// Returns each that is named, days of every week with `every` before them.
fn weekdays(days: &Days, every: &str) -> Vec<String> {
    let mut parts = Vec::new();
    if !days.last_of.is_empty() {
        parts.push(format!("the last {} of the month", joined(&names(days.last_of))));
    }
    for (ordinal, numbers) in (1..).map(nth).zip(days.nth) {
        if !numbers.is_empty() {
            parts.push(format!("the {ordinal} {} of the month", joined(&names(numbers))));
        }
    }
    parts.extend(names(days.weekdays).into_iter().map(|name| format!("{every}{name}")));
    parts
}

fn names(days: Numbers) -> Vec<String> {
    WEEK.into_iter().filter(|(day, _)| days.has(*day)).map(|(_, name)| name.to_owned()).collect()
}

/// `Monday to Friday`: three days and more that follow each other.
fn stretch(days: Numbers) -> Option<String> {
    let places: Vec<usize> = (0..WEEK.len()).filter(|place| days.has(WEEK[*place].0)).collect();
    let (first, last) = (*places.first()?, *places.last()?);
    let follows = last - first + 1 == places.len() && places.len() >= 3;
    follows.then(|| format!("{} to {}", WEEK[first].1, WEEK[last].1))
}
