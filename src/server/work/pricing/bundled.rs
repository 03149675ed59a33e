//! The bundled genai-prices data: which provider, which rates, what a call costs.
//!
//! genai-prices prices nothing where it has no price for a kind of tokens. Only a model that is called free is taken to
//! be free; of one that has no price for tokens, such as one that is paid by the hour, the price is not known.

use super::Priced;
use super::parts::Parts;
use crate::domain::money::NanoDollars;
use crate::domain::time::Timestamp;
use genai_prices::{Calculator, PriceCalculation, PriceRequest, Usage, UsageKey};
use serde_json::json;
use std::time::{Duration, UNIX_EPOCH};

/// Decodes the price data.
pub fn warm() {
    let _ = Calculator::bundled();
}

/// Returns who is at this address, as genai-prices calls them.
pub(super) fn provider_at(url: &str) -> Option<&'static str> {
    Calculator::bundled().find_provider(None, Some(url)).ok().flatten().map(|provider| provider.id())
}

/// Returns the cost of a call to a provider's model; `None` where the data has no price for it.
pub(super) fn price(provider: &str, model: &str, parts: &Parts, at: Timestamp) -> Option<Priced> {
    let at = UNIX_EPOCH + Duration::from_millis(at.ms().unsigned_abs());
    let calculate = |counts: [(UsageKey, i64); 5]| -> Option<PriceCalculation> {
        let usage: Usage = counts.into_iter().map(|(key, count)| (key, count as f64)).collect();
        let request = PriceRequest::new(model, &usage).with_provider_id(provider).with_timestamp(at);
        Calculator::bundled().calculate(&request).ok()
    };
    let counts = |prompt, cached, written, completion, reasoning| {
        [
            (UsageKey::INPUT_TOKENS, prompt),
            (UsageKey::CACHE_READ_TOKENS, cached),
            (UsageKey::CACHE_WRITE_TOKENS, written),
            (UsageKey::OUTPUT_TOKENS, completion),
            (UsageKey::OUTPUT_REASONING_TOKENS, reasoning),
        ]
    };
    let Parts { prompt, cached, written, completion, reasoning } = *parts;
    let priced = calculate(counts(prompt, cached, written, completion, reasoning))?;

    // The rates are those of calls of the same length, since some models are dearer from a certain length on.
    let (inputs, outputs) = (prompt.max(1), completion.max(1));
    let per_input = |cached, written| {
        calculate(counts(inputs, cached, written, 0, 0)).map(|call| per_million(call.input_price, inputs))
    };
    let per_output = |reasoning| {
        calculate(counts(inputs, 0, 0, outputs, reasoning)).map(|call| per_million(call.output_price, outputs))
    };
    let (input, output) = (per_input(0, 0)?, per_output(0)?);
    if !(priced.model_id.ends_with(":free") || input > 0.0 && output > 0.0) {
        return None;
    }
    let mut rates = json!({
        "source": "genai-prices",
        "provider": priced.provider_id,
        "model": priced.model_id,
        "input_usd_per_mtok": input,
        "output_usd_per_mtok": output,
    });
    if cached > 0 {
        rates["cached_input_usd_per_mtok"] = json!(per_input(inputs, 0)?);
    }
    if written > 0 {
        rates["cache_write_usd_per_mtok"] = json!(per_input(0, inputs)?);
    }
    if reasoning > 0 {
        let rate = per_output(outputs)?;
        if rate != output {
            rates["reasoning_usd_per_mtok"] = json!(rate);
        }
    }
    Some(Priced { cost: NanoDollars::from_usd(priced.total_price)?, rates })
}

/// Returns how many tokens a provider's model takes at a time; `None` where the data does not say.
pub(super) fn context_window(provider: &str, model: &str) -> Option<u64> {
    let calculator = Calculator::bundled();
    let usage: Usage = [(UsageKey::INPUT_TOKENS, 1.0)].into_iter().collect();
    // By the same rules as for prices, which know all the names of a model.
    let listed = calculator.calculate(&PriceRequest::new(model, &usage).with_provider_id(provider)).ok()?;
    let models = calculator.find_provider(Some(&listed.provider_id), None).ok()??.models();
    models.filter(|known| known.id() == listed.model_id).find_map(|known| known.context_window())
}

/// Dollars per million tokens, without the noise of floating point.
fn per_million(usd: f64, tokens: i64) -> f64 {
    (usd / tokens as f64 * 1e12).round() / 1e6
}
