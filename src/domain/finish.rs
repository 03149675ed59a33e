//! Why a model stopped writing, as its provider says. Knows no provider's own words.

use super::wire_enum::wire_enum;

wire_enum! {
    /// Why an answer ended. Only [`Finish::Stop`] is a whole answer; [`Finish::Length`] and [`Finish::Context`] are the
    /// beginning of one.
    Finish {
        /// The model had said all, or asks for tools.
        Stop = "stop",
        /// It reached the number of tokens that it may write.
        Length = "length",
        /// Prompt and answer together filled its context window.
        Context = "context",
        /// The provider's filter withheld the rest.
        ContentFilter = "content_filter",
        /// The model declined to answer.
        Refusal = "refusal",
        /// The provider did not let the model see the prompt.
        BlockedPrompt = "blocked_prompt",
        /// The model tried to call a tool, and the provider could not read the call.
        MalformedCall = "malformed_call",
        /// The answer repeated protected text too closely.
        Recitation = "recitation",
        /// The provider paused a long turn, in which its own tools are at work: sent the turn back, the model goes on.
        Pause = "pause",
    }
}

impl Finish {
    /// Whether the text so far is the beginning of an answer that was cut at one of the model's limits.
    pub fn is_cut(self) -> bool {
        matches!(self, Self::Length | Self::Context)
    }
}
