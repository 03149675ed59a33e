//! How messages and their larger parts are read.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// Reads a message by way of a JSON value, for the same reason as its parts.
///
/// # Errors
/// It is no JSON, or not of this type.
pub fn from_json<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    T::deserialize(serde_json::from_str::<Value>(text)?)
}

/// For `deserialize_with`: reads a part by way of a JSON value.
///
/// Serde compiles a type's reader once per source it is read from, and tagged, untagged and flattened types are each a
/// source of their own. Read like this, all have the same, and the browser has to load one reader per type only.
pub fn by_value<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    T::deserialize(Value::deserialize(deserializer)?).map_err(D::Error::custom)
}
