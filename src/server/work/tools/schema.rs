//! Tools' schemas as providers take them. Each takes a dialect of its own of JSON Schema, and one schema outside of it
//! fails the whole request, so every schema is read leniently, made acceptable, and refused only where that cannot be done.
//!
//! Pure: knows no server, no model and no wire. Only looseness is lost on the way: a tool's own server still checks
//! what it is called with.

mod combine;
mod node;
mod read;
mod references;
mod root;
mod write;

use crate::server::work::name::{ModelName, Provider};
use serde_json::Value;
use thiserror::Error;

/// Largest schema as JSON, in bytes, before and after.
const MAX_BYTES: usize = 64 * 1024;
/// Most parts of one schema, definitions and shared parts of alternatives as often as they are put in.
const MAX_NODES: usize = 4_000;
/// Most bytes of words, names and values in those parts. Beyond it the result is larger than [`MAX_BYTES`] too, unless
/// nearly all of it says the same.
const MAX_SAID: usize = 4 * MAX_BYTES;
/// How deep a schema may be nested; what is deeper takes anything.
const MAX_DEPTH: usize = 16;
/// Longest description of a function, in characters: OpenAI refuses the whole request for a longer one.
const MAX_OPENAI_DESCRIPTION: usize = 1_024;

/// The dialect of a schema, by its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Chat Completions and Responses, without strict mode, by the strictest of those who speak them: no union at the top,
    /// items for every list, nothing that llama.cpp cannot turn into a grammar.
    OpenAi,
    /// JSON Schema 2020-12 without a union at the top; names of properties within `[a-zA-Z0-9_.-]{1,64}`.
    Anthropic,
    /// The subset of OpenAPI 3.0 of `FunctionDeclaration.parameters`: no references, one type each, `nullable`.
    Gemini,
    /// Types, descriptions, properties, items, enumerations and nothing else: Ollama's protocol, whose templates print them.
    Plain,
}

impl Dialect {
    /// Returns the dialect of a model by its full name, `provider/model`.
    pub fn of_model(name: &str) -> Self {
        match name.parse::<ModelName>().map(|name| name.provider) {
            Ok(Provider::Anthropic) => Self::Anthropic,
            Ok(Provider::Gemini) => Self::Gemini,
            Ok(Provider::Ollama) => Self::Plain,
            // Whoever else is asked speaks OpenAI's protocol.
            _ => Self::OpenAi,
        }
    }
}

/// Why a schema cannot be made acceptable; reads on from "its schema".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    #[error("takes no object, and arguments always are one")]
    NoObject,
    #[error("is larger than {limit} KiB", limit = MAX_BYTES / 1024)]
    TooLarge,
    #[error("has more than {MAX_NODES} parts, its references put in")]
    TooManyParts,
    #[error("is larger than {limit} KiB, its references put in", limit = MAX_SAID / 1024)]
    TooLargeInFull,
    #[error("is not JSON Schema: its properties are a list")]
    ListOfProperties,
    #[error("requires a property that the provider cannot take because of its name: {0:?}")]
    PropertyName(String),
}

/// Returns the schema of a tool's arguments as a provider takes it, of type object and with `properties`. Given here
/// again for the same dialect it stays acceptable.
///
/// For [`Dialect::Gemini`] a tool that takes no arguments has the schema `null`: an object without properties is refused.
///
/// # Errors
/// It cannot be made acceptable; the tool is best left out.
pub fn for_provider(schema: &Value, dialect: Dialect) -> Result<Value, Reason> {
    if size(schema) > MAX_BYTES {
        return Err(Reason::TooLarge);
    }
    let (root, definitions) = root::read(schema, dialect)?;
    let written = write::schema(&root, &definitions, dialect)?;
    if size(&written) > MAX_BYTES { Err(Reason::TooLarge) } else { Ok(written) }
}

/// Returns a tool's description as a provider takes it.
pub fn description(text: &str, dialect: Dialect) -> String {
    match (dialect, text.char_indices().nth(MAX_OPENAI_DESCRIPTION - 1)) {
        (Dialect::OpenAi, Some((end, last))) if end + last.len_utf8() < text.len() => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// Returns how many bytes of JSON a value makes.
fn size(value: &Value) -> usize {
    serde_json::to_vec(value).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests;
