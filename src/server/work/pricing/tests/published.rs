//! The bundled data against what the providers' own price lists say, in US dollars per million tokens.

use super::super::*;
use super::now;

/// Model; input, cached input and output by the published list; nano-dollars for 100,000 tokens sent, 40,000 of them
/// from the cache, and 10,000 written. By hand: 60,000 × input + 40,000 × cached + 10,000 × output, × 1000.
const PUBLISHED: &[(&str, f64, f64, f64, i64)] = &[
    ("openai/gpt-5", 1.25, 0.125, 10.0, 180_000_000),
    ("openai/gpt-5-mini", 0.25, 0.025, 2.0, 36_000_000),
    ("openai/gpt-5-nano", 0.05, 0.005, 0.4, 7_200_000),
    ("openai/gpt-4.1", 2.0, 0.5, 8.0, 220_000_000),
    ("openai/gpt-4o", 2.5, 1.25, 10.0, 300_000_000),
    ("openai/gpt-4o-mini", 0.15, 0.075, 0.6, 18_000_000),
    ("openai/o4-mini", 1.1, 0.275, 4.4, 121_000_000),
    ("anthropic/claude-sonnet-4-5", 3.0, 0.3, 15.0, 342_000_000),
    ("anthropic/claude-sonnet-4-5-20250929", 3.0, 0.3, 15.0, 342_000_000),
    ("anthropic/claude-haiku-4-5", 1.0, 0.1, 5.0, 114_000_000),
    ("anthropic/claude-opus-4-5", 5.0, 0.5, 25.0, 570_000_000),
    ("anthropic/claude-opus-4-1", 15.0, 1.5, 75.0, 1_710_000_000),
    ("gemini/gemini-2.5-pro", 1.25, 0.125, 10.0, 180_000_000),
    ("gemini/gemini-2.5-flash", 0.3, 0.03, 2.5, 44_200_000),
    ("gemini/gemini-2.5-flash-lite", 0.1, 0.01, 0.4, 10_400_000),
    ("groq/openai/gpt-oss-120b", 0.15, 0.075, 0.6, 18_000_000),
    ("groq/openai/gpt-oss-20b", 0.075, 0.0375, 0.3, 9_000_000),
    ("xai/grok-3", 3.0, 0.75, 15.0, 360_000_000),
    ("xai/grok-4", 3.0, 0.75, 15.0, 360_000_000),
    ("xai/grok-code-fast-1", 0.2, 0.02, 1.5, 27_800_000),
    ("openrouter/openai/gpt-5-mini", 0.25, 0.025, 2.0, 36_000_000),
    // Without a discount on the list: cached tokens cost what others do.
    ("groq/llama-3.3-70b-versatile", 0.59, 0.59, 0.79, 66_900_000),
    ("mistral/codestral-latest", 0.3, 0.3, 0.9, 39_000_000),
];

fn prices() -> Prices {
    Prices::new(&ProvidersConfig::default())
}

fn tokens(prompt: i64, cached: i64, written: i64, completion: i64) -> TokenUsage {
    TokenUsage {
        prompt: Some(prompt),
        cached: Some(cached),
        cache_written: Some(written),
        completion: Some(completion),
        reasoning: Some(completion / 2),
        billed: None,
    }
}

#[test]
fn models_cost_what_their_providers_publish() {
    for &(model, input, cached, output, nano) in PUBLISHED {
        let priced =
            prices().price(model, tokens(100_000, 40_000, 0, 10_000), now()).unwrap_or_else(|| panic!("{model}"));
        let rates = ["input", "cached_input", "output"].map(|kind| &priced.rates[format!("{kind}_usd_per_mtok")]);
        assert_eq!(rates, [&json!(input), &json!(cached), &json!(output)], "{model}");
        assert_eq!(priced.cost, NanoDollars(nano), "{model}");
    }
}

#[test]
fn writing_to_a_cache_costs_what_is_published() {
    for (model, nano) in [
        // 100,000 × 3.75, × 1000
        ("anthropic/claude-sonnet-4-5", 375_000_000),
        ("anthropic/claude-haiku-4-5", 125_000_000),
        ("anthropic/claude-opus-4-5", 625_000_000),
        // No surcharge: 100,000 × 0.25, × 1000
        ("openai/gpt-5-mini", 25_000_000),
    ] {
        let priced = prices().price(model, tokens(100_000, 0, 100_000, 0), now()).unwrap();
        assert_eq!(priced.cost, NanoDollars(nano), "{model}");
    }
}

#[test]
fn a_long_prompt_makes_the_whole_call_dearer_where_that_is_published() {
    for (model, input, cached, output, nano) in [
        // 600,000 × 2.5 + 400,000 × 0.25 + 100,000 × 15, × 1000
        ("gemini/gemini-2.5-pro", 2.5, 0.25, 15.0, 3_100_000_000),
        ("anthropic/claude-sonnet-4-5", 6.0, 0.6, 22.5, 6_090_000_000),
        ("openai/gpt-5-mini", 0.25, 0.025, 2.0, 360_000_000),
    ] {
        let priced = prices().price(model, tokens(1_000_000, 400_000, 0, 100_000), now()).unwrap();
        let rates = ["input", "cached_input", "output"].map(|kind| &priced.rates[format!("{kind}_usd_per_mtok")]);
        assert_eq!(rates, [&json!(input), &json!(cached), &json!(output)], "{model}");
        assert_eq!(priced.cost, NanoDollars(nano), "{model}");
    }
}

#[test]
fn prices_are_those_of_the_time_of_the_call() {
    // DeepSeek asks for twice as much at peak hours: 01:00 to 04:00 and 06:00 to 10:00 UTC.
    const HOUR: i64 = 3_600_000;
    let cost = |ms| {
        let at = Timestamp::from_ms(ms);
        prices().price("deepseek/deepseek-flash", tokens(1_000_000, 400_000, 0, 100_000), at).unwrap().cost
    };
    // 600,000 × 0.15 + 400,000 × 0.003 + 100,000 × 0.6, × 1000
    assert_eq!(cost(now().ms()), NanoDollars(151_200_000));
    assert_eq!(cost(now().ms() - 5 * HOUR), NanoDollars(302_400_000));
}
