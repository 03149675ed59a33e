//! Signals: anything out of the ordinary about a run, whatever its status says: a run may succeed and have done nothing. Found by
//! facts, without a model. Knows no texts of tools or prompts, and not where the facts come from. Pure.

use super::failure::FailureCause;
use super::finish::Finish;
use super::normal::Normal;
use super::run::{AgentRun, RunStatus};
use super::wire::{FromWire, NOT_OF_TYPE, Unreadable};
use super::wire_enum::wire_enum;
use serde::{Serialize, Serializer};
use serde_json::Value;

mod words;

pub use self::words::SignalWords;

wire_enum! {
    /// One thing that is out of the ordinary. The order is that of the bits in the database: new ones come last.
    Signal {
        /// It called the same tool with the same arguments several times in succession.
        Looping = "looping",
        /// It took three times as long as its agent's runs usually do, or longer.
        Slow = "slow",
        /// It cost three times as much as its agent's runs usually do, or more.
        Expensive = "expensive",
        /// It ended without a word of an answer.
        EmptyAnswer = "empty_answer",
        /// An answer of its model was cut at the limit of output tokens.
        Cut = "cut",
        /// The model declined to answer, or its provider withheld the answer.
        Refused = "refused",
        /// A call of its model filled more than 90 % of the context window.
        ContextFull = "context_nearly_full",
        /// More than half of its calls of one tool failed.
        FailingTool = "failing_tool",
        /// The provider served it a model that it had not served the runs before, under the same name.
        OtherModel = "other_model",
    }
}

/// Share of the context window, in percent, above which it is nearly full.
const NEARLY_FULL: u64 = 90;

/// Signals of one run, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals(u16);

impl Signals {
    /// Returns the set that these bits stand for, one for each of [`Signal::ALL`] from the lowest on. `None` where one
    /// stands for nothing.
    pub fn of_bits(bits: i32) -> Option<Self> {
        u16::try_from(bits).ok().filter(|bits| bits >> Signal::ALL.len() == 0).map(Self)
    }

    pub fn bits(self) -> i32 {
        self.0.into()
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn has(self, signal: Signal) -> bool {
        self.0 & (1 << signal as u16) != 0
    }

    /// Returns the set with this one, if it is so.
    #[must_use]
    pub fn with(self, signal: Signal, is_so: bool) -> Self {
        Self(self.0 | u16::from(is_so) << signal as u16)
    }

    /// Returns the set without those of another.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns all that are in either.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns them in the order of [`Signal::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        Signal::ALL.iter().copied().filter(move |signal| self.has(*signal))
    }

    /// Returns what a call of a model shows by itself: why it ended, and how many tokens it had, sent and written, of how
    /// many its model takes at a time; `None` where that is not known.
    pub fn of_call(finish: Option<Finish>, tokens: Option<i64>, window: Option<u64>) -> Self {
        let share = tokens.and_then(|tokens| u64::try_from(tokens).ok()).zip(window.filter(|window| *window > 0));
        let is_full = share
            .is_some_and(|(tokens, window)| u128::from(tokens) * 100 > u128::from(window) * u128::from(NEARLY_FULL));
        Self::default()
            .with(Signal::Cut, finish == Some(Finish::Length))
            .with(Signal::ContextFull, is_full || finish == Some(Finish::Context))
    }

    /// Returns what calls of tools show: of each tool how many calls were made, and how many of these failed.
    pub fn of_tools(tools: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let is_failing = tools.into_iter().any(|(calls, failed)| failed > calls / 2);
        Self::default().with(Signal::FailingTool, is_failing)
    }

    /// Returns what the cause of a failure says.
    pub fn of_cause(cause: Option<FailureCause>) -> Self {
        use FailureCause::{ContextFull, Declined, EmptyAnswer, Filtered, Loop, OutputLimit};
        let none = Self::default();
        match cause {
            Some(Loop) => none.with(Signal::Looping, true),
            Some(EmptyAnswer) => none.with(Signal::EmptyAnswer, true),
            Some(OutputLimit) => none.with(Signal::EmptyAnswer, true).with(Signal::Cut, true),
            Some(Declined | Filtered) => none.with(Signal::Refused, true),
            Some(ContextFull) => none.with(Signal::ContextFull, true),
            _ => none,
        }
    }

    /// Returns what the end of a run shows that has said this.
    pub fn of_end(run: &AgentRun, said: &str) -> Self {
        let is_blank = run.status == RunStatus::Success && said.trim().is_empty();
        Self::of_cause(run.failure_cause).with(Signal::EmptyAnswer, is_blank)
    }

    /// Returns what a comparison of a run that is over with its agent's earlier runs shows.
    pub fn of_comparison(run: &AgentRun, earlier: &Earlier, served: Option<&str>) -> Self {
        let is_slow =
            earlier.normal.zip(run.duration_ms).is_some_and(|(normal, ms)| normal.times_as_long(ms).is_some());
        let cost = earlier.normal.zip(run.usage.total_cost);
        let is_other =
            served.is_some_and(|now| !earlier.served.is_empty() && earlier.served.iter().all(|before| before != now));
        Self::default()
            .with(Signal::Slow, is_slow)
            .with(Signal::Expensive, cost.is_some_and(|(normal, cost)| normal.times_the_cost(cost).is_some()))
            .with(Signal::OtherModel, is_other)
    }
}

/// The runs before, with which a run is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    pub normal: Option<Normal>,
    /// The models that its agent's latest successful runs were served when they asked for the same, as the provider
    /// calls them; up to [`LATEST`](super::normal::LATEST). A name that stands for several models is no news each time.
    pub served: Vec<String>,
}

/// As words in a list.
impl Serialize for Signals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl FromWire for Signals {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        let Value::Array(words) = value else { return Err(NOT_OF_TYPE) };
        let mut all = Self::default();
        for word in &words {
            all = all.with(word.as_str().and_then(Signal::parse).ok_or(NOT_OF_TYPE)?, true);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests;
