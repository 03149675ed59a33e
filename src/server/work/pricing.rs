//! Cost of a call: by the operator's own prices first, else by the bundled genai-prices data. Knows prices, not who is
//! asked or how. An unknown cost is `None`, never 0.

mod bundled;
pub mod overrides;
mod parts;

use self::overrides::PriceOverride;
use self::parts::Parts;
use super::model::TokenUsage;
use super::name::{ModelName, Provider};
use super::providers::ProvidersConfig;
use crate::domain::model::ModelRates;
use crate::domain::money::NanoDollars;
use crate::domain::run::Usage;
use crate::domain::time::Timestamp;
use crate::server::execution::{Priced, Pricing};
use serde_json::json;
use std::sync::Arc;

/// The least that a call can use.
const A_CALL: TokenUsage = TokenUsage {
    prompt: Some(1),
    cached: None,
    cache_written: None,
    completion: Some(1),
    reasoning: None,
    billed: None,
};

/// Decodes the bundled data, which takes tens of milliseconds and 10 MB, if it has the prices of a connected provider; call
/// it once at start. Otherwise it is decoded when somebody first asks for such a price.
pub fn warm(providers: &ProvidersConfig) {
    let prices = Prices::new(providers);
    if providers.connected().any(|provider| prices.listed_as(provider).is_some()) {
        bundled::warm();
    }
}

/// The price list. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Prices(Arc<List>);

#[derive(Debug)]
struct List {
    /// The provider whose prices apply to `openai/…`, as genai-prices calls it.
    openai: Option<&'static str>,
    overrides: Vec<PriceOverride>,
}

impl Prices {
    /// Returns the bundled prices of the configured providers. Another server at `OPENAI_BASE_URL` has the prices of
    /// the provider whose address that is, if it is known.
    pub fn new(providers: &ProvidersConfig) -> Self {
        let openai = providers.openai_elsewhere().map_or(Some("openai"), |base| bundled::provider_at(base.as_str()));
        Self(Arc::new(List { openai, overrides: Vec::new() }))
    }

    /// Returns the same with an operator's own prices, which win over the bundled ones.
    #[must_use]
    pub fn with_overrides(self, overrides: Vec<PriceOverride>) -> Self {
        Self(Arc::new(List { openai: self.0.openai, overrides }))
    }

    /// Returns the cost of `tokens` at the time `at`. `None` where it is not known: an unknown model, a local one
    /// without a price in `runboard.toml`, or tokens that were not counted. The demo model costs 0.
    pub fn price(&self, model: &str, tokens: TokenUsage, at: Timestamp) -> Option<Priced> {
        let name: ModelName = model.parse().ok()?;
        let own = overrides::best(&self.0.overrides, &name.to_string());
        if let (None, Provider::Demo) = (own, name.provider) {
            return Some(free(&name));
        }
        let parts = Parts::of(tokens)?;
        match own {
            Some(own) => own.price(name.provider, &parts),
            None => bundled::price(self.listed_as(name.provider)?, &name.model, &parts, at),
        }
    }

    /// Whether the operator has set a price for `model`.
    pub fn are_own(&self, model: &str) -> bool {
        let name = model.parse::<ModelName>();
        name.is_ok_and(|name| overrides::best(&self.0.overrides, &name.to_string()).is_some())
    }

    /// Whether calls to `model` have a price at the time `at`.
    pub fn knows(&self, model: &str, at: Timestamp) -> bool {
        self.price(model, A_CALL, at).is_some()
    }

    /// Returns the price of calls to `model` at the time `at`, per million tokens. `None` where it is not known.
    pub fn rates(&self, model: &str, at: Timestamp) -> Option<ModelRates> {
        let Priced { rates, .. } = self.price(model, A_CALL, at)?;
        let rate = |name: &str| NanoDollars::from_usd(rates.get(name)?.as_f64()?);
        Some(ModelRates { input: rate("input_usd_per_mtok")?, output: rate("output_usd_per_mtok")? })
    }

    /// Returns how many tokens `model` takes at a time, as far as the bundled data says.
    pub fn context_window(&self, model: &str) -> Option<u64> {
        let name: ModelName = model.parse().ok()?;
        bundled::context_window(self.listed_as(name.provider)?, &name.model)
    }

    /// Returns the name that genai-prices has for whoever serves `provider/…`.
    fn listed_as(&self, provider: Provider) -> Option<&'static str> {
        match provider {
            Provider::OpenAi => self.0.openai,
            Provider::Anthropic => Some("anthropic"),
            Provider::Gemini => Some("google"),
            Provider::Groq => Some("groq"),
            Provider::DeepSeek => Some("deepseek"),
            Provider::Xai => Some("x-ai"),
            Provider::Mistral => Some("mistral"),
            Provider::OpenRouter => Some("openrouter"),
            Provider::Ollama | Provider::Demo => None,
        }
    }
}

impl Pricing for Prices {
    fn estimate(&self, model: &str, usage: &Usage, at: Timestamp) -> Option<Priced> {
        usage.total_tokens?;
        let count = |count: Option<i64>| Some(count.unwrap_or(0));
        let (prompt, completion) = (count(usage.prompt_tokens), count(usage.completion_tokens));
        let (cached, reasoning) = (usage.cached_tokens, usage.reasoning_tokens);
        self.price(model, TokenUsage { prompt, cached, completion, reasoning, ..TokenUsage::default() }, at)
    }
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
mod tests;
