//! Token counts: the prompt includes what came from the cache, the completion includes its reasoning.

use super::super::super::model::TokenUsage;
use super::super::usage::count;
use serde_json::Value;

/// Returns the counts of a response; `None` where it counts nothing.
pub(super) fn tokens(usage: &Value) -> Option<TokenUsage> {
    let (input, output) = (&usage["input_tokens_details"], &usage["output_tokens_details"]);
    let tokens = TokenUsage {
        prompt: count(&usage["input_tokens"]),
        cached: count(&input["cached_tokens"]),
        cache_written: count(&input["cache_write_tokens"]),
        completion: count(&usage["output_tokens"]),
        reasoning: count(&output["reasoning_tokens"]),
        ..TokenUsage::default()
    };
    (tokens.prompt.is_some() || tokens.completion.is_some()).then_some(tokens)
}
