//! The tools a server offers, kept within bounds: what stands in them comes from outside and goes into every prompt.

use super::super::ToolSpec;
use super::super::text::head;
use super::name;
use crate::domain::tool::ToolInfo;
use rmcp::model::Tool;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::Arc;

/// Tools of one server.
const MAX_TOOLS: usize = 200;
/// A tool's description, in bytes.
const MAX_DESCRIPTION: usize = 4 * 1024;
/// A tool's schema as JSON, in bytes.
const MAX_SCHEMA: usize = 64 * 1024;

/// A tool as a server has offered it.
#[derive(Debug, PartialEq)]
pub(super) struct Offered {
    /// As the server calls it.
    pub(super) name: String,
    pub(super) spec: ToolSpec,
}

/// What a server offers, or has offered when it last could.
#[derive(Clone, Debug, Default)]
pub(super) struct Offer {
    pub(super) tools: Vec<Arc<Offered>>,
    /// What it offered earlier and does no longer: an agent that has picked it is told so.
    gone: Vec<Arc<Offered>>,
}

impl Offer {
    /// Takes in a new list.
    pub(super) fn renew(&mut self, server: &str, tools: Vec<Tool>) {
        let mut names = HashSet::new();
        let tools: Vec<Arc<Offered>> = tools
            .into_iter()
            .filter(|tool| names.insert(tool.name.clone()))
            .filter_map(|tool| offered(server, tool))
            .take(MAX_TOOLS)
            .collect();
        let earlier = std::mem::replace(&mut self.tools, tools).into_iter().chain(std::mem::take(&mut self.gone));
        let gone = earlier.filter(|tool| names.insert(tool.name.clone().into()));
        self.gone = gone.take(MAX_TOOLS).collect();
    }

    /// The tool of that name, also one that is gone.
    pub(super) fn known(&self, name: &str) -> Option<&Arc<Offered>> {
        self.tools.iter().chain(&self.gone).find(|tool| tool.name == name)
    }

    /// Whether the tool is offered now.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tools.iter().any(|tool| tool.name == name)
    }

    /// As people are told of it.
    pub(super) fn infos(&self) -> Vec<ToolInfo> {
        let info =
            |tool: &Arc<Offered>| ToolInfo { name: tool.name.clone(), description: tool.spec.description.clone() };
        self.tools.iter().map(info).collect()
    }
}

/// `None` for a schema that no model could take.
fn offered(server: &str, tool: Tool) -> Option<Arc<Offered>> {
    let parameters = schema((*tool.input_schema).clone());
    if parameters.to_string().len() > MAX_SCHEMA {
        tracing::warn!(server, tool = head(&tool.name, 128), "left out a tool: its schema is too large");
        return None;
    }
    let description = tool.description.as_deref().or(tool.title.as_deref()).unwrap_or_default();
    let spec = ToolSpec {
        name: name::for_models(server, &tool.name),
        description: head(description, MAX_DESCRIPTION).to_owned(),
        parameters,
    };
    Some(Arc::new(Offered { name: tool.name.into_owned(), spec }))
}

/// Providers refuse a schema that does not say that it is one of an object and what is in it.
fn schema(mut schema: Map<String, Value>) -> Value {
    schema.insert("type".to_owned(), "object".into());
    schema.entry("properties").or_insert_with(|| Map::new().into());
    schema.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tools(names: &[&str]) -> Vec<Tool> {
        names.iter().map(|name| tool(json!({ "name": name, "description": "Does", "inputSchema": {} }))).collect()
    }

    fn tool(value: Value) -> Tool {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_gone_stays_known_until_it_is_back() {
        let mut offer = Offer::default();
        offer.renew("s", tools(&["a", "b", "a"]));
        assert_eq!(offer.tools.len(), 2, "each name once");
        offer.renew("s", tools(&["b", "c"]));
        assert!(offer.known("a").is_some() && !offer.has("a") && offer.has("c"));
        assert_eq!(offer.infos().iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["b", "c"]);
        offer.renew("s", tools(&["a"]));
        assert!(offer.has("a") && offer.known("b").is_some() && offer.known("x").is_none());
    }

    #[test]
    fn a_tool_is_made_fit_for_models() {
        let tool = tool(json!({ "name": "x.y", "title": "T", "inputSchema": { "$schema": "…" } }));
        let offered = offered("s", tool).unwrap();
        assert!(offered.name == "x.y" && offered.spec.name.starts_with("s__x_y_") && offered.spec.description == "T");
        assert_eq!(offered.spec.parameters, json!({ "$schema": "…", "type": "object", "properties": {} }));
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let mut offer = Offer::default();
        let names: Vec<String> = (0..300).map(|n| n.to_string()).collect();
        offer.renew("s", tools(&names.iter().map(String::as_str).collect::<Vec<_>>()));
        assert_eq!(offer.tools.len(), MAX_TOOLS);
        let huge = json!({ "name": "a", "inputSchema": { "description": "x".repeat(MAX_SCHEMA) } });
        assert!(offered("s", tool(huge)).is_none());
        let wordy = json!({ "name": "a", "description": "é".repeat(MAX_DESCRIPTION), "inputSchema": {} });
        assert_eq!(offered("s", tool(wordy)).unwrap().spec.description.len(), MAX_DESCRIPTION);
    }
}
