//! The models that can be had: what the configured providers list, the demo models, and what each costs. Asks providers when
//! somebody wants to know, not before, and keeps what they say for a while.

mod lists;
#[cfg(test)]
mod tests;

use self::lists::{Listed, MAX_LIST, read, request};
use super::model::ModelError;
use super::name::Provider;
use super::pricing::Prices;
use super::providers::ProvidersConfig;
use super::scrub::Scrubber;
use super::tls::install_tls;
use super::wire::answer::accepted;
use super::wire::client::{HttpTransport, WireResponse};
use super::wire::failure::tidy;
use crate::domain::model::{ListedModel, ModelChoice, ModelListing, ModelRates, SilentProvider};
use crate::server::aside;
use crate::server::clock::SharedClock;
use futures::StreamExt;
use futures::future::join_all;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a provider's list is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a list is kept, in milliseconds.
const KEPT_MS: i64 = 10 * 60 * 1_000;
/// How long a provider that did not answer is not asked again, in milliseconds.
const SILENT_MS: i64 = 30 * 1_000;
/// How much of an error's text is cleaned, in bytes.
const MAX_ERROR: usize = 4 << 10;

/// Cheap to clone.
#[derive(Clone)]
pub struct Catalogue(Arc<Inner>);

struct Inner {
    providers: ProvidersConfig,
    prices: Prices,
    http: HttpTransport,
    scrubber: Scrubber,
    clock: SharedClock,
    patience: Duration,
    /// A place for each provider; whoever asks holds it, so that a provider is asked once at a time.
    kept: HashMap<Provider, Mutex<Option<Kept>>>,
}

/// The answer of a provider.
struct Kept {
    at_ms: i64,
    answer: Answer,
}

/// Models, or why there are none.
type Answer = Result<Vec<ListedModel>, String>;

impl Catalogue {
    /// Asks nobody yet.
    ///
    /// # Errors
    /// The HTTP client cannot be built.
    pub fn new(providers: ProvidersConfig, prices: Prices, clock: SharedClock) -> Result<Self, ModelError> {
        install_tls();
        Ok(Self(Arc::new(Inner {
            http: HttpTransport::new()?,
            scrubber: Scrubber::new(providers.keys()),
            kept: Provider::ALL.iter().map(|provider| (*provider, Mutex::default())).collect(),
            patience: PATIENCE,
            providers,
            prices,
            clock,
        })))
    }

    /// Returns the models that can be had. Takes as long as a provider is waited for, at most.
    pub async fn models(&self) -> ModelListing {
        let asked = Provider::ALL.iter().filter(|provider| **provider != Provider::Demo);
        let answers = join_all(asked.map(|provider| async { (*provider, self.of(*provider).await) })).await;
        let mut listing = ModelListing::default();
        for (provider, answer) in answers {
            match answer {
                None => {}
                Some(Ok(models)) => listing.data.extend(models),
                Some(Err(detail)) => {
                    listing.data.extend(self.known(provider));
                    listing.unavailable.push(SilentProvider { provider: provider.to_string(), detail });
                }
            }
        }
        listing.data.extend(self.known(Provider::Demo));
        listing
    }

    /// Returns the models of a provider; `None` where it is not there and nobody has said that it is.
    async fn of(&self, provider: Provider) -> Option<Answer> {
        let is_configured = self.0.providers.connected().any(|connected| connected == provider);
        // Ollama has a customary address, where it is tried.
        if !is_configured && provider != Provider::Ollama {
            return None;
        }
        let mut kept = self.0.kept.get(&provider)?.lock().await;
        let now = self.0.clock.elapsed_ms();
        let is_fresh = |kept: &Kept| now - kept.at_ms < if kept.answer.is_ok() { KEPT_MS } else { SILENT_MS };
        let answer = match kept.as_ref().filter(|kept| is_fresh(kept)) {
            Some(kept) => kept.answer.clone(),
            None => {
                let answer = self.ask(provider).await;
                *kept = Some(Kept { at_ms: self.0.clock.elapsed_ms(), answer: answer.clone() });
                answer
            }
        };
        Some(answer).filter(|answer| is_configured || answer.is_ok())
    }

    async fn ask(&self, provider: Provider) -> Answer {
        let patience = self.0.patience;
        let answer = match tokio::time::timeout(patience, self.list(provider)).await {
            Ok(answer) => answer,
            Err(_) => Err(ModelError::passing(format!("It did not answer within {} s", patience.as_secs_f32()))),
        };
        match answer {
            Ok(models) => {
                let catalogue = self.clone();
                Ok(aside::run(move || models.into_iter().map(|model| catalogue.listed(provider, model)).collect())
                    .await)
            }
            Err(error) => Err(tidy(&self.0.scrubber.clean_head(&error.message, MAX_ERROR))),
        }
    }

    async fn list(&self, provider: Provider) -> Result<Vec<Listed>, ModelError> {
        let endpoint = self.0.providers.endpoint(provider)?;
        let response = self.0.http.get(request(provider, &endpoint)?).await?;
        let body = whole(accepted(response, self.0.clock.now()).await?).await?;
        let is_openais = endpoint.is_openais();
        aside::read(body.len(), move || read(provider, is_openais, &body)).await
    }

    /// Adds what is known of a model besides.
    fn listed(&self, provider: Provider, Listed { model, name, context }: Listed) -> ListedModel {
        let id = format!("{provider}/{model}");
        let rates = self.0.prices.rates(&id, self.0.clock.now());
        let context = context.or_else(|| self.0.prices.context_window(&id)).and_then(|tokens| tokens.try_into().ok());
        ListedModel {
            provider: provider.to_string(),
            name: name.unwrap_or(model),
            context_tokens: context,
            input: rates.map(|rates: ModelRates| rates.input),
            output: rates.map(|rates| rates.output),
            id,
        }
    }

    /// Returns the models of a provider that are known without asking it.
    fn known(&self, provider: Provider) -> Vec<ListedModel> {
        let prefix = format!("{provider}/");
        let choices = self.0.providers.choices().choices;
        let known = |ModelChoice { name, note, .. }: ModelChoice| {
            let model = name.strip_prefix(&prefix)?.to_owned();
            Some(self.listed(provider, Listed { model, name: Some(note), context: None }))
        };
        choices.into_iter().filter_map(known).collect()
    }
}

/// Reads a body to its end.
async fn whole(mut response: WireResponse) -> Result<Vec<u8>, ModelError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.body.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > MAX_LIST {
            return Err(ModelError::lasting(format!("Its list is longer than {} MiB", MAX_LIST >> 20)));
        }
    }
    Ok(body)
}
