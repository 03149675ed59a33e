//! What a call costs, from the bundled genai-prices data. Knows prices, not who is asked or how.

use super::model::TokenUsage;
use super::name::{ModelName, Provider};
use super::providers::ProvidersConfig;
use crate::domain::money::NanoDollars;
use crate::domain::time::Timestamp;
use genai_prices::{Calculator, PriceRequest, Usage, UsageKey};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

/// Decodes the price data, which takes tens of milliseconds; call it once at start.
pub fn warm() {
    let _ = Calculator::bundled();
}

/// What a call cost, and the rates that were used.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    pub cost: NanoDollars,
    /// `{source, provider, model, input_usd_per_mtok, output_usd_per_mtok}`, for the record.
    pub rates: Value,
}

/// The price list.
#[derive(Clone, Copy, Debug)]
pub struct Prices {
    openai_is_official: bool,
}

impl Prices {
    /// The prices that apply to the configured providers: another server at `OPENAI_BASE_URL` has its own.
    pub fn new(providers: &ProvidersConfig) -> Self {
        Self { openai_is_official: providers.openai_elsewhere().is_none() }
    }

    /// Whether a price is known.
    pub fn knows(&self, model: &str, at: Timestamp) -> bool {
        let some = TokenUsage { prompt: Some(1), completion: Some(1), ..TokenUsage::default() };
        self.price(model, some, at).is_some()
    }

    /// The cost of `tokens` at the time `at`. `None` where it is not known: an unknown model, a local one, or
    /// tokens that were not counted. The demo model costs 0.
    pub fn price(&self, model: &str, tokens: TokenUsage, at: Timestamp) -> Option<Priced> {
        let name: ModelName = model.parse().ok()?;
        let provider = match name.provider {
            Provider::OpenAi if self.openai_is_official => "openai",
            Provider::Anthropic => "anthropic",
            Provider::Gemini => "google",
            Provider::Groq => "groq",
            Provider::DeepSeek => "deepseek",
            Provider::Xai => "x-ai",
            Provider::Mistral => "mistral",
            Provider::OpenRouter => "openrouter",
            Provider::OpenAi | Provider::Ollama => return None,
            Provider::Demo => return Some(free(&name)),
        };
        let (prompt, completion) = (tokens.prompt?, tokens.completion?);
        let part_of_prompt = |tokens: Option<i64>| tokens.unwrap_or(0).clamp(0, prompt.max(0));
        let cached = part_of_prompt(tokens.cached);
        let written = part_of_prompt(tokens.cache_written).min(prompt.max(0) - cached);
        let usage = Usage::from([
            (UsageKey::INPUT_TOKENS, prompt as f64),
            (UsageKey::CACHE_READ_TOKENS, cached as f64),
            (UsageKey::CACHE_WRITE_TOKENS, written as f64),
            (UsageKey::OUTPUT_TOKENS, completion as f64),
        ]);
        let at = UNIX_EPOCH + Duration::from_millis(at.ms().unsigned_abs());
        let calculate = |usage: &Usage| {
            let request = PriceRequest::new(&name.model, usage).with_provider_id(provider).with_timestamp(at);
            Calculator::bundled().calculate(&request).ok()
        };
        let priced = calculate(&usage)?;
        // The same number of tokens without a cache, since some models are dearer from a certain length on.
        let (inputs, outputs) = (prompt.max(1) as f64, completion.max(1) as f64);
        let plain = calculate(&Usage::from([(UsageKey::INPUT_TOKENS, inputs), (UsageKey::OUTPUT_TOKENS, outputs)]))?;
        let rates = json!({
            "source": "genai-prices",
            "provider": priced.provider_id,
            "model": priced.model_id,
            "input_usd_per_mtok": per_million(plain.input_price, inputs),
            "output_usd_per_mtok": per_million(plain.output_price, outputs),
        });
        Some(Priced { cost: NanoDollars::from_usd(priced.total_price)?, rates })
    }
}

/// Dollars per million tokens, without the noise of floating point.
fn per_million(usd: f64, tokens: f64) -> f64 {
    (usd / tokens * 1e12).round() / 1e6
}

fn free(name: &ModelName) -> Priced {
    let rates = json!({
        "source": "built in",
        "provider": "demo",
        "model": name.model,
        "input_usd_per_mtok": 0.0,
        "output_usd_per_mtok": 0.0,
    });
    Priced { cost: NanoDollars(0), rates }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_795_444_200_000;

    fn price(model: &str, prompt: i64, cached: i64, completion: i64) -> Option<Priced> {
        let tokens = TokenUsage {
            prompt: Some(prompt),
            cached: Some(cached),
            completion: Some(completion),
            ..TokenUsage::default()
        };
        Prices { openai_is_official: true }.price(model, tokens, Timestamp::from_ms(AT))
    }

    #[test]
    fn a_known_model_is_priced_to_the_nano_dollar() {
        let priced = price("openai/gpt-5-mini", 1_000, 0, 100).unwrap();
        assert_eq!(priced.cost, NanoDollars(450_000));
        assert_eq!(priced.rates["model"], "gpt-5-mini");
        assert_eq!(priced.rates["input_usd_per_mtok"], 0.25);
        assert_eq!(priced.rates["output_usd_per_mtok"], 2.0);
    }

    #[test]
    fn cached_tokens_cost_less() {
        assert_eq!(price("openai/gpt-5-mini", 1_000, 1_000, 0).unwrap().cost, NanoDollars(25_000));
    }

    #[test]
    fn every_provider_finds_its_default_model() {
        for model in ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"] {
            assert!(price(model, 10, 0, 10).is_some_and(|priced| priced.cost > NanoDollars(0)), "{model}");
        }
    }

    #[test]
    fn what_is_not_known_has_no_price() {
        assert_eq!(price("openai/no-such-model", 10, 0, 10), None);
        assert_eq!(price("ollama/llama3.2", 10, 0, 10), None);
        assert_eq!(price("nonsense", 10, 0, 10), None);
        let elsewhere = Prices { openai_is_official: false };
        let tokens = TokenUsage { prompt: Some(1), completion: Some(1), ..TokenUsage::default() };
        assert_eq!(elsewhere.price("openai/gpt-5-mini", tokens, Timestamp::from_ms(AT)), None);
        let uncounted = Prices { openai_is_official: true };
        assert_eq!(uncounted.price("openai/gpt-5-mini", TokenUsage::default(), Timestamp::from_ms(AT)), None);
    }

    #[test]
    fn the_demo_model_is_known_to_be_free() {
        assert_eq!(price("demo/anything", 10, 0, 10).unwrap().cost, NanoDollars(0));
    }

    #[test]
    fn nonsensical_counts_break_nothing() {
        assert_eq!(price("openai/gpt-5-mini", -5, 9, 3), None);
        assert_eq!(price("openai/gpt-5-mini", 10, 99, 0), price("openai/gpt-5-mini", 10, 10, 0));
        assert_eq!(price("openai/gpt-5-mini", i64::MAX, 0, 0), None, "more than nano-dollars can count");
    }
}
