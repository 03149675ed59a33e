//! How large a context window to ask for. Ollama's own default is 4,096 tokens on most machines, and what does not fit is
//! dropped from the prompt.

/// Ollama's least default: a smaller one saves nothing that matters.
const LEAST: usize = 4_096;

/// The window of today's common models, and some 16 GB of memory for one of eight billion parameters. A server asked for
/// more than its model was trained with takes that instead; one asked for more than it has memory for fails.
const MOST: usize = 131_072;

/// Tokens kept for the answer and its reasoning, also where the agent allows fewer: they are the slack of the estimate, and a
/// prompt that does not fit is refused.
const ANSWER: usize = 4_096;

/// A prompt has about one token in three bytes or more: English has four, Chinese three.
const BYTES_PER_TOKEN: usize = 3;

/// Tokens of the window for a prompt of this many bytes and an answer: a power of two, since each other size makes the
/// server load the model again, and a conversation grows a little with every call.
pub(super) fn tokens(prompt_bytes: usize, limit: Option<i64>) -> usize {
    let answer = limit.and_then(|limit| usize::try_from(limit).ok()).map_or(ANSWER, |limit| limit.max(ANSWER));
    let needed = (prompt_bytes / BYTES_PER_TOKEN).saturating_add(answer);
    needed.min(MOST).next_power_of_two().clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_prompt_and_answer_in_few_sizes() {
        for (bytes, window) in [(0, 4_096), (300, 8_192), (12_000, 8_192), (12_300, 16_384), (300_000, 131_072)] {
            assert_eq!(tokens(bytes, None), window, "{bytes}");
        }
        assert_eq!([tokens(10_000_000, None), tokens(usize::MAX, None)], [MOST, MOST]);
        assert_eq!(
            [tokens(300, Some(20)), tokens(300, Some(20_000)), tokens(300, Some(1_000_000))],
            [8_192, 32_768, MOST]
        );
    }
}
