//! Figures of the runs that ended within a time, grouped and by hour or day: what `GET /api/stats` and the pages made of it say.
//! Knows neither how they are read nor how they are drawn.

use super::id::AgentId;
use super::money::NanoDollars;
use super::run::Trigger;
use super::summary::Durations;
use super::time::Timestamp;
use super::wire_enum::wire_enum;
use serde::Serialize;

wire_enum! {
    /// What runs are grouped by.
    By {
        Agent = "agent",
        /// `provider/model`, as it was when a run was accepted.
        Model = "model",
        /// Tags of the agents, as these are now. An agent counts in each of its tags.
        Tag = "tag",
        Trigger = "trigger",
        /// Versions of each agent.
        Version = "version",
    }
}

wire_enum! {
    /// The times into which a longer one is cut.
    Bucket {
        Hour = "hour",
        Day = "day",
    }
}

/// Sums over runs that are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct RunFigures {
    /// Those that ended after they had begun.
    pub runs: i64,
    pub succeeded: i64,
    pub failed: i64,
    pub failed_by_kind: FailureCounts,
    pub cancelled: i64,
    pub skipped: i64,
    /// success / (success + failed), 0 to 1; null without such runs.
    pub success_rate: Option<f64>,
    pub prompt_tokens: i64,
    pub cached_tokens: i64,
    pub completion_tokens: i64,
    pub reasoning_tokens: i64,
    pub total_tokens: i64,
    /// US dollars, as far as they are known; null where none are.
    #[serde(rename = "total_cost_usd")]
    pub cost: Option<NanoDollars>,
    /// Runs whose cost is not known as a whole.
    pub unpriced_runs: i64,
    /// How long successes and failures took; null without any.
    pub duration: Option<Durations>,
}

impl RunFigures {
    /// Returns what is known to have been spent: nothing where all costs are known and there is none. `None` where no cost is
    /// known and one should be.
    pub fn known_cost(&self) -> Option<NanoDollars> {
        self.cost.or_else(|| (self.unpriced_runs == 0).then(NanoDollars::default))
    }
}

/// Failures by their kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FailureCounts {
    pub error: i64,
    pub timeout: i64,
    pub interrupted: i64,
    pub budget: i64,
}

/// What the runs of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum GroupKey {
    Agent {
        agent_id: AgentId,
        agent_name: String,
    },
    Model {
        model: String,
    },
    /// Null for agents without a tag.
    Tag {
        tag: Option<String>,
    },
    Trigger {
        trigger: Trigger,
    },
    /// Null where it is not known.
    Version {
        agent_id: AgentId,
        agent_name: String,
        version: Option<i64>,
    },
    All {},
}

/// Whole hours of the clock, from the first instant on and before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// Figures of one span.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SpanFigures {
    #[serde(flatten)]
    pub span: Span,
    #[serde(flatten)]
    pub figures: RunFigures,
}

/// Figures of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    #[serde(flatten)]
    pub key: GroupKey,
    /// Of the whole time.
    #[serde(flatten)]
    pub figures: RunFigures,
    /// By hour or day, where that was asked for: each one is there, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<SpanFigures>,
}
