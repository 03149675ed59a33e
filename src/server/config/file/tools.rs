//! The `[tools]` and `[mcp]` of `runboard.toml`. Mistakes are named without quoting values, which may be secret.

use super::place::Place;
use crate::server::work::tools::config::{HttpRequestConfig, McpServerConfig};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tools {
    http_request: HttpRequestConfig,
}

/// Reads `[tools]`, or notes what is wrong with it.
pub(super) fn read(place: &Place<'_>, value: Spanned<DeValue<'_>>, mistakes: &mut Vec<String>) -> HttpRequestConfig {
    match Tools::deserialize(ValueDeserializer::from(value)) {
        Ok(tools) => tools.http_request,
        Err(error) => {
            mistakes.push(place.of(&error));
            HttpRequestConfig::default()
        }
    }
}

/// Reads each `[mcp.name]` that is right, and notes what is wrong with the others.
pub(super) fn read_servers(
    place: &Place<'_>,
    value: Spanned<DeValue<'_>>,
    mistakes: &mut Vec<String>,
) -> BTreeMap<String, McpServerConfig> {
    let span = value.span();
    let DeValue::Table(servers) = value.into_inner() else {
        mistakes.push(place.at(span, "mcp must be tables: write [mcp.name] before each server"));
        return BTreeMap::new();
    };
    let mut read = BTreeMap::new();
    for (name, server) in servers {
        match McpServerConfig::deserialize(ValueDeserializer::from(server)) {
            Ok(server) => _ = read.insert(name.into_inner().into_owned(), server),
            Err(error) => mistakes.push(place.of(&error)),
        }
    }
    read
}
