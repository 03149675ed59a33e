//! Two runs compared: what differs, their steps side by side, and their answers by word. Run `a` is the one in question, `b` the
//! one that it is compared with; differences are how much more `a` has.

use super::runs::ListedRun;
use crate::domain::agent::version::{DiffPart, SettingDiff};
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::step::StepKind;
use crate::domain::time::Timestamp;
use crate::domain::wire::{FromWire, from_wire};
use crate::domain::wire_enum::wire_enum;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Nano-dollars in a dollar.
const NANO: f64 = 1e9;

wire_enum! {
    /// A fact that is compared.
    FactName {
        Agent = "agent",
        Version = "version",
        Model = "model",
        ServedModel = "served_model",
        Input = "input",
        Variables = "variables",
        Tools = "tools",
        Trigger = "trigger",
        Kind = "kind",
        Budget = "budget",
    }
}

/// A fact about both runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ComparedFact {
    pub name: FactName,
    /// Its name for people.
    pub label: String,
    /// The values as people read them, long ones shortened; null where a run has none or it is not known.
    pub a: Option<String>,
    pub b: Option<String>,
    /// Whether they differ; null where that is not known.
    pub differs: Option<bool>,
    /// What differs, in words; may be empty.
    pub note: String,
}

/// Two texts by word, in pieces. Those that are not in the other text are `changed`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct WordDiff {
    pub a: Vec<DiffPart>,
    pub b: Vec<DiffPart>,
    /// Words of `a` that are not in `b`.
    pub added: i64,
    /// Words of `b` that are not in `a`.
    pub removed: i64,
    /// How many of a hundred words are in both.
    pub same_percent: i64,
    /// Whether only the beginnings of the texts are compared, because they are long.
    pub cut: bool,
}

/// A variable that differs; null where a run was not given it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct VariableDiff {
    pub name: String,
    pub a: Option<String>,
    pub b: Option<String>,
}

/// How the tools differ that the models were offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct ToolsDiff {
    /// Names that only `a` was offered.
    pub added: Vec<String>,
    /// Names that only `b` was offered.
    pub removed: Vec<String>,
    /// Tools of the same name that are described otherwise or take other arguments.
    pub changed: Vec<ToolChange>,
}

/// A tool that both were offered, not in the same form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ToolChange {
    pub name: String,
    /// The differences, each in words: `takes a new argument, color`.
    pub says: Vec<String>,
}

/// A difference between two amounts of money, which may be negative. US dollars on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostChange(pub i64);

impl Serialize for CostChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / NANO)
    }
}

from_wire! {
    CostChange: Value::Number(usd) => usd.as_f64().map(|usd| Self((usd * NANO).round() as i64));
}

/// How much more `a` took than `b`; null where that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct Delta {
    /// Milliseconds.
    pub duration_ms: Option<i64>,
    pub tokens: Option<i64>,
    #[serde(rename = "cost_usd")]
    pub cost: Option<CostChange>,
}

/// The figures of a step, or of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct Figures {
    /// Milliseconds; null while it goes on.
    pub duration_ms: Option<i64>,
    /// Null of a tool call, and where nobody has counted them.
    pub tokens: Option<i64>,
    #[serde(rename = "cost_usd")]
    pub cost: Option<NanoDollars>,
}

impl Delta {
    /// Computes how much more `a` is than `b`. A step that one of them did not make took nothing there.
    pub fn of(a: Option<&Figures>, b: Option<&Figures>) -> Self {
        let less = |a: Option<i64>, b: Option<i64>| Some(a?.saturating_sub(b?));
        let figures = |side: Option<&Figures>, other: Option<&Figures>| {
            side.copied().unwrap_or_else(|| {
                let known = other.copied().unwrap_or_default();
                Figures {
                    duration_ms: known.duration_ms.map(|_| 0),
                    tokens: known.tokens.map(|_| 0),
                    cost: known.cost.map(|_| NanoDollars(0)),
                }
            })
        };
        let (a, b) = (figures(a, b), figures(b, a));
        Self {
            duration_ms: less(a.duration_ms, b.duration_ms),
            tokens: less(a.tokens, b.tokens),
            cost: less(a.cost.map(|cost| cost.0), b.cost.map(|cost| cost.0)).map(CostChange),
        }
    }
}

/// A step of one of the runs, beside that of the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct PairedStep {
    /// Its position in its run, from 1.
    pub position: i64,
    /// It is so many-th of its run's model calls, or calls of this tool, from 1.
    pub number: i64,
    /// Milliseconds from the start of the run to that of the step.
    pub offset_ms: i64,
    #[serde(flatten)]
    pub figures: Figures,
    /// The beginning of its error; null unless it failed.
    pub error: Option<String>,
}

wire_enum! {
    /// In what two aligned steps differ most.
    StepDifference {
        /// Only `a` has it.
        OnlyA = "only_a",
        /// Only `b` has it.
        OnlyB = "only_b",
        /// One failed and the other did not.
        Status = "status",
        /// The tool was given other arguments.
        Arguments = "arguments",
    }
}

/// A call of `a` and the same call of `b`, or a call that only one of them has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct StepPair {
    pub kind: StepKind,
    /// The tool's name; of a model call, the model of `a`, or of `b` where `a` has none.
    pub name: String,
    pub a: Option<PairedStep>,
    pub b: Option<PairedStep>,
    pub delta: Delta,
    /// Null where nothing of that differs, or it is not known.
    pub differs: Option<StepDifference>,
}

/// Two runs compared.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunComparison {
    pub server_now: Timestamp,
    pub a: ListedRun,
    pub b: ListedRun,
    /// Those that differ, and those that do not.
    pub facts: Vec<ComparedFact>,
    /// The settings of the two versions that differ, where both are on record: `before` is that of `b`.
    pub settings: Vec<SettingDiff>,
    /// The inputs by word; null where they do not differ.
    pub input: Option<WordDiff>,
    pub variables: Vec<VariableDiff>,
    /// Null where it is not known of one of the runs which tools it was offered.
    pub tools: Option<ToolsDiff>,
    /// All steps of both, aligned by call.
    pub steps: Vec<StepPair>,
    /// Pairs after these that the page leaves out.
    pub left_out: i64,
    /// Index in `steps` of the first that only one of them has made, or that failed in one only; null where there is none.
    pub forks_at: Option<i64>,
    /// Differences of the runs as wholes.
    pub delta: Delta,
    pub answers: WordDiff,
}

/// What has changed since the agent's last good run, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct SinceGood {
    /// The last good run.
    pub run: RunId,
    pub finished_at: Option<Timestamp>,
    pub changes: Vec<SinceChange>,
    /// Labels of what is not known of one of the runs.
    pub unknown: Vec<String>,
}

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct SinceChange {
    pub label: String,
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::from_json;

    #[test]
    fn a_difference_is_known_where_both_figures_are() {
        let figures = |ms, tokens, cost: Option<i64>| Figures { duration_ms: ms, tokens, cost: cost.map(NanoDollars) };
        let (now, then) = (figures(Some(5), None, Some(2)), figures(Some(7), Some(3), Some(9)));
        let delta = Delta::of(Some(&now), Some(&then));
        assert_eq!(delta, Delta { duration_ms: Some(-2), tokens: None, cost: Some(CostChange(-7)) });
        let alone = Delta::of(None, Some(&then));
        assert_eq!(alone, Delta { duration_ms: Some(-7), tokens: Some(-3), cost: Some(CostChange(-9)) });
        assert_eq!(Delta::of(Some(&now), None).tokens, None);
    }

    #[test]
    fn less_money_survives_the_wire() {
        let delta = Delta { duration_ms: None, tokens: Some(-1), cost: Some(CostChange(-3_000_000)) };
        let wire = serde_json::to_string(&delta).unwrap();
        assert_eq!(wire, r#"{"duration_ms":null,"tokens":-1,"cost_usd":-0.003}"#);
        assert_eq!(from_json::<Delta>(&wire).unwrap(), delta);
    }
}
