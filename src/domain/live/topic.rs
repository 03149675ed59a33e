//! Names of what can be watched.

use crate::domain::id::{AgentId, RunId};
use crate::domain::wire::from_wire;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::{fmt, str::FromStr};

/// A topic to subscribe to: `agents`, `summary`, `hold`, `runs`, `agent:1` or `run:48213`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// The list of agents, compact.
    Agents,
    /// Figures of the last 24 hours.
    Summary,
    /// Whether everything is on hold.
    Hold,
    /// Which runs of all agents change.
    Runs,
    /// One agent with its newest runs.
    Agent(AgentId),
    /// One run with its steps.
    Run(RunId),
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agents => f.write_str("agents"),
            Self::Summary => f.write_str("summary"),
            Self::Hold => f.write_str("hold"),
            Self::Runs => f.write_str("runs"),
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Run(id) => write!(f, "run:{id}"),
        }
    }
}

impl Topic {
    /// Returns the topic of this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "agents" => Some(Self::Agents),
            None if text == "summary" => Some(Self::Summary),
            None if text == "hold" => Some(Self::Hold),
            None if text == "runs" => Some(Self::Runs),
            Some(("agent", id)) => id.parse().ok().map(Self::Agent),
            Some(("run", id)) => id.parse().ok().map(Self::Run),
            _ => None,
        }
    }
}

impl FromStr for Topic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| {
            format!("unknown topic {text:?}: use \"agents\", \"summary\", \"hold\", \"runs\", \"agent:{{id}}\" or \"run:{{id}}\"")
        })
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

from_wire! {
    Topic: Value::String(text) => Self::parse(&text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_read_back_as_written() {
        for topic in [
            Topic::Agents,
            Topic::Summary,
            Topic::Hold,
            Topic::Runs,
            Topic::Agent(AgentId(1)),
            Topic::Run(RunId(48_213)),
        ] {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
    }

    #[test]
    fn an_unknown_topic_is_named_with_what_would_do() {
        for bad in ["", "agent", "agent:", "agent:x", "runs:1", "run:1:2"] {
            let error = bad.parse::<Topic>().unwrap_err();
            assert!(error.contains("agent:{id}"), "{error}");
        }
    }
}
