//! The `[retention]` of `runboard.toml`. Mistakes are named without quoting values.

use super::place::Place;
use crate::server::config::retention::{DAYS, PAYLOAD_DAYS, RUNS, RetentionSettings, Setting};
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    days: Option<Spanned<Amount>>,
    runs: Option<Spanned<Amount>>,
    payload_days: Option<Spanned<Amount>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Amount {
    Number(i64),
    Word(String),
    Other(IgnoredAny),
}

/// Reads `[retention]`, or notes what is wrong with it.
pub(super) fn read(place: &Place<'_>, value: Spanned<DeValue<'_>>, mistakes: &mut Vec<String>) -> RetentionSettings {
    let table = match Table::deserialize(ValueDeserializer::from(value)) {
        Ok(table) => table,
        Err(error) => {
            mistakes.push(place.of(&error));
            return RetentionSettings::default();
        }
    };
    let mut number = |setting: Setting, value: Option<Spanned<Amount>>| {
        let value = value?;
        let number = match value.get_ref() {
            Amount::Number(number) => setting.number(*number),
            Amount::Word(word) => Some(word).filter(|word| *word == "never").map(|_| 0),
            Amount::Other(IgnoredAny) => None,
        };
        if number.is_none() {
            mistakes.push(place.at(value.span(), &format!("{}: {}", setting.name, setting.advice())));
        }
        number
    };
    RetentionSettings {
        days: number(DAYS, table.days),
        runs: number(RUNS, table.runs),
        payload_days: number(PAYLOAD_DAYS, table.payload_days),
    }
}
