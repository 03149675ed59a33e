//! How the browser reads what the server sends, by the type it is of: pages' data, live updates, responses.
//!
//! Serde writes all of it and could read it, too, but in three times as much code, which every visitor loads. So what is
//! read is a JSON value first, and of that a type takes its fields one by one. `#[derive(FromWire)]` does it for structs,
//! by the names that serde writes. What the server reads (bodies, queries, columns) stays serde's.

pub use runboard_derive::FromWire;

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// A value that can be read from JSON.
pub trait FromWire: Sized {
    /// Reads it. What is missing reads as null.
    ///
    /// # Errors
    /// It is not of this type.
    fn from_wire(value: Value) -> Result<Self, Unreadable>;
}

/// A struct whose fields can be read from those of an object, others among them.
pub trait FromFields: Sized {
    /// Takes its fields.
    ///
    /// # Errors
    /// One is missing or not of its type.
    fn from_fields(fields: &mut Fields) -> Result<Self, Unreadable>;
}

/// Reads a message.
///
/// # Errors
/// It is no JSON, or not of this type.
pub fn from_json<T: FromWire>(text: &str) -> Result<T, Unreadable> {
    let value = serde_json::from_str(text).map_err(|_| NOT_OF_TYPE);
    value.and_then(T::from_wire).map_err(|error| error.of("the message"))
}

/// For a value that is not of its type; whoever knows where it stood says so.
pub const NOT_OF_TYPE: Unreadable = Unreadable("");

/// The name of the innermost field that could not be read. For developers, since page and server are of one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable(&'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        f.write_str(" is missing or not as expected")
    }
}

impl std::error::Error for Unreadable {}

impl Unreadable {
    fn of(self, name: &'static str) -> Self {
        if self.0.is_empty() { Self(name) } else { self }
    }
}

/// The fields of an object that have not been taken yet.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Takes a value for an object.
    ///
    /// # Errors
    /// It is none.
    pub fn of(value: Value) -> Result<Self, Unreadable> {
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(NOT_OF_TYPE),
        }
    }

    /// Whether there is a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Reads a field.
    ///
    /// # Errors
    /// It is missing or not of this type.
    pub fn take<T: FromWire>(&mut self, name: &'static str) -> Result<T, Unreadable> {
        T::from_wire(self.value(name)).map_err(|error| error.of(name))
    }

    /// Apart, so that it is there once and not for each type.
    #[inline(never)]
    fn value(&mut self, name: &str) -> Value {
        self.0.get_mut(name).map(Value::take).unwrap_or_default()
    }
}

/// Implements `FromWire` for a type that is read from one kind of JSON value.
macro_rules! from_wire {
    ($($type:ty: $pattern:pat => $read:expr;)+) => {
        $(impl $crate::domain::wire::FromWire for $type {
            fn from_wire(value: ::serde_json::Value) -> Result<Self, $crate::domain::wire::Unreadable> {
                match value {
                    $pattern => $read,
                    _ => None,
                }
                .ok_or($crate::domain::wire::NOT_OF_TYPE)
            }
        })+
    };
}
pub(crate) use from_wire;

from_wire! {
    (): Value::Null => Some(());
    bool: Value::Bool(value) => Some(value);
    i32: Value::Number(number) => number.as_i64().and_then(|number| number.try_into().ok());
    i64: Value::Number(number) => number.as_i64();
    u64: Value::Number(number) => number.as_u64();
    f64: Value::Number(number) => number.as_f64();
    String: Value::String(text) => Some(text);
}

impl FromWire for Value {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        Ok(value)
    }
}

impl<T: FromWire> FromWire for Box<T> {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        T::from_wire(value).map(Self::new)
    }
}

impl<T: FromWire> FromWire for Option<T> {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        match value {
            Value::Null => Ok(None),
            value => T::from_wire(value).map(Some),
        }
    }
}

impl<T: FromWire> FromWire for Vec<T> {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        let Value::Array(values) = value else { return Err(NOT_OF_TYPE) };
        // Not collected: the code for that is a multiple of this.
        let mut all = Self::with_capacity(values.len());
        for value in values {
            all.push(T::from_wire(value)?);
        }
        Ok(all)
    }
}

impl<T: FromWire> FromWire for BTreeMap<String, T> {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        let Value::Object(members) = value else { return Err(NOT_OF_TYPE) };
        let mut all = Self::new();
        for (name, value) in members {
            all.insert(name, T::from_wire(value)?);
        }
        Ok(all)
    }
}

/// As serde writes it: `{"Ok": …}` or `{"Err": …}`.
impl<T: FromWire, E: FromWire> FromWire for Result<T, E> {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        let mut fields = Fields::of(value)?;
        match fields.has("Ok") {
            true => fields.take("Ok").map(Ok),
            false => fields.take("Err").map(Err),
        }
    }
}

#[cfg(test)]
mod tests;
