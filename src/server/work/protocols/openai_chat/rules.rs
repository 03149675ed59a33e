//! Differences between the providers that speak Chat Completions, as a table.

use super::super::super::name::Provider;

/// One provider's rules.
#[derive(Debug)]
pub(super) struct Rules {
    /// Whether it is asked for usage by `stream_options`; those without it send usage anyway.
    pub(super) stream_options: bool,
    /// Whether it is asked to say what the call cost, and believed.
    pub(super) bills: bool,
    /// Whether reasoning goes back with the calls it came with.
    pub(super) reasoning: ReasoningBack,
    pub(super) ids: IdForm,
    /// The name of the limit on what the model writes. `max_tokens` is the older one, which servers of one's own know too.
    pub(super) max_output: &'static str,
    /// Most tools in a request; more are refused by the provider as a whole.
    pub(super) max_tools: usize,
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// Whether requests say if the run is a retry, and which try this is: to the demo model alone.
    pub(super) hears_of_tries: bool,
}

/// How reasoning goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReasoningBack {
    /// In the fields in which it came.
    AsItCame,
    /// The same, and `reasoning_content` also where none came: a call without it is refused.
    Always,
    /// Not at all: the field is refused, or of no use.
    Never,
}

/// Form of tool calls' ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdForm {
    /// Up to 40 of `a-z A-Z 0-9 _ -`, which the strictest takes: those that are such stay as they came.
    Portable,
    /// Nine of `a-z A-Z 0-9`.
    Nine,
}

const LENIENT: Rules = Rules {
    stream_options: true,
    bills: false,
    reasoning: ReasoningBack::AsItCame,
    ids: IdForm::Portable,
    max_output: "max_tokens",
    max_tools: usize::MAX,
    headers: &[],
    hears_of_tries: false,
};
/// Whatever is at `OPENAI_BASE_URL`.
const COMPATIBLE: Rules = LENIENT;
/// Calls `max_tokens` deprecated, as xAI does.
const GROQ: Rules = Rules { max_output: "max_completion_tokens", max_tools: 128, ..LENIENT };
/// "Thinking mode": tool calls without their `reasoning_content` are refused with status 400.
const DEEPSEEK: Rules = Rules { reasoning: ReasoningBack::Always, max_tools: 128, ..LENIENT };
const XAI: Rules =
    Rules { reasoning: ReasoningBack::Never, max_output: "max_completion_tokens", max_tools: 200, ..LENIENT };
/// Refuses fields that it does not know, and sends usage with the last piece.
const MISTRAL: Rules = Rules { stream_options: false, ids: IdForm::Nine, ..LENIENT };
const OPENROUTER: Rules = Rules { bills: true, headers: &[("x-title", "Runboard")], ..LENIENT };
const DEMO: Rules = Rules { hears_of_tries: true, ..LENIENT };

/// Returns the rules of a provider; those of whoever speaks another protocol are the lenient ones.
pub(super) fn of(provider: Provider) -> &'static Rules {
    match provider {
        Provider::Groq => &GROQ,
        Provider::DeepSeek => &DEEPSEEK,
        Provider::Xai => &XAI,
        Provider::Mistral => &MISTRAL,
        Provider::OpenRouter => &OPENROUTER,
        Provider::Demo => &DEMO,
        Provider::OpenAi | Provider::Anthropic | Provider::Gemini | Provider::Ollama => &COMPATIBLE,
    }
}
