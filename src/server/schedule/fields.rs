//! The fields of a cron text, looked at one by one, so that an error can say which of them is wrong.

use super::error::ScheduleError;
use croner::Cron;
use std::str::FromStr;

/// What a field is called and what it takes.
struct Field {
    name: &'static str,
    takes: &'static str,
    words: &'static [&'static str],
}

const FIELDS: [Field; 6] = [
    Field { name: "second", takes: "0 to 59, 1-5, 1,15 or */10", words: &[] },
    Field { name: "minute", takes: "0 to 59, 1-5, 1,15 or */10", words: &[] },
    Field { name: "hour", takes: "0 to 23, 9-17, 6,18 or */2", words: &[] },
    Field { name: "day of the month", takes: "1 to 31, 1-7, 1,15, */2 or L for the last", words: &["L", "W", "LW"] },
    Field {
        name: "month",
        takes: "1 to 12, JAN to DEC, 1-6, 1,7 or */3",
        words: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    },
    Field {
        name: "weekday",
        takes: "0 to 7 (0 and 7 are Sunday), SUN to SAT, 1-5, MON,FRI or 5#2 for the second Friday",
        words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "L"],
    },
];

/// Checks that there are 5 or 6 fields and each item of their lists fits its field.
///
/// # Errors
/// Which item does not fit which field, and what would.
pub fn check(cron: &str) -> Result<(), ScheduleError> {
    let texts: Vec<&str> = cron.split_whitespace().collect();
    let of = texts.len();
    if !(5..=6).contains(&of) {
        return Err(ScheduleError::FieldCount(of));
    }
    for (n, text) in texts.into_iter().enumerate() {
        let index = n + FIELDS.len() - of;
        let Field { name, takes, .. } = FIELDS[index];
        if let Some(item) = text.split(',').find(|item| !fits(index, item)) {
            return Err(ScheduleError::Field { item: item.to_owned(), name, place: n + 1, of, takes });
        }
    }
    Ok(())
}

/// Whether an item is understood where it stands.
fn fits(index: usize, item: &str) -> bool {
    let words = item.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    // The parser replaces names wherever they stand; MON is no hour, and JAN no weekday.
    let known = |word: &str| FIELDS[index].words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if item.is_empty() || !words.into_iter().all(known) {
        return false;
    }
    let mut fields = ["*"; FIELDS.len()];
    fields[index] = item;
    Cron::from_str(&fields.join(" ")).is_ok()
}
