//! Prices an operator sets, by model or by the beginning of models' names. Knows neither the file they come from nor
//! the bundled prices.

use super::super::name::{ModelName, NameError, Provider};
use super::Priced;
use super::parts::Parts;
use crate::domain::money::NanoDollars;
use serde_json::json;
use std::{fmt, str::FromStr};
use thiserror::Error;

/// An operator's price for a model.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceOverride {
    pub pattern: Pattern,
    pub rates: Rates,
}

/// US dollars per million tokens, each finite and not negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    pub input: f64,
    /// For tokens read from the provider's cache.
    pub cached_input: f64,
    /// For tokens written to the provider's cache.
    pub cache_write: f64,
    pub output: f64,
    /// For those of the output that were spent on reasoning.
    pub reasoning: f64,
}

/// `provider/model`, or with a `*` at its end the beginning of such a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

/// Why a text is no pattern. The text says what would do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("{0:?} has a * before its end: only names with the same beginning can be meant together")]
    Inner(String),
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let name: ModelName = text.parse()?;
        match name.model.find('*') {
            Some(star) if star + 1 < name.model.len() => Err(PatternError::Inner(text.to_owned())),
            _ => Ok(Self(name.to_string())),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pattern {
    fn matches(&self, name: &str) -> bool {
        self.0.strip_suffix('*').map_or(self.0 == name, |beginning| name.starts_with(beginning))
    }

    /// The closer of two that match the same name is the greater: the name itself, else the longer beginning.
    fn closeness(&self) -> (bool, usize) {
        (!self.0.ends_with('*'), self.0.len())
    }
}

/// Returns the price that comes closest to a model's full name.
pub(super) fn best<'a>(overrides: &'a [PriceOverride], name: &str) -> Option<&'a PriceOverride> {
    overrides.iter().filter(|own| own.pattern.matches(name)).max_by_key(|own| own.pattern.closeness())
}

impl PriceOverride {
    /// Returns the cost of a call at these rates; `None` where it is more than nano-dollars can count.
    pub(super) fn price(&self, provider: Provider, parts: &Parts) -> Option<Priced> {
        let Rates { input, cached_input, cache_write, output, reasoning } = self.rates;
        let usd = [
            (parts.plain(), input),
            (parts.cached, cached_input),
            (parts.written, cache_write),
            (parts.answer(), output),
            (parts.reasoning, reasoning),
        ]
        .map(|(tokens, rate)| tokens as f64 * rate / 1e6)
        .iter()
        .sum();
        let mut rates = json!({
            "source": "runboard.toml",
            "provider": provider.as_str(),
            "model": self.pattern.0.split_once('/').map_or("", |(_, model)| model),
            "input_usd_per_mtok": input,
            "output_usd_per_mtok": output,
        });
        if parts.cached > 0 {
            rates["cached_input_usd_per_mtok"] = json!(cached_input);
        }
        if parts.written > 0 {
            rates["cache_write_usd_per_mtok"] = json!(cache_write);
        }
        if parts.reasoning > 0 && reasoning != output {
            rates["reasoning_usd_per_mtok"] = json!(reasoning);
        }
        Some(Priced { cost: NanoDollars::from_usd(usd)?, rates })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: Rates = Rates { input: 1.0, cached_input: 0.1, cache_write: 1.25, output: 4.0, reasoning: 6.0 };

    fn own(pattern: &str) -> PriceOverride {
        PriceOverride { pattern: pattern.parse().unwrap(), rates: RATES }
    }

    #[test]
    fn each_kind_of_token_has_its_rate() {
        let parts = Parts { prompt: 1_000, cached: 200, written: 100, completion: 50, reasoning: 30 };
        let priced = own("openai/mine").price(Provider::OpenAi, &parts).unwrap();
        // 700 × 1.0 + 200 × 0.1 + 100 × 1.25 + 20 × 4.0 + 30 × 6.0 = 1105 millionths of a dollar
        assert_eq!(priced.cost, NanoDollars(1_105_000));
        let expected = json!({
            "source": "runboard.toml", "provider": "openai", "model": "mine",
            "input_usd_per_mtok": 1.0, "cached_input_usd_per_mtok": 0.1, "cache_write_usd_per_mtok": 1.25,
            "output_usd_per_mtok": 4.0, "reasoning_usd_per_mtok": 6.0,
        });
        assert_eq!(priced.rates, expected);
    }

    #[test]
    fn the_closest_pattern_wins_wherever_it_stands() {
        let all = ["ollama/*", "ollama/qwen*", "ollama/qwen3", "openai/gpt-5*"].map(own);
        let found = |name: &str| best(&all, name).map(|own| own.pattern.to_string());
        assert_eq!(found("ollama/qwen3").as_deref(), Some("ollama/qwen3"));
        assert_eq!(found("ollama/qwen3:8b").as_deref(), Some("ollama/qwen*"));
        assert_eq!(found("ollama/llama3.2").as_deref(), Some("ollama/*"));
        assert_eq!(found("openai/gpt-5").as_deref(), Some("openai/gpt-5*"), "a beginning may be the whole name");
        assert_eq!(found("openai/gpt-4o"), None);
    }

    #[test]
    fn a_pattern_that_cannot_match_is_refused() {
        let said = |text: &str| text.parse::<Pattern>().unwrap_err().to_string();
        assert!(said("gpt-5").contains("names no provider"));
        assert!(said("*").contains("names no provider"));
        assert!(said("open*/x").contains("unknown provider"));
        assert!(said("openai/").contains("names no model"));
        assert!(said("openai/gpt-*-mini").contains("only names with the same beginning"));
    }
}
