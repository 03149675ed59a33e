//! Which model providers are configured, and where they are. Built from environment values; makes no calls.

use super::model::ModelError;
use super::name::Provider;
use crate::domain::model::{ModelChoice, ModelChoices};
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// Local servers want an Authorization header but not what is in it.
const PLACEHOLDER_KEY: &str = "none";
const OPENAI_URL: &str = "https://api.openai.com/v1/";
const ANTHROPIC_URL: &str = "https://api.anthropic.com/v1/";
const GEMINI_URL: &str = "https://generativelanguage.googleapis.com/v1beta/";
const OLLAMA_URL: &str = "http://127.0.0.1:11434/";

/// Where a provider is and the key it wants.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Ends with a slash; no user, query or fragment.
    pub base: Url,
    /// Fit for an HTTP header.
    pub key: SecretString,
}

/// The configured providers. Its `Debug` shows no keys.
#[derive(Clone, Debug, Default)]
pub struct ProvidersConfig {
    openai: Option<Endpoint>,
    anthropic: Option<Endpoint>,
    gemini: Option<Endpoint>,
    ollama: Option<Endpoint>,
}

/// An environment variable that cannot be used; the text names it and never shows a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{variable} {problem}")]
pub struct ConfigError {
    pub variable: &'static str,
    pub problem: String,
}

impl ProvidersConfig {
    /// Reads `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `ANTHROPIC_API_KEY`, `GEMINI_API_KEY` and `OLLAMA_HOST` through
    /// `lookup`. An empty or blank value counts as absent. `OPENAI_BASE_URL` alone configures OpenAI: local servers
    /// want no key.
    ///
    /// # Errors
    /// A URL is malformed, or a key holds characters no HTTP header can carry.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let value = |variable| lookup(variable).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let key = |variable| value(variable).map(|v| checked_key(variable, v)).transpose();
        let endpoint = |base: &'static str, key: Option<SecretString>| -> Result<Option<Endpoint>, ConfigError> {
            key.map(|key| Ok(Endpoint { base: checked_url("", base)?, key })).transpose()
        };
        let openai = match (value("OPENAI_BASE_URL"), key("OPENAI_API_KEY")?) {
            (None, key) => endpoint(OPENAI_URL, key)?,
            (Some(base), key) => Some(Endpoint {
                base: checked_url("OPENAI_BASE_URL", &base)?,
                key: key.unwrap_or_else(|| PLACEHOLDER_KEY.into()),
            }),
        };
        let ollama = value("OLLAMA_HOST").map(|host| ollama_endpoint(&host)).transpose()?;
        Ok(Self {
            openai,
            anthropic: endpoint(ANTHROPIC_URL, key("ANTHROPIC_API_KEY")?)?,
            gemini: endpoint(GEMINI_URL, key("GEMINI_API_KEY")?)?,
            ollama,
        })
    }

    /// Where `provider` is. Ollama has a customary address, so it is tried even when not configured.
    ///
    /// # Errors
    /// It is not configured; the text says which variable to set. Always so for the demo model, which has no
    /// endpoint before it is started.
    pub fn endpoint(&self, provider: Provider) -> Result<Endpoint, ModelError> {
        let (endpoint, variable) = match provider {
            Provider::OpenAi => (self.openai.clone(), "OPENAI_API_KEY"),
            Provider::Anthropic => (self.anthropic.clone(), "ANTHROPIC_API_KEY"),
            Provider::Gemini => (self.gemini.clone(), "GEMINI_API_KEY"),
            Provider::Ollama => (self.ollama.clone().or_else(|| ollama_endpoint(OLLAMA_URL).ok()), "OLLAMA_HOST"),
            Provider::Demo => (None, "nothing"),
        };
        endpoint.ok_or_else(|| {
            ModelError::lasting(format!("{provider}/… needs {variable}: set it and start the server again"))
        })
    }

    /// The same with `provider` elsewhere.
    #[cfg(test)]
    pub(super) fn at(mut self, provider: Provider, endpoint: Endpoint) -> Self {
        let place = match provider {
            Provider::OpenAi => &mut self.openai,
            Provider::Anthropic => &mut self.anthropic,
            Provider::Gemini => &mut self.gemini,
            Provider::Ollama | Provider::Demo => &mut self.ollama,
        };
        *place = Some(endpoint);
        self
    }

    /// Whether OpenAI's prices apply to `openai/…`: not when another server answers at `OPENAI_BASE_URL`.
    pub fn openai_is_official(&self) -> bool {
        self.openai.as_ref().is_none_or(|endpoint| endpoint.base.host_str() == Some("api.openai.com"))
    }

    /// Every configured key, for scrubbing error texts.
    pub fn keys(&self) -> Vec<SecretString> {
        [&self.openai, &self.anthropic, &self.gemini]
            .into_iter()
            .flatten()
            .map(|endpoint| endpoint.key.clone())
            .filter(|key| key.expose_secret() != PLACEHOLDER_KEY)
            .collect()
    }

    /// What an agent gets that names no model: the first configured provider's default, else `demo/quick`.
    pub fn default_model(&self) -> String {
        self.offers().into_iter().next().map_or_else(|| "demo/quick".to_owned(), |(name, _)| name.to_owned())
    }

    /// The models a form offers: those of the configured providers first, then the demo models.
    pub fn choices(&self) -> ModelChoices {
        let offers = self.offers();
        ModelChoices {
            default: self.default_model(),
            provider_configured: !offers.is_empty(),
            choices: offers
                .into_iter()
                .chain(DEMO_CHOICES)
                .map(|(name, note)| ModelChoice { name: name.to_owned(), note: note.to_owned() })
                .collect(),
        }
    }

    /// Models of the configured providers; each provider's default comes first.
    fn offers(&self) -> Vec<(&'static str, &'static str)> {
        let openai = match self.openai_is_official() {
            true => OPENAI_CHOICES,
            false => OPENAI_COMPATIBLE_CHOICES,
        };
        [
            (self.openai.is_some(), openai),
            (self.anthropic.is_some(), ANTHROPIC_CHOICES),
            (self.gemini.is_some(), GEMINI_CHOICES),
            (self.ollama.is_some(), OLLAMA_CHOICES),
        ]
        .into_iter()
        .filter(|(configured, _)| *configured)
        .flat_map(|(_, choices)| choices.iter().copied())
        .collect()
    }
}

type Choices = &'static [(&'static str, &'static str)];

const OPENAI_CHOICES: Choices = &[
    ("openai/gpt-5-mini", "OpenAI, fast and inexpensive"),
    ("openai/gpt-5", "OpenAI, stronger and slower"),
    ("openai/gpt-5-nano", "OpenAI, the least expensive"),
];
const OPENAI_COMPATIBLE_CHOICES: Choices =
    &[("openai/gpt-5-mini", "from the server at OPENAI_BASE_URL; any model it has will do")];
const ANTHROPIC_CHOICES: Choices = &[
    ("anthropic/claude-sonnet-4-5", "Anthropic, strong all-round"),
    ("anthropic/claude-haiku-4-5", "Anthropic, fast and inexpensive"),
    ("anthropic/claude-opus-4-5", "Anthropic, stronger and slower"),
];
const GEMINI_CHOICES: Choices = &[
    ("gemini/gemini-2.5-flash", "Google, fast and inexpensive"),
    ("gemini/gemini-2.5-pro", "Google, stronger and slower"),
];
const OLLAMA_CHOICES: Choices = &[("ollama/llama3.2", "your own Ollama server; any model pulled there will do")];
const DEMO_CHOICES: [(&str, &str); 9] = [
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

fn checked_key(variable: &'static str, key: String) -> Result<SecretString, ConfigError> {
    match HeaderValue::from_str(&key) {
        Ok(_) if key.is_ascii() => Ok(key.into()),
        _ => {
            Err(ConfigError { variable, problem: "is not a key: it holds characters no HTTP header can carry".into() })
        }
    }
}

fn checked_url(variable: &'static str, text: &str) -> Result<Url, ConfigError> {
    let error = |problem: String| ConfigError { variable, problem };
    let mut url = Url::parse(text).map_err(|e| error(format!("is not a URL ({e}): use one like {OPENAI_URL}")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(error("must begin with http:// or https:// and name a host".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(error("must not hold a user or a password".into()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(error("must end with its path: no ? and no #".into()));
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// As Ollama itself reads `OLLAMA_HOST`: scheme and port may be left out, `0.0.0.0` means this machine.
fn ollama_endpoint(host: &str) -> Result<Endpoint, ConfigError> {
    const VARIABLE: &str = "OLLAMA_HOST";
    let bare = !host.contains("://");
    let full = if bare { format!("http://{host}") } else { host.to_owned() };
    let mut base = checked_url(VARIABLE, &full)?;
    let unusable = |()| ConfigError { variable: VARIABLE, problem: "is not the address of a server".into() };
    if bare && base.port().is_none() && !host.trim_end_matches('/').ends_with(":80") {
        base.set_port(Some(11434)).map_err(unusable)?;
    }
    if base.host_str() == Some("0.0.0.0") {
        base.set_host(Some("127.0.0.1")).map_err(|_| unusable(()))?;
    }
    Ok(Endpoint { base, key: PLACEHOLDER_KEY.into() })
}

#[cfg(test)]
mod tests;
