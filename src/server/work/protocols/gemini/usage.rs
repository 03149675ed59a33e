//! Token counts. Thoughts are counted beside the candidates, results of the provider's own tools beside the prompt.

use super::super::super::model::TokenUsage;
use super::super::usage::count;
use serde_json::Value;

/// Returns the counts in `usageMetadata`, which each piece of an answer repeats; `None` where it counts nothing.
pub(super) fn tokens(usage: &Value) -> Option<TokenUsage> {
    let [prompt, tools, cached, candidates, thoughts] = [
        "promptTokenCount",
        "toolUsePromptTokenCount",
        "cachedContentTokenCount",
        "candidatesTokenCount",
        "thoughtsTokenCount",
    ]
    .map(|field| count(&usage[field]));
    let tokens = TokenUsage {
        prompt: sum(prompt, tools),
        cached,
        cache_written: None,
        completion: sum(candidates, thoughts),
        reasoning: thoughts,
        ..TokenUsage::default()
    };
    (tokens.prompt.is_some() || tokens.completion.is_some()).then_some(tokens)
}

fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}
