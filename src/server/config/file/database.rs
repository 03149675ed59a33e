//! The `[database]` of `runboard.toml`. Mistakes are named without quoting values.

use super::place::Place;
use crate::server::config::database::{CONNECTIONS, DatabaseSettings, IDLE_S, PreparedStatements, Setting, WAIT_S};
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    connections: Option<Spanned<i64>>,
    wait_s: Option<Spanned<i64>>,
    idle_s: Option<Spanned<i64>>,
    prepared_statements: Option<Spanned<String>>,
}

/// Reads `[database]`, or notes what is wrong with it.
pub(super) fn read(place: &Place<'_>, value: Spanned<DeValue<'_>>, mistakes: &mut Vec<String>) -> DatabaseSettings {
    let table = match Table::deserialize(ValueDeserializer::from(value)) {
        Ok(table) => table,
        Err(error) => {
            mistakes.push(place.of(&error));
            return DatabaseSettings::default();
        }
    };
    let mut number = |setting: Setting, value: Option<Spanned<i64>>| {
        let value = value?;
        let number = u32::try_from(*value.get_ref()).ok().filter(|number| setting.range.contains(number));
        if number.is_none() {
            mistakes.push(place.at(value.span(), &format!("{}: {}", setting.name, setting.advice())));
        }
        number
    };
    let (connections, wait_s, idle_s) =
        (number(CONNECTIONS, table.connections), number(WAIT_S, table.wait_s), number(IDLE_S, table.idle_s));
    let prepared = table.prepared_statements.and_then(|word| {
        let prepared = PreparedStatements::parse(word.get_ref());
        if prepared.is_none() {
            mistakes.push(place.at(word.span(), &format!("prepared_statements: {}", PreparedStatements::ADVICE)));
        }
        prepared
    });
    DatabaseSettings { connections, wait_s, idle_s, prepared }
}
