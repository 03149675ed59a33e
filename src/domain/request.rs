//! The request for a run: input, variables, tags, metadata, and settings in place of its agent's. Knows the
//! bounds of each value and how it is read from JSON; not the agent it is for, nor the clock.

mod changes;
mod json;
mod rules;

pub use self::changes::RequestChange;
pub use self::json::{Field, RunPatch};

use super::hook::RunHook;
use super::money::NanoDollars;
use super::priority::Priority;
use super::task::INPUT;
use super::time::Timestamp;
use super::wire::{FromWire, NOT_OF_TYPE, Unreadable};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Longest input, in bytes of UTF-8.
pub const MAX_INPUT: usize = 256 * 1024;
/// How many variables there are at most.
pub const MAX_VARIABLES: usize = 50;
/// Longest variables, names and values together, in bytes of UTF-8.
pub const MAX_VARIABLE_BYTES: usize = 16 * 1024;
/// Longest metadata, in bytes of its JSON.
pub const MAX_METADATA: usize = 4 * 1024;
/// Longest name of a metadata value, in characters.
pub const MAX_KEY: usize = 64;
/// Longest note on what triggered a run, in characters.
pub const MAX_NOTE: usize = 200;
/// How far ahead a run may be put off, in milliseconds: a year, a leap day included.
pub const MAX_WAIT_MS: i64 = 366 * 24 * 3_600_000;
/// How much of an input lists show, in characters.
pub const PREVIEW: usize = 200;

/// Values by the names that stand for them in instructions.
pub type Variables = BTreeMap<String, String>;
/// Facts of whoever starts a run, which Runboard keeps and shows. In the order of their names, in the browser too.
pub type Metadata = BTreeMap<String, Scalar>;

/// A value of metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Flag(bool),
    Number(Number),
    Text(String),
}

impl Scalar {
    /// Reads one that somebody writes; `None` for null, a list or an object, and for a number so large that its last digits
    /// are lost.
    pub fn of(value: Value) -> Option<Self> {
        Self::stored(value).filter(Self::keeps_digits)
    }

    /// Reads one that was taken before, whatever number it is.
    pub fn stored(value: Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Flag(flag)),
            Value::Number(number) => Some(Self::Number(number)),
            Value::String(text) => Some(Self::Text(text)),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Reads what somebody types: true, false and numbers that are shown as they were typed. All else is text.
    pub fn typed(text: &str) -> Self {
        match text.parse().ok().and_then(Self::of) {
            Some(scalar @ (Self::Flag(_) | Self::Number(_))) if scalar.to_string() == text => scalar,
            _ => Self::Text(text.to_owned()),
        }
    }

    /// Whether it is no number so large that its last digits are lost.
    pub fn keeps_digits(&self) -> bool {
        let Self::Number(number) = self else { return true };
        let is_small = number.as_f64().is_some_and(|size| size.abs() < LARGE);
        number.is_i64() || number.is_u64() || is_small
    }
}

/// Whole numbers from here on have neighbours that are more than 1 apart as floating-point numbers: 2^53.
pub const LARGE: f64 = 9_007_199_254_740_992.0;

/// The values of metadata, in words.
pub(super) const SCALAR: &str = "text, a number (whole ones from -2^63 to 2^64-1, others below 2^53), true or false";

impl FromWire for Scalar {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        Self::stored(value).ok_or(NOT_OF_TYPE)
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// A request to start a run. Its default is a run as its agent is set, which is given nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromWire)]
#[serde(default, deny_unknown_fields)]
pub struct RunRequest {
    /// Text of at most 256 KiB.
    pub input: Option<String>,
    /// At most 50, together 16 KiB.
    pub variables: Variables,
    /// At most 10, of 1 to 64 characters.
    pub tags: Vec<String>,
    /// At most 4 KiB of JSON.
    pub metadata: Metadata,
    /// `provider/model`, in place of the agent's.
    pub model: Option<String>,
    /// US dollars that it may cost, in place of the agent's limit.
    pub run_budget_usd: Option<NanoDollars>,
    /// Tokens that it may use, in place of the agent's limit.
    pub run_budget_tokens: Option<i64>,
    /// It does not begin earlier.
    pub not_before: Option<Timestamp>,
    /// Its trigger, in the words of whoever pulled it; at most 200 characters.
    pub trigger_note: Option<String>,
    pub priority: Priority,
}

impl RunRequest {
    /// Returns the value that a name in instructions stands for.
    pub fn value(&self, name: &str) -> Option<&str> {
        match name {
            INPUT => self.input.as_deref(),
            name => self.variables.get(name).map(String::as_str),
        }
    }

    /// Whether it gives the instructions nothing.
    pub fn is_silent(&self) -> bool {
        self.input.is_none() && self.variables.is_empty()
    }

    /// Whether it asks for another model or other limits than the agent's.
    pub fn overrides(&self) -> bool {
        self.model.is_some() || self.run_budget_usd.is_some() || self.run_budget_tokens.is_some()
    }

    /// Whether instructions make the same of both.
    pub fn gives_the_same(&self, other: &Self) -> bool {
        (&self.input, &self.variables) == (&other.input, &other.variables)
    }

    /// Returns the same for a run that repeats one which was started with this: that it was put off is over.
    #[must_use]
    pub fn again(self) -> Self {
        Self { not_before: None, ..self }
    }

    /// Returns the beginning of its input, as lists show it.
    pub fn preview(&self) -> Option<String> {
        self.input.as_ref().map(|input| input.chars().take(PREVIEW).collect())
    }
}

/// The request of a run as every form of the run carries it, with only the beginning of its input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct RunBrief {
    /// The first 200 characters of its input; null where it was given none.
    pub input_preview: Option<String>,
    pub tags: Vec<String>,
    pub metadata: Metadata,
    /// It does not begin earlier; null where it begins as soon as it can.
    pub not_before: Option<Timestamp>,
    /// Its trigger, in the words of whoever pulled it.
    pub trigger_note: Option<String>,
    /// The webhook that it came through; null where it came through none.
    pub hook: Option<RunHook>,
    /// Whether its model is its own, rather than its agent's of that time.
    pub model_overridden: bool,
    /// US dollars that it may cost, where that is its own limit.
    pub run_budget_usd: Option<NanoDollars>,
    /// Tokens that it may use, where that is its own limit.
    pub run_budget_tokens: Option<i64>,
    #[serde(default)]
    pub priority: Priority,
}

impl RunBrief {
    /// Returns when it begins, if it is put off until then.
    pub fn waits_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.not_before.filter(|at| *at > now)
    }
}

/// The input of a run, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct RunInput {
    /// Null where it was given none.
    pub input: Option<String>,
    pub variables: Variables,
}

/// An input that an agent was given before.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct PastInput {
    /// The newest run that was given it.
    pub run_id: super::id::RunId,
    pub input_preview: Option<String>,
    pub variables: Variables,
    pub tags: Vec<String>,
    pub status: super::run::RunStatus,
    pub queued_at: Timestamp,
    /// Null where it is not known.
    #[serde(rename = "total_cost_usd")]
    pub total_cost: Option<NanoDollars>,
}

#[cfg(test)]
mod tests;
