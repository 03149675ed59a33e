//! Parts a call's tokens so that each is priced exactly once.

use super::super::model::TokenUsage;

/// Tokens of one call; none is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// All that were sent: `cached` and `written` are among them and do not overlap.
    pub(super) prompt: i64,
    pub(super) cached: i64,
    pub(super) written: i64,
    /// All that the model wrote: `reasoning` is among them.
    pub(super) completion: i64,
    pub(super) reasoning: i64,
}

impl Parts {
    /// `None` where prompt or completion was not counted, or is negative. A share is cut down to what it is a share of.
    pub(super) fn of(tokens: TokenUsage) -> Option<Self> {
        let whole = |count: Option<i64>| count.filter(|count| *count >= 0);
        let (prompt, completion) = (whole(tokens.prompt)?, whole(tokens.completion)?);
        let share = |count: Option<i64>, of: i64| count.unwrap_or(0).clamp(0, of);
        let cached = share(tokens.cached, prompt);
        let written = share(tokens.cache_written, prompt - cached);
        Some(Self { prompt, cached, written, completion, reasoning: share(tokens.reasoning, completion) })
    }

    /// Returns those sent that no cache had to do with.
    pub(super) fn plain(&self) -> i64 {
        self.prompt - self.cached - self.written
    }

    /// Returns those written that were no reasoning.
    pub(super) fn answer(&self) -> i64 {
        self.completion - self.reasoning
    }
}
