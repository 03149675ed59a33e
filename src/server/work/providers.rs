//! The model providers that are configured, and their addresses. Built from environment values; makes no calls.

mod known;
mod values;

use self::known::{Choices, HOSTED};
use self::values::{checked_key, checked_url, ollama_endpoint};
use super::model::ModelError;
use super::name::{ModelName, Provider};
use crate::domain::failure::FailureCause;
use crate::domain::model::{ModelChoice, ModelChoices};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use thiserror::Error;

/// Local servers want an Authorization header but not what is in it.
const PLACEHOLDER_KEY: &str = "none";

/// Where a provider is and the key it wants.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Ends with a slash; no user, query or fragment.
    pub base: Url,
    /// Fit for an HTTP header.
    pub key: SecretString,
}

impl Endpoint {
    /// Whether this is OpenAI's own service, and not one that is compatible with it.
    pub fn is_openais(&self) -> bool {
        self.base.host_str() == Some("api.openai.com")
    }
}

/// The configured providers. Its `Debug` shows no keys.
#[derive(Clone, Debug, Default)]
pub struct ProvidersConfig {
    endpoints: HashMap<Provider, Endpoint>,
}

/// An environment variable that cannot be used; the text names it and never shows a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{variable} {problem}")]
pub struct ConfigError {
    pub variable: &'static str,
    pub problem: String,
}

impl ProvidersConfig {
    /// Reads the providers' keys, `OPENAI_BASE_URL` and `OLLAMA_HOST` through `lookup`. An empty or blank value counts
    /// as absent. `OPENAI_BASE_URL` alone configures OpenAI: local servers want no key.
    ///
    /// # Errors
    /// A URL is malformed, or a key holds characters no HTTP header can carry.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let value = |variable| lookup(variable).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let mut endpoints = HashMap::new();
        for hosted in &HOSTED {
            let key = value(hosted.variable).map(|v| checked_key(hosted.variable, v)).transpose()?;
            let elsewhere = value("OPENAI_BASE_URL").filter(|_| hosted.provider == Provider::OpenAi);
            let (base, key) = match (elsewhere, key) {
                (Some(base), key) => {
                    (checked_url("OPENAI_BASE_URL", &base)?, key.unwrap_or_else(|| PLACEHOLDER_KEY.into()))
                }
                (None, Some(key)) => (checked_url("", hosted.base)?, key),
                (None, None) => continue,
            };
            endpoints.insert(hosted.provider, Endpoint { base, key });
        }
        if let Some(host) = value("OLLAMA_HOST") {
            endpoints.insert(Provider::Ollama, ollama_endpoint(&host)?);
        }
        Ok(Self { endpoints })
    }

    /// Returns where `provider` is. Ollama has a customary address, so it is tried even when not configured.
    ///
    /// # Errors
    /// It is not configured; the text says which variable to set. Always so for the demo model, which has no
    /// endpoint before it is started.
    pub fn endpoint(&self, provider: Provider) -> Result<Endpoint, ModelError> {
        if let Some(endpoint) = self.endpoints.get(&provider) {
            return Ok(endpoint.clone());
        }
        let customary = (provider == Provider::Ollama).then(|| ollama_endpoint(known::OLLAMA_URL).ok()).flatten();
        customary.ok_or_else(|| {
            let variable = known::hosted(provider).map(|hosted| hosted.variable);
            let named = variable.unwrap_or("nothing");
            let error = ModelError::lasting(format!("{provider}/… needs {named}: set it and start the server again"));
            ModelError { variable, ..error.because(FailureCause::MissingKey) }
        })
    }

    /// The same with `provider` elsewhere.
    #[cfg(test)]
    pub(super) fn at(mut self, provider: Provider, endpoint: Endpoint) -> Self {
        self.endpoints.insert(provider, endpoint);
        self
    }

    /// Returns the base URL of the server behind `openai/…` where it is not OpenAI's own.
    pub fn openai_elsewhere(&self) -> Option<&Url> {
        let endpoint = self.endpoints.get(&Provider::OpenAi)?;
        (!endpoint.is_openais()).then_some(&endpoint.base)
    }

    /// Returns the configured providers, in no order.
    pub fn connected(&self) -> impl Iterator<Item = Provider> {
        self.endpoints.keys().copied()
    }

    /// Returns every configured key, for scrubbing error texts.
    pub fn keys(&self) -> Vec<SecretString> {
        let keys = self.endpoints.values().map(|endpoint| endpoint.key.clone());
        keys.filter(|key| key.expose_secret() != PLACEHOLDER_KEY).collect()
    }

    /// Returns the model of an agent that names none: the first configured provider's default, else `demo/quick`.
    pub fn default_model(&self) -> String {
        self.offers().first().map_or_else(|| "demo/quick".to_owned(), |(name, _)| (*name).to_owned())
    }

    /// Whether the name's provider can have such a model. Other providers know best what they have; the demo models are
    /// known.
    ///
    /// # Errors
    /// There is no such model; the text says which there are.
    pub fn check(&self, name: &ModelName) -> Result<(), String> {
        let (given, names) = (name.to_string(), known::DEMO_CHOICES.iter().map(|(name, _)| *name));
        if name.provider != Provider::Demo || names.clone().any(|name| name == given) {
            return Ok(());
        }
        Err(format!("there is no model {given:?}: use {}", names.collect::<Vec<_>>().join(", ")))
    }

    /// Returns the models a form offers: those of the configured providers first, then the demo models. Without their
    /// prices.
    pub fn choices(&self) -> ModelChoices {
        let offers = self.offers();
        ModelChoices {
            default: self.default_model(),
            provider_configured: !offers.is_empty(),
            choices: offers
                .iter()
                .chain(known::DEMO_CHOICES)
                .map(|(name, note)| ModelChoice { name: (*name).to_owned(), note: (*note).to_owned(), rates: None })
                .collect(),
        }
    }

    /// Models of the configured providers, in the order of [`Provider::ALL`]; each provider's default comes first.
    fn offers(&self) -> Vec<(&'static str, &'static str)> {
        let configured = Provider::ALL.iter().filter(|provider| self.endpoints.contains_key(provider));
        configured.flat_map(|provider| self.offer(*provider)).copied().collect()
    }

    fn offer(&self, provider: Provider) -> Choices {
        match provider {
            Provider::OpenAi if self.openai_elsewhere().is_some() => known::OPENAI_COMPATIBLE_CHOICES,
            Provider::Ollama => known::OLLAMA_CHOICES,
            _ => known::hosted(provider).map_or(&[], |hosted| hosted.choices),
        }
    }
}

#[cfg(test)]
mod tests;
