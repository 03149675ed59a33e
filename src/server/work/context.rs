//! How much of a conversation a model can take.

use super::pricing::Prices;

/// Tokens of a model whose context is not known, such as a local one.
const CUSTOMARY_WINDOW: u64 = 128_000;
/// Bytes of text that are taken for a token. English has four, so that a quarter is left for tools and the answer; what has
/// fewer, such as Chinese, has about three.
const BYTES_PER_TOKEN: u64 = 3;
/// More is never given, whatever the model could take: it has to be kept in memory several times, and paid for.
const MOST: u64 = 4 * 1024 * 1024;

/// Bytes of a conversation that a model is given at most.
pub(super) fn history_limit(prices: &Prices, model: &str) -> i64 {
    let window = prices.context_window(model).unwrap_or(CUSTOMARY_WINDOW);
    i64::try_from(window.saturating_mul(BYTES_PER_TOKEN).min(MOST)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::work::providers::ProvidersConfig;

    #[test]
    fn the_bundled_data_knows_the_windows_of_models() {
        let prices = Prices::new(&ProvidersConfig::default());
        let limit = |model| history_limit(&prices, model);
        assert_eq!(limit("openai/gpt-4"), 8_192 * 3);
        assert_eq!(limit("anthropic/claude-haiku-4-5"), 200_000 * 3);
        assert_eq!(limit("openai/gpt-4.1"), 1_000_000 * 3);
        for unknown in ["ollama/llama3.2", "demo/quick", "openai/of-tomorrow", "no model"] {
            assert_eq!(limit(unknown), 128_000 * 3, "{unknown}");
        }
    }
}
