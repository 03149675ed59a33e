//! The tools that a run's model is offered, in the form in which they are recorded: the same set has the same digest, so that it
//! is kept once however many runs are offered it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Bytes of JSON up to which a set is recorded.
const MAX_SET: usize = 4 * 1024 * 1024;
/// Bytes of a digest.
pub const DIGEST: usize = 16;

/// A tool as a model is told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferedTool {
    pub name: String,
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Value,
}

/// All tools that a model is offered. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolOffer {
    pub digest: [u8; DIGEST],
    /// A list of [`OfferedTool`], in the order of their names.
    pub json: Arc<str>,
}

impl ToolOffer {
    /// Creates the offer of these tools; `None` where their JSON is longer than 4 MiB, which is not recorded. Takes some
    /// milliseconds for large schemas.
    pub fn of(mut tools: Vec<OfferedTool>) -> Option<Self> {
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        let json = serde_json::to_string(&tools).ok().filter(|json| json.len() <= MAX_SET)?;
        let mut digest = [0; DIGEST];
        digest.copy_from_slice(&Sha256::digest(json.as_bytes())[..DIGEST]);
        Some(Self { digest, json: json.into() })
    }

    /// Reads the JSON of an offer; `None` where it is not one.
    pub fn read(json: &str) -> Option<Vec<OfferedTool>> {
        serde_json::from_str(json).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tool(name: &str, parameters: Value) -> OfferedTool {
        OfferedTool { name: name.to_owned(), description: "Does it".to_owned(), parameters }
    }

    #[test]
    fn the_same_tools_have_the_same_digest_in_whichever_order_they_come() {
        let (a, b) = (tool("a", json!({})), tool("b", json!({ "type": "object" })));
        let offer = ToolOffer::of(vec![a.clone(), b.clone()]).unwrap();
        assert_eq!(ToolOffer::of(vec![b.clone(), a.clone()]).unwrap(), offer);
        assert_eq!(ToolOffer::read(&offer.json).unwrap(), [a.clone(), b]);
        let other = ToolOffer::of(vec![a, tool("b", json!({ "type": "array" }))]).unwrap();
        assert_ne!(other.digest, offer.digest);
    }

    #[test]
    fn a_set_that_is_too_long_is_not_recorded() {
        let long = "x".repeat(MAX_SET);
        assert_eq!(ToolOffer::of(vec![tool("a", json!(long))]), None);
    }
}
