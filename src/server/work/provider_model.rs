//! [`ChatModel`] for every provider: chooses endpoint and protocol, sends, and reads what comes back. Knows no runs, no
//! prices and no database. This is the only place where keys meet requests.

mod spelling;

use self::spelling::{Spelled, spelled};
use super::demo::{DemoPace, DemoTransport};
use super::model::{ChatCall, ChatEvent, ChatModel, ChatStream, ModelError};
use super::name::{ModelName, Provider};
use super::protocols;
use super::providers::{Endpoint, ProvidersConfig};
use super::scrub::Scrubber;
use super::tls::install_tls;
use super::wire::Decoder;
use super::wire::answer::{Patience, accepted, events};
use super::wire::client::{HttpTransport, Transport};
use super::wire::failure::tidy;
use crate::server::clock::SharedClock;
use async_trait::async_trait;
use futures::StreamExt;
use reqwest::StatusCode;

/// How much of an error's text is cleaned, in bytes; a few times what a run keeps of it.
const MAX_ERROR: usize = 16 << 10;

/// The language models of the configured providers, and the demo models.
pub struct ProviderModel {
    providers: ProvidersConfig,
    http: HttpTransport,
    demo: DemoTransport,
    scrubber: Scrubber,
    clock: SharedClock,
}

impl ProviderModel {
    /// Opens no connection before the first call.
    ///
    /// # Errors
    /// The HTTP client cannot be built.
    pub fn new(providers: ProvidersConfig, clock: SharedClock) -> Result<Self, ModelError> {
        install_tls();
        Ok(Self {
            http: HttpTransport::new()?,
            demo: DemoTransport::default(),
            scrubber: Scrubber::new(providers.keys()),
            providers,
            clock,
        })
    }

    /// Sets how fast the demo models write.
    #[must_use]
    pub fn with_demo_pace(self, pace: DemoPace) -> Self {
        Self { demo: DemoTransport::new(pace), ..self }
    }

    async fn ask(&self, call: ChatCall) -> Result<ChatStream, ModelError> {
        let name: ModelName = call.model.parse().map_err(|error| ModelError::lasting(format!("{error}")))?;
        let endpoint = match name.provider {
            Provider::Demo => DemoTransport::endpoint()?,
            provider => self.providers.endpoint(provider)?,
        };
        let protocol = protocols::spoken_at(&name, &endpoint);
        let Spelled { request, reader, protocol } = spelled(call, protocol, &name, &endpoint).await;
        let request = request?;
        let transport: &dyn Transport = if name.provider == Provider::Demo { &self.demo } else { &self.http };
        let provider = name.provider;
        let explained = move |error| protocol.explain(error, &name);
        let response = transport.send(request).await.map_err(&explained)?;
        let now = self.clock.now();
        let response = accepted(response, now).await.map_err(|error| hinted(explained(error), provider, &endpoint))?;
        Ok(events(response, Decoder::new(reader), Patience::default(), now)
            .map(move |event| event.map_err(&explained))
            .boxed())
    }
}

#[async_trait]
impl ChatModel for ProviderModel {
    async fn stream(&self, call: ChatCall) -> Result<ChatStream, ModelError> {
        let scrubber = self.scrubber.clone();
        let events = self.ask(call).await.map_err(|error| presentable(error, &scrubber))?;
        Ok(events
            .map(move |event| {
                event.map_err(|error| presentable(error, &scrubber)).map(|event| scrubbed(event, &scrubber))
            })
            .boxed())
    }
}

/// Returns the error as a run may show it: without keys, tidy.
fn presentable(error: ModelError, scrubber: &Scrubber) -> ModelError {
    ModelError { message: tidy(&scrubber.clean_head(&error.message, MAX_ERROR)), ..error }
}

/// Cleans the provider's words about an end, which may repeat what was sent to it.
fn scrubbed(mut event: ChatEvent, scrubber: &Scrubber) -> ChatEvent {
    if let ChatEvent::Finished(finished) = &mut event {
        finished.detail = finished.detail.take().map(|detail| tidy(&scrubber.clean_head(&detail, MAX_ERROR)));
    }
    event
}

/// Adds a hint: a server that finds nothing at its root mostly has it below `/v1`.
fn hinted(mut error: ModelError, provider: Provider, endpoint: &Endpoint) -> ModelError {
    if provider == Provider::OpenAi
        && error.status == Some(StatusCode::NOT_FOUND.as_u16())
        && endpoint.base.path() == "/"
    {
        error.message = format!("{} (does the base URL {} lack /v1?)", error.message, endpoint.base);
    }
    error
}

#[cfg(test)]
mod tests;
