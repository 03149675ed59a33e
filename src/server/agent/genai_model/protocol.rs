//! In which of genai's protocols each provider is spoken to.

use super::super::name::Provider;
use genai::adapter::AdapterKind;

/// genai's adapter for a provider.
///
/// Groq, DeepSeek and xAI are plain OpenAI to us, although genai has adapters for them: those read Groq's counts from an
/// older place, ask DeepSeek to think where no effort is meant, and add xAI's reasoning whether or not it is counted
/// already.
pub(super) fn adapter(provider: Provider) -> AdapterKind {
    match provider {
        Provider::OpenAi | Provider::Demo | Provider::Groq | Provider::DeepSeek | Provider::Xai => AdapterKind::OpenAI,
        Provider::Mistral => AdapterKind::Mistral,
        Provider::OpenRouter => AdapterKind::OpenRouter,
        Provider::Anthropic => AdapterKind::Anthropic,
        Provider::Gemini => AdapterKind::Gemini,
        Provider::Ollama => AdapterKind::Ollama,
    }
}

/// Whether it is OpenAI's chat-completions protocol, whoever speaks it.
pub(super) fn is_openais(provider: Provider) -> bool {
    matches!(adapter(provider), AdapterKind::OpenAI | AdapterKind::Mistral | AdapterKind::OpenRouter)
}
