//! Tests of which prices apply to which model, and of tokens that were not counted well.

use super::overrides::Rates;
use super::*;

mod published;

/// 2026-11-23 13:10 UTC.
fn now() -> Timestamp {
    Timestamp::from_ms(1_795_439_400_000)
}

fn prices(env: &[(&str, &str)]) -> Prices {
    let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
    Prices::new(&ProvidersConfig::from_env(lookup).unwrap())
}

fn at_base(url: &str) -> Prices {
    prices(&[("OPENAI_BASE_URL", url)])
}

fn tokens(prompt: i64, cached: i64, completion: i64) -> TokenUsage {
    let (prompt, cached, completion) = (Some(prompt), Some(cached), Some(completion));
    TokenUsage { prompt, cached, completion, ..TokenUsage::default() }
}

fn price(model: &str, prompt: i64, cached: i64, completion: i64) -> Option<Priced> {
    prices(&[]).price(model, tokens(prompt, cached, completion), now())
}

fn own(pattern: &str, input: f64, output: f64) -> PriceOverride {
    let rates = Rates { input, cached_input: input, cache_write: input, output, reasoning: output };
    PriceOverride { pattern: pattern.parse().unwrap(), rates }
}

#[test]
fn the_rates_that_were_used_are_on_record() {
    let priced = price("openai/gpt-5-mini", 1_000, 0, 100).unwrap();
    assert_eq!(priced.cost, NanoDollars(450_000));
    let plain = json!({
        "source": "genai-prices", "provider": "openai", "model": "gpt-5-mini",
        "input_usd_per_mtok": 0.25, "output_usd_per_mtok": 2.0,
    });
    assert_eq!(priced.rates, plain);
    let written = TokenUsage { cache_written: Some(10), ..tokens(1_000, 400, 0) };
    let priced = prices(&[]).price("anthropic/claude-haiku-4-5", written, now()).unwrap();
    assert_eq!(priced.rates["cached_input_usd_per_mtok"], 0.1);
    assert_eq!(priced.rates["cache_write_usd_per_mtok"], 1.25);
    // 590 × 1 + 400 × 0.1 + 10 × 1.25 millionths of a dollar
    assert_eq!(priced.cost, NanoDollars(642_500));
}

#[test]
fn reasoning_is_priced_once() {
    let thought = TokenUsage { reasoning: Some(80), ..tokens(1_000, 0, 100) };
    assert_eq!(prices(&[]).price("openai/gpt-5-mini", thought, now()), price("openai/gpt-5-mini", 1_000, 0, 100));
    // Where it has a price of its own: 1000 × 2 + 20 × 8 + 80 × 3 millionths of a dollar.
    let priced = prices(&[]).price("openrouter/perplexity/sonar-deep-research", thought, now()).unwrap();
    assert_eq!((priced.cost, &priced.rates["reasoning_usd_per_mtok"]), (NanoDollars(2_400_000), &json!(3.0)));
}

#[test]
fn every_offered_model_has_a_price() {
    let keys = |name: &str| name.ends_with("_API_KEY").then(|| "k".to_owned());
    let providers = ProvidersConfig::from_env(keys).unwrap();
    for choice in providers.choices().choices {
        assert!(Prices::new(&providers).knows(&choice.name, now()), "{}", choice.name);
    }
}

#[test]
fn what_is_not_known_has_no_price() {
    for model in ["openai/no-such-model", "ollama/llama3.2", "nonsense", "demo/"] {
        assert_eq!((price(model, 10, 0, 10), prices(&[]).knows(model, now())), (None, false), "{model}");
    }
    for model in ["groq/whisper-large-v3", "openai/text-embedding-3-small", "gemini/gemma-3-27b-it"] {
        assert!(!prices(&[]).knows(model, now()), "{model} has no price for the tokens of a chat");
    }
    assert_eq!(prices(&[]).price("openai/gpt-5-mini", TokenUsage::default(), now()), None, "not counted");
}

#[test]
fn what_is_called_free_costs_nothing() {
    for model in ["demo/anything", "openrouter/openai/gpt-oss-20b:free"] {
        assert_eq!(price(model, 10, 0, 10).unwrap().cost, NanoDollars(0), "{model}");
    }
    assert!(prices(&[]).price("demo/quick", TokenUsage::default(), now()).is_some(), "however little was counted");
}

#[test]
fn another_server_has_the_prices_of_whoever_is_there() {
    for (url, model, provider) in [
        ("https://openrouter.ai/api/v1", "openai/anthropic/claude-sonnet-4.5", "openrouter"),
        ("https://api.groq.com/openai/v1", "openai/llama-3.3-70b-versatile", "groq"),
        ("https://api.deepseek.com", "openai/deepseek-flash", "deepseek"),
        ("https://api.x.ai/v1", "openai/grok-4", "x-ai"),
        ("https://api.mistral.ai/v1", "openai/mistral-small-latest", "mistral"),
        ("https://api.together.xyz/v1", "openai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "together"),
        ("https://api.fireworks.ai/inference/v1", "openai/accounts/fireworks/models/gpt-oss-120b", "fireworks"),
        ("https://generativelanguage.googleapis.com/v1beta/openai/", "openai/gemini-2.5-pro", "google"),
        ("https://mine.openai.azure.com/openai/v1/", "openai/gpt-5-mini", "azure"),
        ("http://api.openai.com/v1", "openai/gpt-5-mini", "openai"),
    ] {
        let priced = at_base(url).price(model, tokens(10, 0, 10), now()).unwrap_or_else(|| panic!("{model} at {url}"));
        assert_eq!(priced.rates["provider"], provider);
    }
    assert!(!at_base("http://localhost:8080/v1").knows("openai/gpt-5-mini", now()));
    assert!(!at_base("https://api.groq.com/openai/v1").knows("openai/gpt-5-mini", now()));
}

#[test]
fn an_operators_price_wins() {
    let local = at_base("http://localhost:8080/v1");
    let all = vec![own("openai/gpt-5-mini", 1.0, 2.0), own("ollama/*", 0.5, 0.5), own("demo/slow", 3.0, 3.0)];
    let prices = local.with_overrides(all);
    let cost = |model| prices.price(model, tokens(100, 0, 10), now()).map(|priced| priced.cost);
    assert_eq!(cost("openai/gpt-5-mini"), Some(NanoDollars(120_000)));
    assert_eq!(cost("openai/gpt-5-nano"), None);
    assert_eq!(cost("ollama/llama3.2"), Some(NanoDollars(55_000)));
    assert_eq!(cost("demo/slow"), Some(NanoDollars(330_000)));
    assert_eq!(cost("demo/quick"), Some(NanoDollars(0)));
    assert!(prices.knows("ollama/anything", now()));
}

#[test]
fn nonsensical_counts_break_nothing() {
    assert_eq!(price("openai/gpt-5-mini", -5, 9, 3), None);
    assert_eq!(price("openai/gpt-5-mini", 10, 99, 0), price("openai/gpt-5-mini", 10, 10, 0));
    assert_eq!(price("openai/gpt-5-mini", i64::MAX, 0, 0), None, "more than nano-dollars can count");
    let all = TokenUsage { cache_written: Some(99), reasoning: Some(99), ..tokens(10, 4, 5) };
    let parts = Parts { prompt: 10, cached: 4, written: 6, completion: 5, reasoning: 5 };
    assert_eq!(Parts::of(all), Some(parts));
    let negative = TokenUsage { cache_written: Some(-1), reasoning: Some(-1), ..tokens(10, -4, 5) };
    assert_eq!(Parts::of(negative), Parts::of(tokens(10, 0, 5)));
}

#[test]
fn rates_are_told_before_any_call() {
    let rates = |model: &str| prices(&[]).rates(model, now());
    let usd = |usd: f64| NanoDollars::from_usd(usd).unwrap();
    assert_eq!(rates("openai/gpt-5-mini"), Some(ModelRates { input: usd(0.25), output: usd(2.0) }));
    assert!(rates("demo/quick").is_some_and(ModelRates::is_free));
    assert_eq!((rates("ollama/llama3.2"), rates("nonsense")), (None, None));
    let own = prices(&[]).with_overrides(vec![own("ollama/*", 0.05, 0.5)]);
    assert_eq!(own.rates("ollama/llama3.2", now()), Some(ModelRates { input: usd(0.05), output: usd(0.5) }));
}
