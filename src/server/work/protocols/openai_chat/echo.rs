//! Reasoning that goes back with the calls it came with, in the fields in which it came.

use super::super::super::model::{ChatEvent, Echo};
use super::super::echoes;
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
    details: Vec<Value>,
    /// Bytes of the details as they came.
    details_len: usize,
}

impl Reasoning {
    /// Takes in a delta.
    pub(super) fn read(&mut self, delta: &Value, out: &mut Vec<ChatEvent>) {
        let said = FIELDS.iter().find_map(|field| {
            let text = delta.get(*field)?.as_str().filter(|text| !text.is_empty())?;
            Some((*field, text))
        });
        if let Some((field, text)) = said {
            self.field = Some(field);
            self.add(text);
            out.push(ChatEvent::Reasoning(text.to_owned()));
        }
        let details = delta.get(DETAILS).and_then(Value::as_array);
        for detail in details.into_iter().flatten() {
            self.details_len += detail.to_string().len();
            if self.details_len <= MAX_ECHO {
                self.add_detail(detail);
            }
        }
    }

    fn add(&mut self, text: &str) {
        if self.text.len() <= MAX_ECHO {
            self.text.push_str(text);
        }
    }

    /// Parts come in pieces: a piece of the same type and index as the last one goes on with it.
    fn add_detail(&mut self, piece: &Value) {
        let last = self.details.last_mut().filter(|last| {
            last.get("type") == piece.get("type")
                && last.get("index") == piece.get("index")
                && piece.get("index").is_some()
        });
        let (Some(Value::Object(last)), Value::Object(piece)) = (last, piece) else {
            return self.details.push(piece.clone());
        };
        for (name, value) in piece {
            let grows = matches!(name.as_str(), "text" | "summary" | "data");
            match (last.get_mut(name), value) {
                (_, Value::Null) => {}
                (Some(Value::String(text)), Value::String(more)) if grows => text.push_str(more),
                _ => {
                    last.insert(name.clone(), value.clone());
                }
            }
        }
    }

    /// Returns the fields that go back; `None` where nothing came, or too much.
    pub(super) fn echo(self) -> Option<Value> {
        let mut fields = Map::new();
        if let Some(field) = self.field {
            fields.insert(field.to_owned(), json!(self.text));
        }
        if !self.details.is_empty() {
            fields.insert(DETAILS.to_owned(), Value::Array(self.details));
        }
        (!fields.is_empty() && self.text.len() <= MAX_ECHO && self.details_len <= MAX_ECHO)
            .then_some(Value::Object(fields))
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
