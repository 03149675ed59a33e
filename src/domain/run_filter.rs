//! Which runs a list has, as the address of its page and a program's request say it: by the same names. Knows names, words
//! and bounds of the filters; not how runs are found, nor what time it is.

mod choice;
pub mod form;
pub mod found;
mod read;
mod write;

pub use self::choice::Choice;

use super::failure::FailureKind;
use super::id::{AgentId, HookId};
use super::money::NanoDollars;
use super::run::{RunStatus, Trigger};
use super::signal::Signal;
use super::time::Timestamp;
use super::wire_enum::wire_enum;
use std::collections::BTreeMap;

/// Names of the filters, in the order in which they are written. [`METADATA`] is followed by a key.
pub const NAMES: [&str; 18] = [
    "agent",
    "agent_tag",
    "status",
    "failure_kind",
    "trigger",
    "hook",
    "model",
    "version",
    "tag",
    "metadata.",
    "period",
    "from",
    "to",
    "min_duration_s",
    "min_cost_usd",
    "retried",
    "signal",
    "q",
];

/// Beginning of the names of filters by metadata; the rest is the key.
pub const METADATA: &str = "metadata.";

/// How many keys of metadata a filter may name.
pub const MAX_KEYS: usize = 5;

/// How many values one filter may have.
pub const MAX_VALUES: usize = 50;

/// Longest value, and longest search, in characters.
pub const MAX_TEXT: usize = 200;

/// How many words a search may have.
pub const MAX_WORDS: usize = 20;

/// Longest duration that can be asked for, in seconds: a year.
pub const MAX_DURATION_S: i64 = 366 * 24 * 3_600;

wire_enum! {
    /// A time that ends now.
    Period {
        Hour = "1h",
        Day = "24h",
        Week = "7d",
        Month = "30d",
    }
}

impl Period {
    /// Returns its length in milliseconds.
    pub fn ms(self) -> i64 {
        let hours = match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        };
        hours * 3_600_000
    }
}

/// When runs were accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    #[default]
    Always,
    Last(Period),
    /// From the first instant on, and before the second, which is later; one of both at least.
    Range {
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    },
}

impl Within {
    /// Returns the bounds of `queued_at` as of `now`: the first that counts, and the first that no longer does.
    pub fn bounds(self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        match self {
            Self::Always => (None, None),
            Self::Last(period) => (Some(Timestamp::from_ms(now.ms() - period.ms())), None),
            Self::Range { from, to } => (from, to),
        }
    }
}

/// The webhooks that runs came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThroughHook {
    /// Through some webhook: `any`.
    Any,
    /// Through none: `!any`.
    None,
    These(Choice<HookId>),
}

/// The conditions that narrow a list of runs. The default narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    pub agent: Option<Choice<AgentId>>,
    /// Tags of their agents, as these are now.
    pub agent_tag: Option<Choice<String>>,
    pub status: Option<Choice<RunStatus>>,
    /// Runs that did not fail have none.
    pub failure_kind: Option<Choice<FailureKind>>,
    pub trigger: Option<Choice<Trigger>>,
    pub hook: Option<ThroughHook>,
    /// `provider/model`, as it was when the run was accepted.
    pub model: Option<Choice<String>>,
    pub version: Option<Choice<i64>>,
    pub tag: Option<Choice<String>>,
    /// Values, as text, by their keys. A run without the key has none.
    pub metadata: BTreeMap<String, Choice<String>>,
    pub within: Within,
    /// Whole seconds that a run took or, while it is running, has taken so far.
    pub min_duration_s: Option<i64>,
    /// Known costs alone count.
    pub min_cost: Option<NanoDollars>,
    /// Whether another run repeats it.
    pub retried: Option<bool>,
    /// Runs that have one of these signals, or none of them.
    pub signal: Option<Choice<Signal>>,
    /// `#12`, the run of that number; or words, all of which the run has in its input, its error, what its model wrote or its tools
    /// were given and returned: `word`, `"some words"` one after the other, or `begin*`. A number by itself is both.
    pub q: Option<String>,
}

impl RunFilter {
    /// Returns the same without the filter of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        match name {
            "agent" => self.agent = None,
            "agent_tag" => self.agent_tag = None,
            "status" => self.status = None,
            "failure_kind" => self.failure_kind = None,
            "trigger" => self.trigger = None,
            "hook" => self.hook = None,
            "model" => self.model = None,
            "version" => self.version = None,
            "tag" => self.tag = None,
            "period" | "from" | "to" => self.within = Within::Always,
            "min_duration_s" => self.min_duration_s = None,
            "min_cost_usd" => self.min_cost = None,
            "retried" => self.retried = None,
            "signal" => self.signal = None,
            "q" => self.q = None,
            name => self.metadata.retain(|key, _| name.strip_prefix(METADATA) != Some(key)),
        }
        self
    }

    /// Returns the statuses that a run may have.
    pub fn statuses(&self) -> Vec<RunStatus> {
        let by_status = |status: &RunStatus| self.status.as_ref().is_none_or(|choice| choice.has(status));
        // Only what failed has a kind of failure.
        let has_kind = self.failure_kind.as_ref().is_some_and(|choice| !choice.negated);
        let by_kind = |status: &RunStatus| !has_kind || *status == RunStatus::Failed;
        RunStatus::ALL.iter().copied().filter(|status| by_status(status) && by_kind(status)).collect()
    }
}

#[cfg(test)]
mod tests;
