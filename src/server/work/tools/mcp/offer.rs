//! The tools a server offers, read one by one and kept within bounds: what stands in them comes from outside and goes
//! into every prompt. One that cannot be offered is named with the reason and costs no other.

use super::super::text::{head, size};
use super::super::{ToolSpec, schema};
use super::name;
use crate::domain::tool::{LeftOut, ToolInfo};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

/// Tools of one server.
const MAX_TOOLS: usize = 1_000;
/// All of a server's descriptions and schemas, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Tools that are left out and named one by one.
const MAX_NAMED: usize = 100;
/// A tool's name, in bytes.
const MAX_NAME: usize = 512;
/// A tool's description, in bytes.
const MAX_DESCRIPTION: usize = 4 * 1024;

/// A tool as a server has offered it.
#[derive(Debug, PartialEq)]
pub(super) struct Offered {
    /// As the server calls it.
    pub(super) name: String,
    pub(super) spec: ToolSpec,
}

/// A server's list, as far as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    server: String,
    tools: Vec<Arc<Offered>>,
    left_out: Vec<LeftOut>,
    /// Left out beyond those that are named.
    unnamed: usize,
    bytes: usize,
}

impl Listing {
    pub(super) fn new(server: &str) -> Self {
        Self { server: server.to_owned(), ..Self::default() }
    }

    /// Takes in a page of the list; returns the cursor to the next.
    ///
    /// # Errors
    /// It is no list of tools.
    pub(super) fn take(&mut self, page: &Value) -> Result<Option<String>, String> {
        let tools = match page.get("tools") {
            Some(Value::Array(tools)) => tools.as_slice(),
            // The last page, or a server without tools.
            Some(Value::Null) | None if page.is_object() => &[],
            _ => return Err(format!("its list of tools is none: {}", head(&page.to_string(), 200))),
        };
        for tool in tools {
            self.add(tool);
        }
        Ok(match page.get("nextCursor") {
            Some(Value::String(cursor)) if !cursor.is_empty() => Some(cursor.clone()),
            Some(Value::Number(cursor)) => Some(cursor.to_string()),
            _ => None,
        })
    }

    fn add(&mut self, tool: &Value) {
        let name = head(tool.get("name").and_then(Value::as_str).unwrap_or_default(), MAX_NAME);
        let offered = match offered(&self.server, tool) {
            Ok(offered) => offered,
            Err(why) => return self.leave_out(name, &why),
        };
        if let Some(known) = self.tools.iter().find(|known| known.name == offered.name) {
            // A page that comes twice is no news.
            if **known != offered {
                self.leave_out(name, "another of its tools has the same name");
            }
            return;
        }
        let bytes = offered.spec.description.len() + offered.spec.parameters.to_string().len();
        if self.is_full() {
            self.leave_out(name, &format!("of one server, at most {MAX_TOOLS} tools are taken"));
        } else if self.bytes + bytes > MAX_BYTES {
            self.leave_out(name, &format!("the tools before it have {} of descriptions and schemas", size(self.bytes)));
        } else {
            self.bytes += bytes;
            self.tools.push(Arc::new(offered));
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.tools.len() >= MAX_TOOLS
    }

    /// Takes note that the list goes on and is not read further.
    pub(super) fn has_more(&mut self) {
        let why = format!("the list goes on after {} tools, and is not read further", self.tools.len());
        self.left_out.push(LeftOut { name: "further tools".to_owned(), reason: why });
    }

    fn leave_out(&mut self, name: &str, why: &str) {
        let name = if name.is_empty() { "(no name)" } else { name };
        if self.left_out.len() >= MAX_NAMED {
            self.unnamed += 1;
            return;
        }
        tracing::warn!(server = self.server, tool = name, "left out a tool: {why}");
        self.left_out.push(LeftOut { name: name.to_owned(), reason: why.to_owned() });
    }
}

/// The tools that a server offers, or offered when it last could.
#[derive(Clone, Debug, Default)]
pub(super) struct Offer {
    pub(super) tools: Vec<Arc<Offered>>,
    pub(super) left_out: Vec<LeftOut>,
    /// Tools that it offered earlier and does no longer: runs of agents that have picked one say so.
    gone: Vec<Arc<Offered>>,
}

impl Offer {
    /// Takes in a new list.
    pub(super) fn renew(&mut self, listing: Listing) {
        let Listing { server, tools, left_out, unnamed, .. } = listing;
        let mut names: HashSet<String> = tools.iter().map(|tool| tool.name.clone()).collect();
        let earlier = std::mem::replace(&mut self.tools, tools).into_iter().chain(std::mem::take(&mut self.gone));
        let gone = earlier.filter(|tool| names.insert(tool.name.clone()));
        self.gone = gone.take(MAX_TOOLS).collect();
        self.left_out = left_out;
        if unnamed > 0 {
            tracing::warn!(server, "left out {unnamed} more tools");
            let reason = "more were left out than are named".to_owned();
            self.left_out.push(LeftOut { name: format!("{unnamed} more tools"), reason });
        }
    }

    /// Returns the tool of that name, also one that is gone.
    pub(super) fn known(&self, name: &str) -> Option<&Arc<Offered>> {
        self.tools.iter().chain(&self.gone).find(|tool| tool.name == name)
    }

    /// Whether the tool is offered now.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tools.iter().any(|tool| tool.name == name)
    }

    /// Returns why the tool is left out; `None` if it is not.
    pub(super) fn why_left_out(&self, name: &str) -> Option<&str> {
        self.left_out.iter().find(|tool| tool.name == name).map(|tool| tool.reason.as_str())
    }

    /// Returns the tools as people see them.
    pub(super) fn infos(&self) -> Vec<ToolInfo> {
        let info =
            |tool: &Arc<Offered>| ToolInfo { name: tool.name.clone(), description: tool.spec.description.clone() };
        self.tools.iter().map(info).collect()
    }
}

/// Returns the tool in an item of a list.
///
/// # Errors
/// It cannot be offered to any model.
fn offered(server: &str, tool: &Value) -> Result<Offered, String> {
    let text = |word: &str| tool.get(word).and_then(Value::as_str).filter(|text| !text.is_empty());
    let name = match tool.get("name") {
        Some(Value::String(name)) if !name.trim().is_empty() => name,
        Some(Value::String(_)) | None => return Err("it has no name".to_owned()),
        Some(_) => return Err("its name is no text".to_owned()),
    };
    if name.len() > MAX_NAME {
        return Err(format!("its name is longer than {MAX_NAME} bytes"));
    }
    if name.chars().any(char::is_control) {
        return Err("its name contains control characters".to_owned());
    }
    let parameters = match tool.get("inputSchema") {
        None => return Err("it has no inputSchema".to_owned()),
        Some(Value::Null) => return Err("its inputSchema is null".to_owned()),
        Some(schema) => schema,
    };
    // A tool that no provider could be given is left out at once.
    schema::for_provider(parameters, schema::Dialect::Plain).map_err(|reason| format!("its schema {reason}"))?;
    let title = || tool.get("annotations").and_then(|more| more.get("title")).and_then(Value::as_str);
    let description = text("description").or_else(|| text("title")).or_else(title).unwrap_or_default();
    let spec = ToolSpec {
        name: name::for_models(server, name),
        description: head(&description.replace('\0', "\u{fffd}"), MAX_DESCRIPTION).to_owned(),
        parameters: parameters.clone(),
    };
    Ok(Offered { name: name.clone(), spec })
}

#[cfg(test)]
mod tests;
