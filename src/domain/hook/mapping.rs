//! The map from a delivery to a run's input, variables, tags and metadata: each is taken from a place in the delivery, from
//! several within a text, or the same for every run.

use super::place::Place;
use super::{MAX_METADATA, MAX_TEMPLATE};
use crate::domain::request::{MAX_KEY, MAX_VARIABLES, Scalar};
use crate::domain::rules::length;
use crate::domain::tags::MAX_TAGS;
use crate::domain::task::INPUT;
use crate::domain::template::{MAX_NAME, is_name};
use crate::domain::wire::{FromWire, NOT_OF_TYPE, Unreadable};
use crate::error::{FieldError, pointer_part};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Place(Place),
    /// The same for every delivery.
    Constant(Scalar),
    /// A text with JSON Pointers between double braces, such as `{{/pusher/name}}`.
    Template(String),
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Stands as it is.
    Text(&'t str),
    /// A JSON Pointer, which stands for what is there.
    Pointer(&'t str),
}

/// The sources of a run's values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Mapping {
    /// The text of the whole body, if nothing else is set.
    pub input: Option<Source>,
    /// By name. Where there is nothing, the variable is left out.
    pub variables: BTreeMap<String, Source>,
    /// A list gives one tag for each of its values.
    pub tags: Vec<Source>,
    /// By name. Where there is nothing, it is left out.
    pub metadata: BTreeMap<String, Source>,
}

/// Returns the pieces of a template; `None` where double braces hold no JSON Pointer.
pub fn pieces(template: &str) -> Option<Vec<Piece<'_>>> {
    let (mut pieces, mut rest) = (Vec::new(), template);
    while let Some((text, opened)) = rest.split_once("{{") {
        let (pointer, after) = opened.split_once("}}")?;
        let pointer = pointer.trim();
        Place::pointer(pointer).ok()?;
        pieces.extend([Piece::Text(text), Piece::Pointer(pointer)]);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Some(pieces)
}

impl Source {
    /// Whether it is, or has in it, a part of the body.
    pub fn is_within_body(&self) -> bool {
        match self {
            Self::Place(place) => place.is_within_body(),
            Self::Template(template) => pieces(template).is_some_and(|pieces| {
                pieces.iter().any(|piece| matches!(piece, Piece::Pointer(pointer) if !pointer.is_empty()))
            }),
            Self::Constant(_) => false,
        }
    }

    /// Reads one: a text is a JSON Pointer, the others are objects.
    ///
    /// # Errors
    /// It is none; reads on from its name.
    pub fn read(value: Value) -> Result<Self, String> {
        let says = || {
            "must be a JSON Pointer such as \"/ref\", or {\"header\": \"X-GitHub-Event\"}, {\"value\": \"always this\"} or \
             {\"template\": \"{{/pusher/name}} pushed to {{/ref}}\"}"
                .to_owned()
        };
        let mut members = match value {
            Value::String(pointer) => return Place::pointer(&pointer).map(Self::Place).map_err(|_| says()),
            Value::Object(members) if members.len() == 1 => members,
            _ => return Err(says()),
        };
        let mut text = |name| match members.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        if let Some(pointer) = text("pointer") {
            return Place::pointer(&pointer).map(Self::Place);
        }
        if let Some(name) = text("header") {
            return Place::header(&name).map(Self::Place);
        }
        if let Some(template) = text("template") {
            return Self::template(template);
        }
        members.remove("value").and_then(Scalar::stored).map(Self::Constant).ok_or_else(says)
    }

    /// Reads a template.
    ///
    /// # Errors
    /// Double braces in it hold no JSON Pointer, or it is too long; reads on from its name.
    pub fn template(template: String) -> Result<Self, String> {
        if template.len() > MAX_TEMPLATE {
            return Err(format!("must be text of at most {} KiB", MAX_TEMPLATE / 1024));
        }
        if pieces(&template).is_none() || template.contains('\0') {
            return Err("must have only JSON Pointers between double braces, such as {{/pusher/name}}".to_owned());
        }
        Ok(Self::Template(template))
    }
}

impl From<Source> for Value {
    fn from(source: Source) -> Self {
        match source {
            Source::Place(Place::Body(pointer)) => json!(pointer),
            Source::Place(Place::Header(name)) => json!({ "header": name }),
            Source::Constant(value) => json!({ "value": value }),
            Source::Template(text) => json!({ "template": text }),
        }
    }
}

impl Mapping {
    /// Returns the sources of all values.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        let Self { input, variables, tags, metadata } = self;
        input.iter().chain(variables.values()).chain(tags).chain(metadata.values())
    }

    /// Reads one.
    ///
    /// # Errors
    /// Points at each value that is none of its kind, below `place`.
    pub fn read(place: &str, value: Value) -> Result<Self, Vec<FieldError>> {
        let mut members = match value {
            Value::Null => Map::new(),
            Value::Object(members) => members,
            _ => return Err(vec![FieldError::of(place, "must be an object with input, variables, tags and metadata")]),
        };
        let mut errors = Vec::new();
        let mut take = |name: &str| members.remove(name).filter(|value| !value.is_null());
        let input = take("input").and_then(|value| kept(Source::read(value), &format!("{place}/input"), &mut errors));
        let is_variable = |name: &str| match name {
            INPUT => Err("must be set as \"input\", beside \"variables\"".to_owned()),
            name if is_name(name) => Ok(()),
            _ => Err(format!("must have a name of 1 to {MAX_NAME} letters, digits and _, with no digit first")),
        };
        let is_key = |name: &str| match (1..=MAX_KEY).contains(&length(name)) && !name.contains('\0') {
            true => Ok(()),
            false => Err(format!("must have a name of 1 to {MAX_KEY} characters")),
        };
        let variables = by_name(&format!("{place}/variables"), take("variables"), MAX_VARIABLES, is_variable);
        let metadata = by_name(&format!("{place}/metadata"), take("metadata"), MAX_METADATA, is_key);
        let tags = list(&format!("{place}/tags"), take("tags"));
        if let Some((name, _)) = members.into_iter().next() {
            let detail = "there is no such field: use input, variables, tags, metadata";
            errors.push(FieldError::of(&format!("{place}/{}", pointer_part(&name)), detail));
        }
        match (variables, metadata, tags) {
            (Ok(variables), Ok(metadata), Ok(tags)) if errors.is_empty() => {
                Ok(Self { input, variables, tags, metadata })
            }
            (variables, metadata, tags) => {
                let more = [variables.err(), metadata.err(), tags.err()].into_iter().flatten().flatten();
                Err(errors.into_iter().chain(more).collect())
            }
        }
    }
}

fn kept<T>(read: Result<T, String>, place: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    read.map_err(|detail| errors.push(FieldError::of(place, detail))).ok()
}

fn by_name(
    place: &str,
    value: Option<Value>,
    most: usize,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<BTreeMap<String, Source>, Vec<FieldError>> {
    let members = match value {
        None => return Ok(BTreeMap::new()),
        Some(Value::Object(members)) if members.len() <= most => members,
        Some(_) => {
            return Err(vec![FieldError::of(place, format!("must be an object of at most {most} names and places"))]);
        }
    };
    let (mut sources, mut errors) = (BTreeMap::new(), Vec::new());
    for (name, value) in members {
        let read = check(&name).and_then(|()| Source::read(value));
        if let Some(source) = kept(read, &format!("{place}/{}", pointer_part(&name)), &mut errors) {
            sources.insert(name, source);
        }
    }
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

fn list(place: &str, value: Option<Value>) -> Result<Vec<Source>, Vec<FieldError>> {
    let values = match value {
        None => return Ok(Vec::new()),
        Some(Value::Array(values)) if values.len() <= MAX_TAGS => values,
        Some(_) => return Err(vec![FieldError::of(place, format!("must be a list of at most {MAX_TAGS} places"))]),
    };
    let mut errors = Vec::new();
    let read = |(at, value)| kept(Source::read(value), &format!("{place}/{at}"), &mut errors);
    let sources: Vec<_> = values.into_iter().enumerate().filter_map(read).collect();
    if errors.is_empty() { Ok(sources) } else { Err(errors) }
}

impl From<Mapping> for Value {
    fn from(Mapping { input, variables, tags, metadata }: Mapping) -> Self {
        let values = |sources: BTreeMap<String, Source>| {
            Self::Object(sources.into_iter().map(|(name, source)| (name, source.into())).collect())
        };
        json!({
            "input": input.map(Self::from),
            "variables": values(variables),
            "tags": tags.into_iter().map(Self::from).collect::<Vec<_>>(),
            "metadata": values(metadata),
        })
    }
}

impl TryFrom<Value> for Mapping {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        Self::read("map", value).map_err(|errors| format!("{errors:?}"))
    }
}

impl FromWire for Mapping {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        Self::read("map", value).map_err(|_| NOT_OF_TYPE)
    }
}
