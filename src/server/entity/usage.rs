//! The columns that runs and steps have in common: what was used.

/// Reads and writes the columns of a usage, for a table that has them.
macro_rules! has_usage {
    () => {
        impl Model {
            /// Collects the columns of a usage.
            pub fn usage(&self) -> Usage {
                Usage {
                    prompt_tokens: self.prompt_tokens,
                    cached_tokens: self.cached_tokens,
                    completion_tokens: self.completion_tokens,
                    reasoning_tokens: self.reasoning_tokens,
                    total_tokens: self.total_tokens,
                    total_cost: self.total_cost,
                    usage_estimated: self.usage_estimated,
                    cost_billed: self.cost_billed,
                }
            }
        }

        impl Column {
            /// Returns the columns of a usage with what goes into them.
            pub fn of_usage(usage: &Usage) -> [(Self, Expr); 8] {
                [
                    (Self::PromptTokens, usage.prompt_tokens.into()),
                    (Self::CachedTokens, usage.cached_tokens.into()),
                    (Self::CompletionTokens, usage.completion_tokens.into()),
                    (Self::ReasoningTokens, usage.reasoning_tokens.into()),
                    (Self::TotalTokens, usage.total_tokens.into()),
                    (Self::TotalCost, usage.total_cost.into()),
                    (Self::UsageEstimated, usage.usage_estimated.into()),
                    (Self::CostBilled, usage.cost_billed.into()),
                ]
            }
        }
    };
}
pub(super) use has_usage;
