//! Differences between two sets of tools: names that came and went, and tools that take other arguments.

use crate::domain::views::comparison::{ToolChange, ToolsDiff};
use crate::server::execution::offer::OfferedTool;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Differences of one tool that are named.
const NAMED: usize = 10;

/// Returns how the tools of `a` differ from those of `b`.
pub(super) fn between(a: &[OfferedTool], b: &[OfferedTool]) -> ToolsDiff {
    let by_name = |tools: &'_ [OfferedTool]| -> BTreeMap<String, OfferedTool> {
        tools.iter().map(|tool| (tool.name.clone(), tool.clone())).collect()
    };
    let (now, then) = (by_name(a), by_name(b));
    let missing = |from: &BTreeMap<String, OfferedTool>, of: &BTreeMap<String, OfferedTool>| {
        of.keys().filter(|name| !from.contains_key(*name)).cloned().collect()
    };
    let changed = now.values().filter_map(|tool| change(tool, then.get(&tool.name)?)).collect();
    ToolsDiff { added: missing(&then, &now), removed: missing(&now, &then), changed }
}

fn change(now: &OfferedTool, then: &OfferedTool) -> Option<ToolChange> {
    let mut says = arguments(&now.parameters, &then.parameters);
    if says.is_empty() && now.parameters != then.parameters {
        says.push("has another schema".to_owned());
    }
    if now.description != then.description {
        says.push("is described otherwise".to_owned());
    }
    let more = says.len().saturating_sub(NAMED);
    says.truncate(NAMED);
    if more > 0 {
        says.push(format!("differs in {more} more"));
    }
    (!says.is_empty()).then(|| ToolChange { name: now.name.clone(), says })
}

/// Returns the differences between the arguments at the top of two schemas, in words.
fn arguments(now: &Value, then: &Value) -> Vec<String> {
    let none = Map::new();
    let of = |schema: &'_ Value| schema.get("properties").and_then(Value::as_object).cloned().unwrap_or(none.clone());
    let (after, before) = (of(now), of(then));
    let is_required = |schema: &Value, name: &str| {
        let required = schema.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|required| required == name))
    };
    let mut says = Vec::new();
    for (name, schema) in &after {
        match before.get(name) {
            None if is_required(now, name) => says.push(format!("requires a new argument, {name}")),
            None => says.push(format!("takes a new argument, {name}")),
            Some(_) if is_required(now, name) && !is_required(then, name) => says.push(format!("now requires {name}")),
            Some(_) if !is_required(now, name) && is_required(then, name) => {
                says.push(format!("no longer requires {name}"));
            }
            Some(other) if other != schema => says.push(format!("takes {name} in another form")),
            Some(_) => {}
        }
    }
    says.extend(before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("no longer takes {name}")));
    says
}
