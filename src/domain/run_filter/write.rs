//! How a filter is written as a query.

use super::{METADATA, RunFilter, ThroughHook, Within};
use std::fmt;

/// As it is read.
impl fmt::Display for ThroughHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::None => f.write_str("!any"),
            Self::These(choice) => choice.fmt(f),
        }
    }
}

impl RunFilter {
    /// Returns the names of the filters with their values, in the order of [`NAMES`](super::NAMES).
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut put = |name: &str, value: Option<String>| pairs.extend(value.map(|value| (name.to_owned(), value)));
        put("agent", self.agent.as_ref().map(ToString::to_string));
        put("agent_tag", self.agent_tag.as_ref().map(ToString::to_string));
        put("status", self.status.as_ref().map(ToString::to_string));
        put("failure_kind", self.failure_kind.as_ref().map(ToString::to_string));
        put("trigger", self.trigger.as_ref().map(ToString::to_string));
        put("hook", self.hook.as_ref().map(ToString::to_string));
        put("model", self.model.as_ref().map(ToString::to_string));
        put("version", self.version.as_ref().map(ToString::to_string));
        put("tag", self.tag.as_ref().map(ToString::to_string));
        for (key, choice) in &self.metadata {
            put(&format!("{METADATA}{key}"), Some(choice.to_string()));
        }
        match self.within {
            Within::Always => {}
            Within::Last(period) => put("period", Some(period.to_string())),
            Within::Range { from, to } => {
                put("from", from.map(|from| from.to_string()));
                put("to", to.map(|to| to.to_string()));
            }
        }
        put("min_duration_s", self.min_duration_s.map(|seconds| seconds.to_string()));
        put("min_cost_usd", self.min_cost.map(|cost| cost.decimal()));
        put("retried", self.retried.map(|retried| retried.to_string()));
        put("signal", self.signal.as_ref().map(ToString::to_string));
        put("q", self.q.clone());
        pairs
    }

    /// Returns it as the query of an address, without a question mark; empty where nothing is left out.
    pub fn to_query(&self) -> String {
        let pair = |(name, value): &(String, String)| format!("{}={}", encoded(name), encoded(value));
        self.pairs().iter().map(pair).collect::<Vec<_>>().join("&")
    }
}

/// Encodes a part of a query, leaving what a query may have as people write it.
fn encoded(text: &str) -> String {
    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    [("%2C", ","), ("%21", "!"), ("%3A", ":"), ("%2F", "/")]
        .iter()
        .fold(text, |text, (code, sign)| text.replace(code, sign))
}
