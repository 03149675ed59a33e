//! Usage in every place and spelling.

use super::super::super::model::TokenUsage;
use super::super::usage::count_at;
use super::rules::Rules;
use crate::domain::money::NanoDollars;
use serde_json::Value;

/// Returns the usage that a chunk reports: at its top, in Groq's older place, or within the choice as Moonshot has it.
pub(super) fn usage(rules: &Rules, chunk: &Value, choice: Option<&Value>) -> Option<TokenUsage> {
    let within = [chunk.get("usage"), chunk.get("x_groq").and_then(|groq| groq.get("usage"))];
    let within = within.into_iter().chain([choice.and_then(|choice| choice.get("usage"))]);
    within.flatten().find(|usage| usage.is_object()).map(|usage| counts(rules, usage))
}

fn counts(rules: &Rules, usage: &Value) -> TokenUsage {
    let prompt = count_at(usage, &[&["prompt_tokens"], &["input_tokens"]]);
    let reasoning = count_at(
        usage,
        &[
            &["completion_tokens_details", "reasoning_tokens"],
            &["output_tokens_details", "reasoning_tokens"],
            &["reasoning_tokens"],
        ],
    );
    let wrote = count_at(usage, &[&["completion_tokens"], &["output_tokens"]]);
    let total = count_at(usage, &[&["total_tokens"]]);
    let completion = match (prompt, wrote, reasoning, total) {
        // xAI counts reasoning beside the completion, as its total shows.
        (Some(prompt), Some(wrote), Some(thought), Some(total)) if thought > 0 && total == prompt + wrote + thought => {
            Some(wrote + thought)
        }
        _ => wrote,
    };
    TokenUsage {
        prompt,
        cached: count_at(
            usage,
            &[
                &["prompt_tokens_details", "cached_tokens"],
                &["input_tokens_details", "cached_tokens"],
                &["prompt_cache_hit_tokens"],
                &["cached_tokens"],
                &["cache_read_input_tokens"],
            ],
        ),
        cache_written: count_at(
            usage,
            &[
                &["prompt_tokens_details", "cache_write_tokens"],
                &["prompt_tokens_details", "cache_creation_tokens"],
                &["cache_creation_input_tokens"],
            ],
        ),
        completion,
        reasoning,
        billed: if rules.bills { bill(usage) } else { None },
    }
}

/// No call costs more, in dollars: what is larger is no bill.
const MOST_BILLED: f64 = 1e6;

/// Returns OpenRouter's bill. With a key of one's own at the provider ("BYOK") its `cost` is only its fee, and the
/// provider's price stands beside it.
fn bill(usage: &Value) -> Option<NanoDollars> {
    let fee = usage.get("cost")?.as_f64()?;
    let is_own_key = usage.get("is_byok").and_then(Value::as_bool) == Some(true);
    let upstream = usage.get("cost_details").and_then(|details| details.get("upstream_inference_cost")?.as_f64());
    let bill = if is_own_key { fee + upstream? } else { fee };
    NanoDollars::from_usd(bill).filter(|_| bill <= MOST_BILLED)
}
