//! How many tokens a model may be asked to write: the API wants a number, and a small one would cut answers.

/// A family of models that have these letters after `claude-`.
struct Family {
    prefix: &'static str,
    /// Most tokens of an answer; asking for more is refused.
    max_output: usize,
    /// The context window in tokens, of models that refuse a call whose prompt and `max_tokens` together exceed it. Later
    /// ones end the answer there instead.
    strict_window: Option<usize>,
}

const fn family(prefix: &'static str, max_output: usize, strict_window: Option<usize>) -> Family {
    Family { prefix, max_output, strict_window }
}

/// From <https://docs.claude.com/en/docs/about-claude/models/overview>; the first that fits counts.
const FAMILIES: [Family; 17] = [
    family("2", 4_096, Some(100_000)),
    family("instant", 4_096, Some(100_000)),
    family("3-7-sonnet", 64_000, Some(200_000)),
    family("3-5-", 8_192, Some(200_000)),
    family("3-", 4_096, Some(200_000)),
    family("opus-4-5", 64_000, None),
    family("opus-4-6", 128_000, None),
    family("opus-4-7", 128_000, None),
    family("opus-4-8", 128_000, None),
    family("opus-4", 32_000, Some(200_000)),
    family("sonnet-4-6", 128_000, None),
    family("sonnet-4-5", 64_000, None),
    family("sonnet-4", 64_000, Some(200_000)),
    family("haiku-4", 64_000, None),
    family("opus-", 64_000, None),
    family("sonnet-", 64_000, None),
    family("haiku-", 64_000, None),
];

/// Every model since Claude 4 may write this much.
const UNKNOWN: Family = family("", 32_000, None);

/// Least number of tokens worth asking for; a prompt that leaves less is refused by the provider in its own words.
const LEAST: usize = 4_096;

/// A prompt has about one token in three bytes or more: English has four, Chinese three.
const BYTES_PER_TOKEN: usize = 3;

/// Returns the `max_tokens` of a call whose prompt has this many bytes: the model's own maximum or what its window
/// leaves, or less if the agent has a lower `limit`.
pub(super) fn max_tokens(model: &str, prompt_bytes: usize, limit: Option<i64>) -> usize {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    most(model, prompt_bytes).min(limit)
}

fn most(model: &str, prompt_bytes: usize) -> usize {
    let name = model.strip_prefix("claude-").unwrap_or(model);
    let family = FAMILIES.iter().find(|family| name.starts_with(family.prefix)).unwrap_or(&UNKNOWN);
    let Some(window) = family.strict_window else { return family.max_output };
    let left = window.saturating_sub(prompt_bytes / BYTES_PER_TOKEN);
    family.max_output.min(left.max(LEAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_own_maximum_is_asked_for() {
        for (model, tokens) in [
            ("claude-3-haiku-20240307", 4_096),
            ("claude-3-5-haiku-latest", 8_192),
            ("claude-3-7-sonnet-20250219", 64_000),
            ("claude-opus-4-20250514", 32_000),
            ("claude-opus-4-1", 32_000),
            ("claude-opus-4-5-20251101", 64_000),
            ("claude-opus-4-6", 128_000),
            ("claude-sonnet-4-20250514", 64_000),
            ("claude-sonnet-4-5-20250929", 64_000),
            ("claude-haiku-4-5", 64_000),
            ("claude-sonnet-5", 64_000),
            ("claude-unheard-of", 32_000),
            ("another", 32_000),
        ] {
            assert_eq!(most(model, 1_000), tokens, "{model}");
        }
    }

    #[test]
    fn a_long_prompt_leaves_less_where_the_window_is_strict() {
        assert_eq!(most("claude-opus-4-1", 540_000), 20_000);
        assert_eq!(most("claude-opus-4-1", 900_000), LEAST);
        assert_eq!(most("claude-opus-4-5", 900_000), 64_000);
    }

    #[test]
    fn an_agent_may_ask_for_less_and_never_for_more() {
        let asked = |limit| max_tokens("claude-opus-4-1", 1_000, limit);
        assert_eq!([asked(None), asked(Some(1)), asked(Some(32_001))], [32_000, 1, 32_000]);
    }
}
