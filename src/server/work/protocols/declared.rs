//! The tools of a call as a provider takes them: its dialect of JSON Schema, its length of descriptions.

use super::super::model::ChatCall;
use super::super::tools::schema::{self, Dialect};
use serde_json::Value;

/// A tool as it is declared to a model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Declared<'a> {
    pub(super) name: &'a str,
    pub(super) description: String,
    /// The schema of its arguments; null for a tool without any, where the dialect has no other way to say so.
    pub(super) parameters: Value,
}

/// The tools of a call in a dialect. One whose schema cannot be made acceptable is left out, since the provider would
/// refuse the whole call.
pub(super) fn declared(call: &ChatCall, dialect: Dialect) -> Vec<Declared<'_>> {
    let tools = call.tools.iter().filter_map(|spec| match schema::for_provider(&spec.parameters, dialect) {
        Ok(parameters) => {
            let description = schema::description(&spec.description, dialect);
            Some(Declared { name: &spec.name, description, parameters })
        }
        Err(reason) => {
            tracing::warn!(tool = spec.name, "not offered to the model: its schema {reason}");
            None
        }
    });
    tools.collect()
}

#[cfg(test)]
mod tests {
    use super::super::corpus::{echo_tool, question};
    use super::*;
    use crate::server::work::tools::ToolSpec;
    use serde_json::json;

    #[test]
    fn one_schema_that_will_not_do_costs_its_own_tool_only() {
        let list = ToolSpec { name: "list".to_owned(), parameters: json!({"type": "array"}), ..echo_tool() };
        let bare = ToolSpec { name: "bare".to_owned(), parameters: json!({"type": "object"}), ..echo_tool() };
        let call = ChatCall { tools: vec![list, echo_tool(), bare], ..question() };
        for dialect in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Gemini, Dialect::Plain] {
            let declared = declared(&call, dialect);
            let names: Vec<&str> = declared.iter().map(|tool| tool.name).collect();
            assert_eq!(names, ["server__echo", "bare"], "{dialect:?}");
            assert_eq!(declared[1].parameters.is_null(), dialect == Dialect::Gemini);
        }
    }
}
