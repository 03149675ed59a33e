//! The items of a response as they grow, and as they are sent back.

use super::super::super::model::{ModelError, ToolCall};
use super::super::calls::arguments_of;
use super::super::dialogue::portable_name;
use super::super::whole_calls::{CallMaker, arguments, cut_arguments, push_arguments};
use serde_json::{Value, json};

/// One item of a response.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// By which its events name it, beside its number.
    pub(super) id: Option<String>,
    /// As it began, or as it is once it is done, as far as it matters: JSON, since values take many times the memory.
    kept: String,
    /// Arguments of a call so far.
    arguments: String,
    /// Whether text of it has come in pieces.
    pub(super) has_said: bool,
    /// Whether reasoning of it has come in pieces.
    pub(super) has_reasoned: bool,
    is_done: bool,
}

impl Item {
    pub(super) fn begin(&mut self, item: &Value) {
        self.id = item["id"].as_str().map(ToOwned::to_owned);
        if !self.is_done {
            self.kept = picked(item).to_string();
        }
    }

    fn value(&self) -> Value {
        serde_json::from_str(&self.kept).unwrap_or_default()
    }

    /// How much of it is kept, in bytes.
    pub(super) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Takes the item as the provider says it is in the end. Returns what of its text has not come in pieces.
    pub(super) fn end(&mut self, item: &Value) -> Vec<Said> {
        self.begin(item);
        self.is_done = true;
        let (has_said, has_reasoned) = (self.has_said, self.has_reasoned);
        let said: Vec<Said> = said(item).collect();
        self.has_said |= said.iter().any(|said| matches!(said, Said::Text(_) | Said::Refusal(_)));
        self.has_reasoned |= said.iter().any(|said| matches!(said, Said::Reasoning(_)));
        let is_new = |said: &Said| match said {
            Said::Text(_) | Said::Refusal(_) => !has_said,
            Said::Reasoning(_) => !has_reasoned,
        };
        said.into_iter().filter(is_new).collect()
    }

    /// Takes in a piece of a call's arguments.
    ///
    /// # Errors
    /// They exceed their bound.
    pub(super) fn argue(&mut self, piece: &str) -> Result<(), ModelError> {
        push_arguments(&mut self.arguments, piece)
    }

    /// Takes all of a call's arguments.
    ///
    /// # Errors
    /// They exceed their bound.
    pub(super) fn argued(&mut self, all: &str) -> Result<(), ModelError> {
        if all.is_empty() {
            return Ok(());
        }
        self.arguments.clear();
        self.argue(all)
    }

    /// Returns the call this item is, if it is one; `is_cut` says that the answer ended in it.
    ///
    /// # Errors
    /// As [`CallMaker::call`].
    pub(super) fn call(&self, maker: &mut CallMaker, is_cut: bool) -> Result<Option<ToolCall>, ModelError> {
        let value = self.value();
        if value["type"] != "function_call" {
            return Ok(None);
        }
        let given = &value["arguments"];
        let raw = match given.as_str() {
            Some(given) if self.is_done && !given.trim().is_empty() => given,
            _ => self.arguments.trim(),
        };
        let arguments = match raw {
            "" if given.is_object() => arguments(given),
            "" if is_cut || value["status"] == "incomplete" => cut_arguments(),
            raw => arguments_of(raw),
        };
        maker.call(value["call_id"].as_str(), value["name"].as_str(), arguments).map(Some)
    }

    /// Whether a turn without this item would not be what the model wrote.
    pub(super) fn is_own(&self) -> bool {
        self.sent(&self.value(), None).is_some_and(|item| item["type"] == "reasoning" || item["phase"].is_string())
    }

    /// Returns the item as it is sent back; `call` is the call it is. Without the provider's ids, which it would not
    /// recognise, since it stores nothing. `None` for reasoning that is not all there, and for what nobody asked for.
    fn sent(&self, value: &Value, call: Option<&ToolCall>) -> Option<Value> {
        match value["type"].as_str()? {
            "function_call" => call.map(|call| {
                json!({
                    "type": "function_call",
                    "call_id": call.id,
                    "name": portable_name(&call.name),
                    "arguments": call.arguments.sendable().to_string(),
                })
            }),
            "reasoning" if self.is_done && value["encrypted_content"].is_string() => {
                let summary = value["summary"].as_array().cloned().unwrap_or_default();
                Some(json!({
                    "type": "reasoning",
                    "id": value["id"],
                    "summary": summary,
                    "encrypted_content": value["encrypted_content"],
                }))
            }
            "message" if self.is_done => {
                let text: String = said(value).filter_map(Said::into_text).collect();
                let mut message = json!({ "role": "assistant", "content": text });
                if value["phase"].is_string() {
                    message["phase"] = value["phase"].clone();
                }
                (!text.trim().is_empty()).then_some(message)
            }
            _ => None,
        }
    }
}

/// Returns what of an item is looked at again.
fn picked(item: &Value) -> Value {
    let fields: &[&str] = match item["type"].as_str() {
        Some("function_call") => &["type", "call_id", "name", "arguments", "status"],
        Some("reasoning") => &["type", "id", "summary", "encrypted_content"],
        Some("message") => &["type", "phase"],
        _ => &[],
    };
    let mut picked = fields_of(item, fields);
    if item["type"] == "message" {
        let parts = item["content"].as_array().into_iter().flatten();
        picked["content"] = parts.map(|part| fields_of(part, &["type", "text", "refusal"])).collect();
    }
    picked
}

fn fields_of(value: &Value, names: &[&str]) -> Value {
    let fields = names.iter().filter_map(|name| Some(((*name).to_owned(), value.get(*name)?.clone())));
    Value::Object(fields.collect())
}

/// A text in an item.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    Text(String),
    Refusal(String),
    Reasoning(String),
}

impl Said {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Refusal(_) | Self::Reasoning(_) => None,
        }
    }
}

/// Returns all texts of an item.
fn said(item: &Value) -> impl Iterator<Item = Said> + '_ {
    let parts = ["content", "summary"].into_iter().flat_map(|field| item[field].as_array().into_iter().flatten());
    parts.filter_map(|part| {
        let text = |field: &str| part[field].as_str().map(ToOwned::to_owned);
        match part["type"].as_str()? {
            "output_text" => text("text").map(Said::Text),
            "refusal" => text("refusal").map(Said::Refusal),
            "summary_text" | "reasoning_text" => text("text").map(Said::Reasoning),
            _ => None,
        }
    })
}

/// Returns the ids of the calls in a turn.
pub(super) fn ids_in(turn: &mut Value) -> Vec<&mut Value> {
    let items = turn.as_array_mut().into_iter().flatten();
    items.filter(|item| item["type"] == "function_call").filter_map(|item| item.get_mut("call_id")).collect()
}

/// Returns the items of a turn as they are sent back, with the calls that were made of them.
pub(super) fn sent<'a>(items: impl Iterator<Item = &'a Item>, calls: &[ToolCall]) -> Value {
    let mut calls = calls.iter();
    let items = items.filter_map(|item| match item.value() {
        value if value["type"] == "function_call" => item.sent(&value, calls.next()),
        value => item.sent(&value, None),
    });
    items.collect()
}
