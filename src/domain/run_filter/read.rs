//! How a filter is read from the pairs of a query.

use super::{
    Choice, MAX_DURATION_S, MAX_KEYS, MAX_TEXT, MAX_WORDS, METADATA, NAMES, Period, RunFilter, ThroughHook, Within,
};
use crate::domain::failure::FailureKind;
use crate::domain::money::NanoDollars;
use crate::domain::request::MAX_KEY;
use crate::domain::rules::{NO_NUL, length};
use crate::domain::run::{RunStatus, Trigger};
use crate::domain::signal::Signal;
use crate::domain::time::Timestamp;
use crate::error::{AppError, FieldError, pointer_part};
use std::str::FromStr;

/// The two ends of a range, before it is known whether they go together.
#[derive(Default)]
struct Times {
    period: Option<Period>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl RunFilter {
    /// Reads the query of an address, without its question mark.
    ///
    /// # Errors
    /// `Invalid`, and names each filter that is unknown, there twice or wrong.
    pub fn from_query(query: &str) -> Result<Self, AppError> {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        Self::from_pairs(pairs.iter().map(|(name, value)| (&**name, &**value)))
    }

    /// Reads names with their values.
    ///
    /// # Errors
    /// `Invalid`, and names each filter that is unknown, there twice or wrong.
    pub fn from_pairs<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Result<Self, AppError> {
        let (mut filter, mut times) = (Self::default(), Times::default());
        let mut seen = Vec::new();
        let mut faults: Vec<(&str, String)> = Vec::new();
        for (name, value) in pairs {
            let taken = match seen.contains(&name) {
                true => Err("is there twice; separate values by commas.".to_owned()),
                false => filter.take(&mut times, name, value),
            };
            seen.push(name);
            faults.extend(taken.err().map(|fault| (name, fault)));
        }
        faults.extend(filter.take_times(&times).err().map(|(name, fault)| (name, fault.to_owned())));
        match faults.is_empty() {
            true => Ok(filter),
            false => Err(refusal(faults)),
        }
    }

    fn take(&mut self, times: &mut Times, name: &str, value: &str) -> Result<(), String> {
        match name {
            "agent" => self.agent = Some(numbers(value, "the id of an agent, a whole number")?),
            "agent_tag" => self.agent_tag = Some(Choice::parse_texts(value)?),
            "status" => self.status = Some(Choice::parse(value, RunStatus::parse, &one_of(RunStatus::ALL))?),
            "failure_kind" => {
                self.failure_kind = Some(Choice::parse(value, FailureKind::parse, &one_of(FailureKind::ALL))?);
            }
            "trigger" => self.trigger = Some(Choice::parse(value, Trigger::parse, &one_of(Trigger::ALL))?),
            "hook" => {
                self.hook = Some(match value {
                    "any" => ThroughHook::Any,
                    "!any" => ThroughHook::None,
                    ids => ThroughHook::These(numbers(ids, "the id of a webhook, a whole number, or any")?),
                });
            }
            "model" => self.model = Some(Choice::parse_texts(value)?),
            "version" => self.version = Some(numbers(value, "the number of a version")?),
            "tag" => self.tag = Some(Choice::parse_texts(value)?),
            "period" => {
                let period = Period::parse(value).ok_or_else(|| format!("{value:?} is not {}.", one_of(Period::ALL)));
                times.period = Some(period?);
            }
            "from" => times.from = Some(instant(value)?),
            "to" => times.to = Some(instant(value)?),
            "min_duration_s" => {
                let seconds = value.parse().ok().filter(|seconds| (1..=MAX_DURATION_S).contains(seconds));
                let fault = || format!("{value:?} is not a whole number of seconds from 1 to {MAX_DURATION_S}.");
                self.min_duration_s = Some(seconds.ok_or_else(fault)?);
            }
            "min_cost_usd" => {
                let amount = NanoDollars::from_decimal(value).filter(|amount| amount.0 > 0);
                self.min_cost =
                    Some(amount.ok_or_else(|| format!("{value:?} is not an amount of dollars, such as 0.05."))?);
            }
            "retried" => {
                self.retried = Some(match value {
                    "true" => true,
                    "false" => false,
                    _ => return Err(format!("{value:?} is not true or false.")),
                });
            }
            "signal" => self.signal = Some(Choice::parse(value, Signal::parse, &one_of(Signal::ALL))?),
            "q" => self.q = Some(search(value)?),
            name => match name.strip_prefix(METADATA) {
                Some(key) => self.take_metadata(key, value)?,
                None => return Err(format!("there is no such filter. There are {}.", names())),
            },
        }
        Ok(())
    }

    fn take_metadata(&mut self, key: &str, value: &str) -> Result<(), String> {
        if !(1..=MAX_KEY).contains(&length(key)) || key.contains('\0') {
            return Err(format!("a key has 1 to {MAX_KEY} characters."));
        }
        if self.metadata.len() == MAX_KEYS {
            return Err(format!("at most {MAX_KEYS} keys of metadata."));
        }
        self.metadata.insert(key.to_owned(), Choice::parse_texts(value)?);
        Ok(())
    }

    fn take_times(&mut self, times: &Times) -> Result<(), (&'static str, &'static str)> {
        self.within = match *times {
            Times { period: Some(_), from: Some(_), .. } | Times { period: Some(_), to: Some(_), .. } => {
                return Err(("period", "cannot be together with from or to."));
            }
            Times { period: Some(period), .. } => Within::Last(period),
            Times { from: Some(from), to: Some(to), .. } if from >= to => {
                return Err(("to", "must be later than from."));
            }
            Times { from: None, to: None, .. } => Within::Always,
            Times { from, to, .. } => Within::Range { from, to },
        };
        Ok(())
    }
}

/// Returns the error for filters that are wrong, each by its name.
fn refusal(faults: Vec<(&str, String)>) -> AppError {
    let detail: Vec<String> = faults.iter().map(|(name, fault)| format!("{name}: {fault}")).collect();
    let errors = faults.into_iter().map(|(name, fault)| FieldError::of(&pointer_part(name), fault)).collect();
    AppError { errors, ..AppError::invalid(detail.join(" ")) }
}

fn numbers<T: FromStr + PartialEq>(text: &str, expected: &str) -> Result<Choice<T>, String> {
    Choice::parse(text, |text| text.parse().ok(), expected)
}

/// Returns the words of an enum, after "is not".
fn one_of<T: ToString>(all: &[T]) -> String {
    format!("one of {}", all.iter().map(T::to_string).collect::<Vec<_>>().join(", "))
}

fn names() -> String {
    NAMES.join(", ").replace(METADATA, &format!("{METADATA}KEY"))
}

fn instant(text: &str) -> Result<Timestamp, String> {
    // In a query a plus sign that nobody has encoded is a blank.
    Timestamp::parse(&text.replace(' ', "+"))
        .ok_or_else(|| format!("{text:?} is not a time such as 2026-11-27T14:30:00Z (RFC 3339)."))
}

fn search(text: &str) -> Result<String, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match () {
        () if text.contains('\0') => Err(format!("{NO_NUL}.")),
        () if words.is_empty() => Err("is blank.".to_owned()),
        () if length(text) > MAX_TEXT => Err(format!("must be at most {MAX_TEXT} characters.")),
        () if words.len() > MAX_WORDS => Err(format!("must be at most {MAX_WORDS} words.")),
        () if !text.contains(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii()) => {
            Err("has no word or number to look for.".to_owned())
        }
        () if words.iter().any(|word| is_too_short(word)) => {
            Err("needs at least two characters before an asterisk.".to_owned())
        }
        () => Ok(words.join(" ")),
    }
}

/// Whether a word stands for too many that begin like it.
fn is_too_short(word: &str) -> bool {
    let last = |begin: &str| begin.rsplit(|c: char| !c.is_alphanumeric()).find(|part| !part.is_empty()).map(str::len);
    word.strip_suffix('*').is_some_and(|begin| last(begin) == Some(1))
}
