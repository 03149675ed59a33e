//! Names of models: `provider/model`. Knows the words, not who is configured.

use crate::domain::wire_enum::wire_enum;
use std::{fmt, str::FromStr};
use thiserror::Error;

wire_enum! {
    /// A provider, which serves models.
    Provider {
        /// OpenAI, or anything that speaks its chat-completions protocol at `OPENAI_BASE_URL`.
        OpenAi = "openai",
        Anthropic = "anthropic",
        Gemini = "gemini",
        Ollama = "ollama",
        Groq = "groq",
        DeepSeek = "deepseek",
        Xai = "xai",
        Mistral = "mistral",
        /// A gateway to many providers' models; their names have slashes of their own.
        OpenRouter = "openrouter",
        /// The model built into Runboard: free, offline, and not a language model.
        Demo = "demo",
    }
}

/// A model's full name: the first slash parts provider and model, further ones belong to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelName {
    pub provider: Provider,
    /// As the provider calls it; not empty, no blanks or control characters.
    pub model: String,
}

/// Why a text is no model name. The text says what would do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    #[error("unknown provider {0:?}: use {known}", known = known())]
    UnknownProvider(String),
    #[error("{0:?} names no provider: use {known}", known = known())]
    NoProvider(String),
    #[error("{0:?} names no model: put its name after the slash, as in \"demo/quick\"")]
    NoModel(String),
    #[error("{0:?} is not a model name: it contains blanks or control characters")]
    Blanks(String),
}

/// `openai/…, anthropic/…, and so on, or demo/…`
fn known() -> String {
    let all: Vec<String> = Provider::ALL.iter().map(|provider| format!("{provider}/…")).collect();
    match all.split_last() {
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

impl FromStr for ModelName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let (provider, model) = text.split_once('/').ok_or_else(|| NameError::NoProvider(text.to_owned()))?;
        let provider = Provider::parse(provider).ok_or_else(|| NameError::UnknownProvider(provider.to_owned()))?;
        if model.is_empty() {
            return Err(NameError::NoModel(text.to_owned()));
        }
        if model.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(NameError::Blanks(text.to_owned()));
        }
        Ok(Self { provider, model: model.to_owned() })
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_slash_parts_provider_and_model() {
        let name: ModelName = "openai/meta-llama/Llama-3:free".parse().unwrap();
        assert_eq!((name.provider, name.model.as_str()), (Provider::OpenAi, "meta-llama/Llama-3:free"));
        assert_eq!(name.to_string(), "openai/meta-llama/Llama-3:free");
        let name: ModelName = "openrouter/openai/gpt-5-mini".parse().unwrap();
        assert_eq!((name.provider, name.model.as_str()), (Provider::OpenRouter, "openai/gpt-5-mini"));
    }

    #[test]
    fn an_error_says_what_would_do() {
        let said = |text: &str| text.parse::<ModelName>().unwrap_err().to_string();
        assert_eq!(
            said("foo/bar"),
            "unknown provider \"foo\": use openai/…, anthropic/…, gemini/…, ollama/…, groq/…, deepseek/…, xai/…, \
             mistral/…, openrouter/… or demo/…"
        );
        assert!(said("gpt-5-mini").starts_with("\"gpt-5-mini\" names no provider: use openai/…, anthropic/…"));
        assert_eq!(said("demo/"), "\"demo/\" names no model: put its name after the slash, as in \"demo/quick\"");
        assert!(said("demo/a b").contains("blanks"));
    }

    #[test]
    fn a_providers_word_is_exact() {
        assert!("OpenAI/gpt-5".parse::<ModelName>().is_err());
        assert!("/gpt-5".parse::<ModelName>().is_err());
    }
}
