//! Texts in the form of a webhook, a line for each condition and each value, and how they are read and written.
//! Pure.

mod mistakes;

pub use self::mistakes::{Mistakes, Part};

use crate::domain::hook::{
    Condition, DEFAULT_RATE, Encoding, HashAlgorithm, HmacScheme, Hook, Place, Source, Test, Verification,
    VerificationKind,
};
use crate::domain::request::Scalar;
use crate::ui::model::quoted::{name_text, named, quoted};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The fields of the form, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookText {
    pub name: String,
    pub kind: VerificationKind,
    /// This and the next three: for an HMAC.
    pub header: String,
    pub algorithm: HashAlgorithm,
    pub encoding: Encoding,
    pub prefix: String,
    /// Empty where it stays as it is.
    pub secret: String,
    pub rate: String,
    pub filter: String,
    pub input: String,
    pub variables: String,
    pub tags: String,
    pub metadata: String,
    pub enabled: bool,
}

impl Default for HookText {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: VerificationKind::GitHub,
            header: String::new(),
            algorithm: HashAlgorithm::Sha256,
            encoding: Encoding::Hex,
            prefix: String::new(),
            secret: String::new(),
            rate: DEFAULT_RATE.to_string(),
            filter: String::new(),
            input: String::new(),
            variables: String::new(),
            tags: String::new(),
            metadata: String::new(),
            enabled: true,
        }
    }
}

impl HookText {
    /// Returns the form of a webhook that is there.
    pub fn of(hook: &Hook) -> Self {
        let settings = &hook.settings;
        let named = |values: &BTreeMap<String, Source>| {
            let line = |(name, source): (&String, &Source)| {
                format!("{}: {}", name_text(name), source_text(source, |text| !text.contains('\n')))
            };
            values.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        let tag = |source| source_text(source, is_one_part);
        let tags: Vec<_> = settings.map.tags.iter().map(tag).collect();
        let filter: Vec<_> = settings.filter.iter().map(condition_text).collect();
        let text = Self {
            name: settings.name.clone(),
            kind: settings.verification.kind(),
            rate: settings.rate_per_minute.to_string(),
            filter: filter.join("\n"),
            input: settings.map.input.as_ref().map(|source| source_text(source, |_| true)).unwrap_or_default(),
            variables: named(&settings.map.variables),
            tags: tags.join(", "),
            metadata: named(&settings.map.metadata),
            enabled: settings.enabled,
            ..Self::default()
        };
        match settings.verification.clone() {
            Verification::Hmac(HmacScheme { header, algorithm, encoding, prefix }) => {
                Self { header, algorithm, encoding, prefix, ..text }
            }
            _ => text,
        }
    }

    /// Returns what the server is sent.
    ///
    /// # Errors
    /// Lines that cannot be read; says which, and what would do.
    pub fn settings(&self) -> Result<Map<String, Value>, Mistakes> {
        let verification = match self.kind {
            VerificationKind::Hmac => json!({
                "kind": self.kind, "header": self.header.trim(), "algorithm": self.algorithm, "encoding": self.encoding,
                "prefix": self.prefix.trim(),
            }),
            kind => json!(kind),
        };
        let rate = self.rate.trim().parse::<i64>().map_or_else(|_| json!(self.rate), |rate| json!(rate));
        let mut mistakes = Mistakes::default();
        let filter = lines(&self.filter).map(condition).collect::<Result<Vec<_>, _>>();
        let filter = filter.unwrap_or_else(|mistake| mistakes.note(Part::Filter, mistake));
        let variables = by_name(&self.variables).unwrap_or_else(|mistake| mistakes.note(Part::Variables, mistake));
        let metadata = by_name(&self.metadata).unwrap_or_else(|mistake| mistakes.note(Part::Metadata, mistake));
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let tags = split(&self.tags).0.into_iter().map(source).collect::<Vec<_>>();
        let mut settings = json!({
            "name": self.name, "verification": verification, "filter": filter, "rate_per_minute": rate,
            "enabled": self.enabled,
            "map": {
                "input": Some(self.input.trim()).filter(|text| !text.is_empty()).map(source),
                "variables": variables, "tags": tags, "metadata": metadata,
            },
        });
        let needs_secret = self.kind != VerificationKind::None;
        let secret = Some(self.secret.trim()).filter(|secret| needs_secret && !secret.is_empty());
        if let (Some(members), Some(secret)) = (settings.as_object_mut(), secret) {
            members.insert("secret".to_owned(), json!(secret));
        }
        match settings {
            Value::Object(members) => Ok(members),
            _ => Ok(Map::new()),
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Returns the parts between commas that are not within quotation marks, and whether each mark has its second.
fn split(text: &str) -> (Vec<&str>, bool) {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = text.split(|c| {
        let is_mark = c == '"' && !is_escaped;
        is_escaped = is_quoted && c == '\\' && !is_escaped;
        is_quoted ^= is_mark;
        c == ',' && !is_quoted
    });
    let parts = parts.map(str::trim).filter(|part| !part.is_empty()).collect();
    (parts, !is_quoted)
}

/// Whether a text stands among others with commas between as it is.
fn is_one_part(text: &str) -> bool {
    let (parts, is_closed) = split(text);
    is_closed && parts == [text]
}

/// Returns a place and what follows it. After `body` a JSON Pointer may stand in quotation marks.
fn place(line: &str) -> Option<((&'static str, String), &str)> {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match first {
        "body" => Some(match quoted(rest) {
            Some((pointer, rest)) => (("pointer", pointer), rest),
            None => (("pointer", String::new()), rest),
        }),
        "header" => {
            let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            Some((("header", name.to_owned()), rest.trim()))
        }
        pointer if pointer.starts_with('/') => Some((("pointer", pointer.to_owned()), rest)),
        _ => None,
    }
}

fn condition(line: &str) -> Result<Value, String> {
    let read = || {
        let ((kind, place), rest) = place(line)?;
        let (verb, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (test, value) = match (verb, value.trim()) {
            ("exists", "") => ("exists", json!(true)),
            ("missing", "") => ("exists", json!(false)),
            ("is", text) if !text.is_empty() => ("equals", value_of(text)),
            ("in", text) if text.starts_with('[') => ("in", serde_json::from_str(text).ok()?),
            ("in", text) if !text.is_empty() => ("in", split(text).0.into_iter().map(value_of).collect()),
            _ => return None,
        };
        Some(json!({ kind: place, test: value }))
    };
    read().ok_or_else(|| {
        format!(
            "“{line}” is no condition. Write a place and what has to be there, such as /ref is refs/heads/main, \
             header X-GitHub-Event in push, release, /draft exists or /draft missing."
        )
    })
}

/// Reads a value: JSON where it looks like that, or else text.
fn value_of(text: &str) -> Value {
    let is_json = text == "null" || text.starts_with(['"', '{', '[']);
    let read = is_json.then(|| serde_json::from_str(text).ok()).flatten();
    read.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Whether a text is read as itself.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text != "null"
        && text.trim() == text
        && !text.contains(['"', '\n', ','])
        && !text.starts_with(['{', '['])
}

fn condition_text(Condition { place, test }: &Condition) -> String {
    let place = place_text(place);
    match test {
        Test::Exists(true) => format!("{place} exists"),
        Test::Exists(false) => format!("{place} missing"),
        Test::Equals(value) => format!("{place} is {}", value_text(value)),
        Test::In(values) if values.iter().all(|value| value.as_str().is_some_and(is_plain)) => {
            format!("{place} in {}", values.iter().map(value_text).collect::<Vec<_>>().join(", "))
        }
        Test::In(values) => format!("{place} in {}", json!(values)),
    }
}

fn place_text(place: &Place) -> String {
    match place {
        Place::Body(pointer) if pointer.is_empty() => "body".to_owned(),
        Place::Body(pointer) if pointer.contains(char::is_whitespace) || pointer.contains([',', '"', '{']) => {
            format!("body {}", json!(pointer))
        }
        Place::Body(pointer) => pointer.clone(),
        Place::Header(name) => format!("header {name}"),
    }
}

/// Reads where a value comes from: a place, a text with places in double braces, or what is the same for every run. After
/// `template` or `value` a text in quotation marks is one or the other, whatever it holds.
fn source(text: &str) -> Value {
    for kind in ["template", "value"] {
        let rest = text.strip_prefix(kind).filter(|rest| rest.starts_with(char::is_whitespace));
        if let Some((text, "")) = rest.and_then(|rest| quoted(rest.trim())) {
            return json!({ kind: text });
        }
    }
    let has_braces = text.contains("{{");
    match place(text) {
        // After `body`, braces in quotation marks are part of a pointer.
        Some((("pointer", pointer), "")) if !has_braces || text.starts_with("body") => json!(pointer),
        _ if has_braces => json!({ "template": text }),
        Some((("header", name), "")) if !name.is_empty() => json!({ "header": name }),
        _ if text.starts_with('/') => json!(text),
        _ => {
            let scalar = match serde_json::from_str(text) {
                Ok(Value::String(text)) => Scalar::Text(text),
                _ => Scalar::typed(text),
            };
            json!({ "value": scalar })
        }
    }
}

/// Writes where a value comes from, as it is read again. `fits` says whether a text can stand where it is written.
fn source_text(origin: &Source, fits: impl Fn(&str) -> bool) -> String {
    let (plain, kind) = match origin {
        Source::Place(place) => return place_text(place),
        Source::Template(text) => (text.clone(), "template"),
        Source::Constant(Scalar::Text(text)) => (json!(text).to_string(), "value"),
        Source::Constant(value) => return value.to_string(),
    };
    let is_read_again = plain.trim() == plain && fits(&plain) && source(&plain) == Value::from(origin.clone());
    match (is_read_again, origin) {
        (false, Source::Template(text) | Source::Constant(Scalar::Text(text))) => format!("{kind} {}", json!(text)),
        _ => plain,
    }
}

fn by_name(text: &str) -> Result<Value, String> {
    let mut values = Map::new();
    for line in lines(text) {
        let (name, value) = named(line).filter(|(_, value)| !value.trim().is_empty()).ok_or_else(|| {
            format!("“{line}” is no value. Write a name and a place on each line, such as customer: /data/account.")
        })?;
        values.insert(name, source(value.trim()));
    }
    Ok(Value::Object(values))
}

#[cfg(test)]
mod tests;
