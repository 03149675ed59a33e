//! Token counts. `input_tokens` are those beside the cache; all that was sent is the sum of the three.

use super::super::super::model::TokenUsage;
use super::super::usage::count;
use serde_json::Value;

/// The counts of a message so far. They come with its start and, in part, again with its end; a later count wins unless
/// it is a 0 that some gateways write where they know nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    input: Option<i64>,
    written: Option<i64>,
    read: Option<i64>,
    output: Option<i64>,
    thinking: Option<i64>,
}

impl Usage {
    pub(super) fn take(&mut self, usage: &Value) {
        let lifetimes = &usage["cache_creation"];
        let lifetimes = [&lifetimes["ephemeral_5m_input_tokens"], &lifetimes["ephemeral_1h_input_tokens"]].map(count);
        let written = match lifetimes {
            [None, None] => None,
            [short, long] => Some(short.unwrap_or(0).saturating_add(long.unwrap_or(0))),
        };
        merge(&mut self.input, count(&usage["input_tokens"]));
        merge(&mut self.written, count(&usage["cache_creation_input_tokens"]).or(written));
        merge(&mut self.read, count(&usage["cache_read_input_tokens"]));
        merge(&mut self.output, count(&usage["output_tokens"]));
        merge(&mut self.thinking, count(&usage["output_tokens_details"]["thinking_tokens"]));
    }

    /// `None` where nothing was counted.
    pub(super) fn tokens(&self) -> Option<TokenUsage> {
        if self.input.is_none() && self.output.is_none() {
            return None;
        }
        let cache = self.written.unwrap_or(0).saturating_add(self.read.unwrap_or(0));
        Some(TokenUsage {
            prompt: self.input.map(|input| input.saturating_add(cache)),
            cached: self.read,
            cache_written: self.written,
            completion: self.output,
            reasoning: self.thinking,
            ..TokenUsage::default()
        })
    }
}

fn merge(known: &mut Option<i64>, new: Option<i64>) {
    if let Some(new) = new
        && (new > 0 || known.is_none())
    {
        *known = Some(new);
    }
}
