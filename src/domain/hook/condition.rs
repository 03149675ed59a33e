//! Conditions that a delivery has to meet to start a run.

use super::place::Place;
use super::{MAX_CHOICES, MAX_CONDITIONS};
use crate::domain::wire::{FromWire, NOT_OF_TYPE, Unreadable};
use crate::error::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A condition on what a delivery has at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Condition {
    pub place: Place,
    pub test: Test,
}

/// The test of a value. Numbers of the body are compared as numbers, texts, true and false as text: 7 is the same as "7".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// This value.
    Equals(Value),
    /// One of these.
    In(Vec<Value>),
    /// Anything, null included; or nothing, if false.
    Exists(bool),
}

impl Condition {
    /// Reads the conditions of a filter.
    ///
    /// # Errors
    /// Points at each that is none, below `place`.
    pub fn read_all(place: &str, value: Value) -> Result<Vec<Self>, Vec<FieldError>> {
        let says = || format!("must be a list of at most {MAX_CONDITIONS} conditions, all of which have to hold");
        let values = match value {
            Value::Null => return Ok(Vec::new()),
            Value::Array(values) if values.len() <= MAX_CONDITIONS => values,
            _ => return Err(vec![FieldError::of(place, says())]),
        };
        let (mut conditions, mut errors) = (Vec::new(), Vec::new());
        for (at, value) in values.into_iter().enumerate() {
            match Self::read(value) {
                Ok(condition) => conditions.push(condition),
                Err(detail) => errors.push(FieldError::of(&format!("{place}/{at}"), detail)),
            }
        }
        if errors.is_empty() { Ok(conditions) } else { Err(errors) }
    }

    /// Reads one.
    ///
    /// # Errors
    /// It is none; reads on from its name.
    pub fn read(value: Value) -> Result<Self, String> {
        let says = || {
            "must have a \"pointer\" or a \"header\", and one of \"equals\", \"in\" and \"exists\": such as \
             {\"pointer\": \"/ref\", \"equals\": \"refs/heads/main\"}"
                .to_owned()
        };
        let Value::Object(mut members) = value else { return Err(says()) };
        let place = match (members.remove("pointer"), members.remove("header")) {
            (Some(Value::String(pointer)), None) => Place::pointer(&pointer)?,
            (None, Some(Value::String(name))) => Place::header(&name)?,
            _ => return Err(says()),
        };
        let test = match (members.remove("equals"), members.remove("in"), members.remove("exists")) {
            (Some(value), None, None) => Test::Equals(value),
            (None, Some(Value::Array(values)), None) if (1..=MAX_CHOICES).contains(&values.len()) => Test::In(values),
            (None, Some(_), None) => return Err(format!("must have 1 to {MAX_CHOICES} values in a list as \"in\"")),
            (None, None, Some(Value::Bool(exists))) => Test::Exists(exists),
            _ => return Err(says()),
        };
        if members.is_empty() { Ok(Self { place, test }) } else { Err(says()) }
    }
}

impl From<Condition> for Value {
    fn from(Condition { place, test }: Condition) -> Self {
        let (name, place) = place.member();
        let test = match test {
            Test::Equals(value) => ("equals", value),
            Test::In(values) => ("in", json!(values)),
            Test::Exists(exists) => ("exists", json!(exists)),
        };
        Self::Object(Map::from_iter([(name.to_owned(), place), (test.0.to_owned(), test.1)]))
    }
}

impl TryFrom<Value> for Condition {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        Self::read(value)
    }
}

impl FromWire for Condition {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        Self::read(value).map_err(|_| NOT_OF_TYPE)
    }
}
