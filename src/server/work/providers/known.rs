//! The providers Runboard knows by name: the variable that configures each, where it is, and which of its models a form
//! offers. A table; nothing here is configured yet.

use super::super::name::Provider;

/// Models and what they are in a few words; a provider's default comes first.
pub(super) type Choices = &'static [(&'static str, &'static str)];

/// A provider that a key opens.
pub(super) struct Hosted {
    pub(super) provider: Provider,
    /// The environment variable with the key.
    pub(super) variable: &'static str,
    /// Ends with a slash.
    pub(super) base: &'static str,
    pub(super) choices: Choices,
}

pub(super) const OPENAI_URL: &str = "https://api.openai.com/v1/";
pub(super) const OLLAMA_URL: &str = "http://127.0.0.1:11434/";

pub(super) const HOSTED: [Hosted; 8] = [
    Hosted {
        provider: Provider::OpenAi,
        variable: "OPENAI_API_KEY",
        base: OPENAI_URL,
        choices: &[
            ("openai/gpt-5-mini", "OpenAI, fast and inexpensive"),
            ("openai/gpt-5", "OpenAI, stronger and slower"),
            ("openai/gpt-5-nano", "OpenAI, the least expensive"),
        ],
    },
    Hosted {
        provider: Provider::Anthropic,
        variable: "ANTHROPIC_API_KEY",
        base: "https://api.anthropic.com/v1/",
        choices: &[
            ("anthropic/claude-sonnet-4-5", "Anthropic, strong all-round"),
            ("anthropic/claude-haiku-4-5", "Anthropic, fast and inexpensive"),
            ("anthropic/claude-opus-4-5", "Anthropic, stronger and slower"),
        ],
    },
    Hosted {
        provider: Provider::Gemini,
        variable: "GEMINI_API_KEY",
        base: "https://generativelanguage.googleapis.com/v1beta/",
        choices: &[
            ("gemini/gemini-2.5-flash", "Google, fast and inexpensive"),
            ("gemini/gemini-2.5-pro", "Google, stronger and slower"),
        ],
    },
    Hosted {
        provider: Provider::Groq,
        variable: "GROQ_API_KEY",
        base: "https://api.groq.com/openai/v1/",
        choices: &[
            ("groq/openai/gpt-oss-120b", "Groq, fast, thinks before it answers"),
            ("groq/llama-3.3-70b-versatile", "Groq, fast"),
        ],
    },
    Hosted {
        provider: Provider::DeepSeek,
        variable: "DEEPSEEK_API_KEY",
        base: "https://api.deepseek.com/v1/",
        choices: &[
            ("deepseek/deepseek-flash", "DeepSeek, fast and inexpensive"),
            ("deepseek/deepseek-v4-pro", "DeepSeek, stronger and slower"),
        ],
    },
    Hosted {
        provider: Provider::Xai,
        variable: "XAI_API_KEY",
        base: "https://api.x.ai/v1/",
        choices: &[
            ("xai/grok-4-1-fast-reasoning", "xAI, fast and inexpensive"),
            ("xai/grok-4.7", "xAI, stronger and slower"),
        ],
    },
    Hosted {
        provider: Provider::Mistral,
        variable: "MISTRAL_API_KEY",
        base: "https://api.mistral.ai/v1/",
        choices: &[
            ("mistral/mistral-small-latest", "Mistral, fast and inexpensive"),
            ("mistral/mistral-medium-latest", "Mistral, stronger and slower"),
        ],
    },
    Hosted {
        provider: Provider::OpenRouter,
        variable: "OPENROUTER_API_KEY",
        base: "https://openrouter.ai/api/v1/",
        choices: &[
            ("openrouter/openai/gpt-5-mini", "OpenRouter; any model it has will do"),
            ("openrouter/anthropic/claude-sonnet-4.5", "OpenRouter; any model it has will do"),
        ],
    },
];

pub(super) const OPENAI_COMPATIBLE_CHOICES: Choices =
    &[("openai/gpt-5-mini", "from the server at OPENAI_BASE_URL; any model it has will do")];
pub(super) const OLLAMA_CHOICES: Choices =
    &[("ollama/llama3.2", "your own Ollama server; any model pulled there will do")];
pub(super) const DEMO_CHOICES: Choices = &[
    ("demo/quick", "built in: answers at once"),
    ("demo/slow", "built in: writes for about 20 seconds"),
    ("demo/long", "built in: writes Markdown for about a minute"),
    ("demo/tools", "built in: calls tools, then answers"),
    ("demo/busy", "built in: too busy at first, then answers"),
    ("demo/loop", "built in: calls the same tool again and again"),
    ("demo/flaky", "built in: fails, then succeeds when retried"),
    ("demo/fail", "built in: always fails"),
    ("demo/stall", "built in: never answers, until stopped or timed out"),
];

/// Returns the row of a provider; `None` for those that want no key.
pub(super) fn hosted(provider: Provider) -> Option<&'static Hosted> {
    HOSTED.iter().find(|hosted| hosted.provider == provider)
}
