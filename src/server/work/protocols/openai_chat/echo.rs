//! Reasoning that goes back with the calls it came with, in the fields in which it came.

use super::super::super::model::{ChatEvent, Echo};
use super::super::echoes::{self, Kept, kept};
use super::super::limits::MAX_ECHO;
use super::rules::ReasoningBack;
use serde_json::{Map, Value, json};

/// The fields in which reasoning comes as text. DeepSeek, xAI, vLLM, SGLang and llama.cpp use the first; OpenRouter, Groq
/// and newer vLLM the second.
const FIELDS: [&str; 2] = ["reasoning_content", "reasoning"];
/// OpenRouter's parts of reasoning, with signatures and encrypted data.
const DETAILS: &str = "reasoning_details";

/// Reasoning of one answer while it is streamed.
#[derive(Debug, Default)]
pub(super) struct Reasoning {
    field: Option<&'static str>,
    text: String,
    keeping: Kept,
    /// The pieces of details as they came, each a line of JSON.
    details: String,
}

impl Reasoning {
    /// Takes in a delta; whether there is reasoning in it.
    pub(super) fn read(&mut self, delta: &Value, out: &mut Vec<ChatEvent>) -> bool {
        let said = FIELDS.iter().find_map(|field| {
            let text = delta.get(*field)?.as_str().filter(|text| !text.is_empty())?;
            Some((*field, text))
        });
        if let Some((field, text)) = said {
            self.field = Some(field);
            self.add(text);
            out.push(ChatEvent::Reasoning(text.to_owned()));
        }
        let details = delta.get(DETAILS).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for detail in details {
            let piece = self.keeping.keep(detail);
            if !piece.is_empty() {
                self.details.push_str(&piece);
                self.details.push('\n');
            }
        }
        said.is_some() || !details.is_empty()
    }

    fn add(&mut self, text: &str) {
        if self.text.len() <= MAX_ECHO {
            self.text.push_str(text);
        }
    }

    /// As [`AnswerReader::kept`](super::super::AnswerReader::kept).
    pub(super) fn kept(&self) -> usize {
        self.details.len()
    }

    /// Returns the fields that go back; `None` where nothing came, or too much.
    pub(super) fn echo(self) -> Option<Value> {
        let mut fields = Map::new();
        if let Some(field) = self.field {
            fields.insert(field.to_owned(), json!(self.text));
        }
        let is_too_much = self.keeping.is_too_much() || self.text.len() > MAX_ECHO;
        if !self.details.is_empty() && !is_too_much {
            fields.insert(DETAILS.to_owned(), Value::Array(put_together(&self.details)));
        }
        (!fields.is_empty() && !is_too_much).then_some(Value::Object(fields))
    }
}

/// Returns the details that came in these pieces: one of the same type and index as the last one goes on with it.
fn put_together(pieces: &str) -> Vec<Value> {
    let mut details: Vec<Value> = Vec::new();
    for piece in pieces.lines().filter_map(kept) {
        let last = details.last_mut().filter(|last| {
            last.get("type") == piece.get("type")
                && last.get("index") == piece.get("index")
                && piece.get("index").is_some()
        });
        match (last, piece) {
            (Some(Value::Object(last)), Value::Object(piece)) => go_on(last, piece),
            (_, piece) => details.push(piece),
        }
    }
    details
}

/// Adds a piece of a detail to what has come of it.
fn go_on(detail: &mut Map<String, Value>, piece: Map<String, Value>) {
    for (name, value) in piece {
        let grows = matches!(name.as_str(), "text" | "summary" | "data");
        match (detail.get_mut(&name), value) {
            (_, Value::Null) => {}
            (Some(Value::String(text)), Value::String(more)) if grows => text.push_str(&more),
            (_, value) => {
                detail.insert(name, value);
            }
        }
    }
}

/// Returns the echo of an answer that had nothing else to keep: it says whose the calls' ids are.
pub(super) fn of_ids() -> Value {
    json!({})
}

/// Returns the ids in an echo that may be those of calls: Gemini's signatures name the calls that they belong to.
pub(super) fn ids_in(fields: &mut Value) -> Vec<&mut Value> {
    let details = fields.get_mut(DETAILS).and_then(Value::as_array_mut);
    details.into_iter().flatten().filter_map(|detail| detail.get_mut("id")).collect()
}

/// Puts an echo into the message with the calls, if it is one of this `model`'s: another's signatures are refused, and
/// its reasoning is none of its own.
pub(super) fn add(reasoning: ReasoningBack, echo: Option<&Echo>, model: &str, message: &mut Map<String, Value>) {
    if reasoning == ReasoningBack::Never {
        return;
    }
    if reasoning == ReasoningBack::Always {
        message.insert(FIELDS[0].to_owned(), json!(""));
    }
    let fields = echoes::turn(echo.map(|echo| &echo.content), model).and_then(Value::as_object);
    // Only what a reader puts in: what is stored never decides on role or content.
    let own = |name: &str| FIELDS.contains(&name) || name == DETAILS;
    message.extend(
        fields.into_iter().flatten().filter(|(name, _)| own(name)).map(|(name, value)| (name.clone(), value.clone())),
    );
}
