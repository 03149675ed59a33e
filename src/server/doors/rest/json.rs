//! JSON that somebody has written: read with errors that point at the value and say in plain words what it must be. All
//! bodies of the REST door are read here.

use crate::error::{AppError, FieldError, pointer_part};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use std::fmt;

/// Errors in one body after which no more are looked for.
pub const MAX_ERRORS: usize = 100;

/// Reads a body, which is an object.
///
/// # Errors
/// `Malformed` where it is not JSON; `Invalid` where it is no object, or not such a one.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    // Serde reads a struct from an array too, value by value.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        let _: IgnoredAny = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
        return Err(AppError::invalid("The body must be a JSON object, such as {\"name\": \"value\"}."));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer_of(error.path());
        let error = error.into_inner();
        match error.classify() {
            Category::Data => {
                let detail = plain(&error.to_string());
                match pointer {
                    Some(pointer) => AppError::invalid_fields(vec![FieldError { pointer, detail }]),
                    None => AppError::invalid(format!("The body {detail}.")),
                }
            }
            _ => not_json(&error),
        }
    })?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(read)
}

fn not_json(error: &serde_json::Error) -> AppError {
    AppError::malformed(format!("The body is not JSON: {error}."))
}

/// Returns the JSON Pointer (RFC 6901) to what could not be read; `None` for the body as a whole.
fn pointer_of(path: &serde_path_to_error::Path) -> Option<String> {
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(pointer_part(key)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    let parts: Vec<_> = path.iter().map_while(part).collect();
    (!parts.is_empty()).then(|| format!("/{}", parts.join("/")))
}

/// Rewords serde's errors for people who do not know Rust: reads on from the name of a value.
fn plain(error: &str) -> String {
    let error = error.split(" at line ").next().unwrap_or_default();
    if let Some(name) = error.strip_prefix("missing field ") {
        return format!("must have {}", quoted(name));
    }
    if let Some((name, known)) = error.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", ")) {
        return format!("must not have {}: {}", quoted(name), quoted(known));
    }
    if let Some(name) = error.strip_prefix("duplicate field ") {
        return format!("must have {} once only", quoted(name));
    }
    let is_of_a_kind = error.starts_with("invalid type: ") || error.starts_with("invalid value: ");
    match error.rsplit_once(", expected ").filter(|_| is_of_a_kind) {
        Some((_, expected)) => format!("must be {}", kind(expected)),
        None => quoted(error),
    }
}

/// Returns a kind of value that serde expects, in plain words.
fn kind(expected: &str) -> &str {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

fn quoted(text: &str) -> String {
    text.replace('`', "\"")
}

/// Reads the value of a body's member. Where a body is read member by member, its values have only been looked over until now.
///
/// # Errors
/// Points at what cannot be kept as it was written: half of a surrogate pair, a number beyond all bounds, a name that is there
/// twice, or too many lists within lists.
pub fn value(name: &str, raw: &RawValue) -> Result<Value, FieldError> {
    let mut reader = serde_json::Deserializer::from_str(raw.get());
    serde_path_to_error::deserialize::<_, Strict>(&mut reader).map(|Strict(value)| value).map_err(|error| {
        let pointer = format!("/{}{}", pointer_part(name), pointer_of(error.path()).unwrap_or_default());
        let error = error.into_inner();
        let detail = match error.classify() {
            Category::Data => plain(&error.to_string()),
            _ => format!("cannot be read: {}", plain(&error.to_string())),
        };
        FieldError { pointer, detail }
    })
}

/// A value in which no name is there twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Strict;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Strict, E> {
                Ok(Strict(Value::Null))
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Strict, E> {
                Ok(Strict(flag.into()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Strict, E> {
                Ok(Strict(number.into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Strict, E> {
                Ok(Strict(number.into()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Strict, E> {
                Ok(Strict(number.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Strict, E> {
                Ok(Strict(text.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Strict, A::Error> {
                let mut values = Vec::new();
                while let Some(Strict(value)) = list.next_element()? {
                    values.push(value);
                }
                Ok(Strict(Value::Array(values)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Strict, A::Error> {
                let mut members = Map::new();
                while let Some(name) = map.next_key::<String>()? {
                    let Strict(value) = map.next_value()?;
                    if members.contains_key(&name) {
                        return Err(A::Error::custom(format!("has {name:?} twice")));
                    }
                    members.insert(name, value);
                }
                Ok(Strict(Value::Object(members)))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// The members of an object in their order, also those that are there twice.
pub struct Members(pub Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests;
