//! An agent's picks, resolved for one model: the tools it is given, each as its provider takes it, and those that are
//! missing with the reason.

use super::schema::{self, Dialect};
use super::{Tool, ToolSpec};
use crate::domain::tool::LeftOut;
use std::collections::HashSet;
use std::sync::Arc;

/// Tools that a model is given: OpenAI, Groq and Gemini refuse a request with more.
const MAX_TOOLS: usize = 128;
/// Tools of one pick that are named one by one when they are missing.
const MAX_NAMED: usize = 20;

/// A tool, and the pick that is for it alone.
pub(super) type Picked = (String, Arc<dyn Tool>);

/// A pick, or a part of one, that the model is not offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// As a pick is written: `mcp:files`, `mcp:files/read_file`.
    pub pick: String,
    /// The reason, without a full stop.
    pub why: String,
}

/// An agent's picks, resolved for one model.
pub struct Resolved {
    /// At most 128, no two of the same name.
    pub tools: Vec<Arc<dyn Tool>>,
    /// Their descriptions for the model, in the same order.
    pub specs: Vec<ToolSpec>,
    pub missing: Vec<Missing>,
    dialect: Dialect,
    /// The picks that the tools so far are for, and their names.
    seen: HashSet<String>,
    names: HashSet<String>,
}

impl Resolved {
    /// Creates an empty set of tools, for a model of this dialect.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            tools: Vec::new(),
            specs: Vec::new(),
            missing: Vec::new(),
            dialect,
            seen: HashSet::new(),
            names: HashSet::new(),
        }
    }

    /// Adds the tools of a pick. Those that the model cannot be given are missing.
    pub fn add(&mut self, pick: &str, tools: Vec<Picked>) {
        let (mut odd, mut beyond) = (Vec::new(), Vec::new());
        for (id, tool) in tools {
            if !self.seen.insert(id.clone()) {
                continue;
            }
            if self.tools.len() == MAX_TOOLS {
                beyond.push(id);
                continue;
            }
            let spec = tool.spec();
            match schema::for_provider(&spec.parameters, self.dialect) {
                Err(reason) => odd.push(LeftOut { name: id, reason: format!("its schema {reason}") }),
                Ok(_) if !self.names.insert(spec.name.clone()) => {
                    odd.push(LeftOut { name: id, reason: format!("another tool is called {}", spec.name) });
                }
                Ok(parameters) => {
                    let description = schema::description(&spec.description, self.dialect);
                    self.specs.push(ToolSpec { name: spec.name.clone(), description, parameters });
                    self.tools.push(tool);
                }
            }
        }
        self.name_all(pick, odd);
        if !beyond.is_empty() {
            let more = beyond.len().saturating_sub(MAX_NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = beyond.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            self.leave_out(
                pick.to_owned(),
                format!("a model is given at most {MAX_TOOLS} tools, so not {names}{more}"),
            );
        }
    }

    /// Takes note of what leads to no tool.
    pub fn leave_out(&mut self, pick: String, why: String) {
        self.missing.push(Missing { pick, why });
    }

    /// Takes note of what a server offers and no model can be given.
    pub(super) fn leave_out_all(&mut self, pick: &str, tools: Vec<LeftOut>) {
        let of_pick = |tool: LeftOut| LeftOut { name: format!("{pick}/{}", tool.name), ..tool };
        let new = |tool: &LeftOut| !self.missing.iter().any(|known| known.pick == tool.name);
        let tools = tools.into_iter().map(of_pick).filter(new).collect();
        self.name_all(pick, tools);
    }

    fn name_all(&mut self, pick: &str, tools: Vec<LeftOut>) {
        let more = tools.len().saturating_sub(MAX_NAMED);
        for tool in tools.into_iter().take(MAX_NAMED) {
            self.leave_out(tool.name, tool.reason);
        }
        if more > 0 {
            self.leave_out(pick.to_owned(), format!("{more} more of its tools are left out; the settings name them"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ToolError;
    use super::*;
    use async_trait::async_trait;
    use serde_json::{Value, json};
    use std::time::Duration;

    struct Prop(ToolSpec);

    #[async_trait]
    impl Tool for Prop {
        fn spec(&self) -> &ToolSpec {
            &self.0
        }

        fn time_limit(&self) -> Duration {
            Duration::ZERO
        }

        async fn call(&self, _: Value) -> Result<String, ToolError> {
            Ok(String::new())
        }
    }

    fn tool(id: &str, name: &str, parameters: Value) -> Picked {
        let spec = ToolSpec { name: name.to_owned(), description: "x".repeat(2_000), parameters };
        (id.to_owned(), Arc::new(Prop(spec)))
    }

    fn missing(resolved: &Resolved) -> Vec<(&str, &str)> {
        resolved.missing.iter().map(|missing| (missing.pick.as_str(), missing.why.as_str())).collect()
    }

    #[test]
    fn each_tool_is_given_once_and_as_the_provider_takes_it() {
        let mut resolved = Resolved::new(Dialect::OpenAi);
        let union = json!({ "anyOf": [{ "properties": { "a": { "type": "string" } } }, { "properties": {} }] });
        resolved.add("mcp:s/a", vec![tool("mcp:s/a", "s__a", union)]);
        resolved.add(
            "mcp:s",
            vec![
                tool("mcp:s/a", "s__a", json!({})),
                tool("mcp:s/b", "s__a", json!({})),
                tool("mcp:s/c", "s__c", json!({ "type": "array" })),
                tool("mcp:s/d", "s__d", json!({})),
            ],
        );
        let names: Vec<&str> = resolved.specs.iter().map(|spec| spec.name.as_str()).collect();
        assert_eq!((names, resolved.tools.len()), (vec!["s__a", "s__d"], 2));
        let expected = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        assert_eq!(resolved.specs[0].parameters, expected);
        assert_eq!(resolved.specs[0].description.chars().count(), 1_024);
        let expected = [
            ("mcp:s/b", "another tool is called s__a"),
            ("mcp:s/c", "its schema takes no object, and arguments always are one"),
        ];
        assert_eq!(missing(&resolved), expected);
    }

    #[test]
    fn those_beyond_what_a_provider_takes_are_named() {
        let mut resolved = Resolved::new(Dialect::OpenAi);
        let many = (0..150).map(|n| tool(&format!("mcp:s/t{n}"), &format!("s__t{n}"), json!({}))).collect();
        resolved.add("mcp:s", many);
        assert_eq!((resolved.tools.len(), resolved.specs.len(), resolved.missing.len()), (128, 128, 1));
        let Missing { pick, why } = &resolved.missing[0];
        assert_eq!(pick, "mcp:s");
        assert!(why.starts_with("a model is given at most 128 tools, so not mcp:s/t128, mcp:s/t129,"), "{why}");
        assert!(why.ends_with("mcp:s/t147 and 2 more"), "{why}");
    }

    #[test]
    fn what_a_server_leaves_out_is_named_up_to_a_point() {
        let mut resolved = Resolved::new(Dialect::Plain);
        let odd = |n: usize| LeftOut { name: format!("t{n}"), reason: "it has no inputSchema".to_owned() };
        resolved.leave_out("mcp:s/t0".to_owned(), "the MCP server s offers it, but it has no inputSchema".to_owned());
        resolved.leave_out_all("mcp:s", (0..30).map(odd).collect());
        assert_eq!(resolved.missing.len(), 1 + MAX_NAMED + 1, "each once");
        assert_eq!(missing(&resolved)[1], ("mcp:s/t1", "it has no inputSchema"));
        assert_eq!(missing(&resolved)[21], ("mcp:s", "9 more of its tools are left out; the settings name them"));
    }
}
