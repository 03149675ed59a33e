//! The `[[prices]]` of `runboard.toml`.

use super::place::Place;
use crate::server::work::pricing::overrides::{Pattern, PriceOverride, Rates};
use serde::Deserialize;
use std::collections::HashMap;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

/// One entry as it is written: US dollars per million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    model: Spanned<String>,
    input_usd_per_mtok: Spanned<f64>,
    cached_input_usd_per_mtok: Option<Spanned<f64>>,
    cache_write_usd_per_mtok: Option<Spanned<f64>>,
    output_usd_per_mtok: Spanned<f64>,
    reasoning_usd_per_mtok: Option<Spanned<f64>>,
}

/// Reads the entries that are right, and notes what is wrong with the others.
pub(super) fn read(place: &Place<'_>, value: Spanned<DeValue<'_>>, mistakes: &mut Vec<String>) -> Vec<PriceOverride> {
    let span = value.span();
    let DeValue::Array(entries) = value.into_inner() else {
        mistakes.push(place.at(span, "prices must be a list of tables: write [[prices]] before each"));
        return Vec::new();
    };
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut prices = Vec::new();
    for entry in entries {
        match Entry::deserialize(ValueDeserializer::from(entry)) {
            Ok(entry) => prices.extend(check(place, &entry, &mut lines, mistakes)),
            Err(error) => mistakes.push(place.of(&error)),
        }
    }
    prices
}

fn check(
    place: &Place<'_>,
    entry: &Entry,
    lines: &mut HashMap<String, usize>,
    mistakes: &mut Vec<String>,
) -> Option<PriceOverride> {
    let found = mistakes.len();
    let pattern = entry.model.get_ref().parse::<Pattern>();
    match &pattern {
        Err(error) => mistakes.push(place.at(entry.model.span(), &format!("model: {error}"))),
        Ok(pattern) => {
            let name = pattern.to_string();
            match lines.get(&name) {
                Some(line) => {
                    let problem = format!("{name:?} has a price already, in line {line}: remove one of the two");
                    mistakes.push(place.at(entry.model.span(), &problem));
                }
                None => _ = lines.insert(name, place.line(&entry.model.span())),
            }
        }
    }
    let mut rate = |rate: &Spanned<f64>| {
        if !(rate.get_ref().is_finite() && *rate.get_ref() >= 0.0) {
            let problem = format!("{} is no price: use US dollars per million tokens, 0 or more", rate.get_ref());
            mistakes.push(place.at(rate.span(), &problem));
        }
        *rate.get_ref()
    };
    let (input, output) = (rate(&entry.input_usd_per_mtok), rate(&entry.output_usd_per_mtok));
    let mut optional = |own: &Option<Spanned<f64>>, otherwise| own.as_ref().map_or(otherwise, &mut rate);
    let rates = Rates {
        input,
        cached_input: optional(&entry.cached_input_usd_per_mtok, input),
        cache_write: optional(&entry.cache_write_usd_per_mtok, input),
        output,
        reasoning: optional(&entry.reasoning_usd_per_mtok, output),
    };
    (mistakes.len() == found).then_some(PriceOverride { pattern: pattern.ok()?, rates })
}
