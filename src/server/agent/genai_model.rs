//! [`ChatModel`] through the genai crate: one code path for every provider, the built-in demo model included.
//!
//! genai shapes requests and reads streams; what reaches it passes the [`gate`], which bounds it. Knows no runs, no
//! prices and no database.

mod answer;
mod failure;
mod gate;
mod meter;

use self::answer::Answer;
use self::failure::Failure;
use self::gate::{Framing, Gate, Passage};
use super::demo::{DemoPace, DemoServer, RETRY_HEADER};
use super::model::{ChatCall, ChatModel, ChatStream, ChatTurn, ModelError};
use super::name::{ModelName, Provider};
use super::providers::{Endpoint, ProvidersConfig};
use super::scrub::Scrubber;
use crate::domain::thread::Role;
use async_trait::async_trait;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ReasoningEffort};
use genai::resolver::AuthData;
use genai::{Headers, ModelIden, ServiceTarget};
use rand::Rng;
use std::time::Duration;
use tokio::sync::OnceCell;

/// Makes ring the TLS library of this process, unless one is already chosen. Call it first thing in `main`.
pub fn install_tls() {
    // An error means that one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// How calls are repeated that failed before any text arrived: 429, 5xx and connection errors only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Calls after the first.
    pub retries: u32,
    /// Wait before the first repetition; it doubles each time and is jittered by half either way.
    pub pause: Duration,
    /// Longest wait, also where the provider's Retry-After asks for a longer one.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { retries: 2, pause: Duration::from_millis(500), longest: Duration::from_secs(20) }
    }
}

impl RetryPolicy {
    /// How long to wait after the failed call number `attempt` (0 for the first).
    fn wait(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        let backoff =
            || self.pause.saturating_mul(2_u32.saturating_pow(attempt)).mul_f64(rand::rng().random_range(0.5..1.5));
        asked.unwrap_or_else(backoff).min(self.longest)
    }
}

/// The language models of the configured providers, and the demo model.
pub struct GenaiModel {
    client: genai::Client,
    providers: ProvidersConfig,
    scrubber: Scrubber,
    retry: RetryPolicy,
    pace: DemoPace,
    gate: OnceCell<Gate>,
    demo: OnceCell<DemoServer>,
}

impl GenaiModel {
    /// Opens no connection and starts no server before the first call.
    ///
    /// # Errors
    /// The HTTP client cannot be built.
    pub fn new(providers: ProvidersConfig) -> Result<Self, ModelError> {
        install_tls();
        // It speaks to the gate alone: no proxy and no certificates.
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build();
        let http = http.map_err(|error| ModelError { status: None, message: format!("no HTTP client: {error}") })?;
        Ok(Self {
            client: genai::Client::builder()
                .with_reqwest(http)
                .build()
                .map_err(|error| ModelError { status: None, message: format!("no model client: {error}") })?,
            scrubber: Scrubber::new(providers.keys()),
            providers,
            retry: RetryPolicy::default(),
            pace: DemoPace::default(),
            gate: OnceCell::new(),
            demo: OnceCell::new(),
        })
    }

    /// Sets how fast the demo models write.
    #[must_use]
    pub fn with_demo_pace(self, pace: DemoPace) -> Self {
        Self { pace, ..self }
    }

    /// Sets how failed calls are repeated.
    #[must_use]
    pub fn with_retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }

    async fn endpoint(&self, provider: Provider) -> Result<Endpoint, ModelError> {
        if provider != Provider::Demo {
            return self.providers.endpoint(provider);
        }
        let error =
            |text: String| ModelError { status: None, message: format!("the demo model did not start: {text}") };
        let start = || DemoServer::start(self.pace);
        let demo = self.demo.get_or_try_init(start).await.map_err(|e| error(e.to_string()))?;
        let base = demo.base_url().parse().map_err(|_| error("it has no address".to_owned()))?;
        Ok(Endpoint { base, key: demo.key().clone() })
    }

    /// One call, up to its first event.
    async fn attempt(&self, name: &ModelName, endpoint: &Endpoint, call: &ChatCall) -> Result<Begun, Failure> {
        let gate = self.gate.get_or_try_init(Gate::open).await?;
        let framing = match name.provider {
            Provider::Ollama => Framing::Lines,
            _ => Framing::Events,
        };
        let passage = gate.passage(endpoint.clone(), framing);
        let target = target(name, &passage);
        let asked = Answer::ask(&self.client, target, request(call), options(name, call), passage).await;
        let mut answer = asked?;
        let first = answer.next().await.transpose()?;
        Ok(Begun { first, answer })
    }
}

/// An answer and the event it began with.
struct Begun {
    first: Option<super::model::ChatEvent>,
    answer: Answer,
}

#[async_trait]
impl ChatModel for GenaiModel {
    async fn stream(&self, call: ChatCall) -> Result<ChatStream, ModelError> {
        let name: ModelName =
            call.model.parse().map_err(|error| ModelError { status: None, message: format!("{error}") })?;
        let endpoint = self.endpoint(name.provider).await?;
        let mut attempt = 0;
        loop {
            let failure = match self.attempt(&name, &endpoint, &call).await {
                Ok(begun) => return Ok(begun.answer.into_stream(begun.first, self.scrubber.clone())),
                Err(failure) => failure,
            };
            let wait = self.retry.wait(attempt, failure.retry_after);
            let again = failure.transient && attempt < self.retry.retries;
            let error = failure.into_error(&self.scrubber);
            if !again {
                return Err(error);
            }
            attempt += 1;
            tracing::warn!(model = %name, error = %error.message, ?wait, attempt, "repeating a model call");
            tokio::time::sleep(wait).await;
        }
    }
}

/// Where genai sends the call: through the passage, which knows the real address and key.
fn target(name: &ModelName, passage: &Passage) -> ServiceTarget {
    let adapter = match name.provider {
        Provider::OpenAi | Provider::Demo => AdapterKind::OpenAI,
        Provider::Anthropic => AdapterKind::Anthropic,
        Provider::Gemini => AdapterKind::Gemini,
        Provider::Ollama => AdapterKind::Ollama,
    };
    ServiceTarget {
        endpoint: genai::resolver::Endpoint::from_owned(passage.url()),
        auth: AuthData::from_single(passage.pass_key()),
        // genai cuts off what stands before a `::`, so it is given something to cut off.
        model: ModelIden::new(adapter, format!("{}::{}", name.provider, name.model)),
    }
}

fn options(name: &ModelName, call: &ChatCall) -> ChatOptions {
    let mut options = ChatOptions::default().with_capture_usage(true);
    if matches!(name.provider, Provider::OpenAi | Provider::Demo) {
        // Without an effort genai takes one from the model's name: it would ask for `qwen` with effort "max" where
        // `qwen-max` is meant. A budget is an effort that its OpenAI adapter does not send.
        options = options.with_reasoning_effort(ReasoningEffort::Budget(0));
    }
    if name.provider == Provider::Demo && call.is_retry {
        options = options.with_extra_headers(Headers::from((RETRY_HEADER, "1")));
    }
    options
}

fn request(call: &ChatCall) -> ChatRequest {
    ChatRequest::new(call.turns.iter().filter_map(message).collect())
}

fn message(turn: &ChatTurn) -> Option<ChatMessage> {
    let content = turn.content.clone();
    match turn.role {
        Role::System => Some(ChatMessage::system(content)),
        Role::User => Some(ChatMessage::user(content)),
        Role::Assistant => Some(ChatMessage::assistant(content)),
        // A tool's result means nothing without the call it answers.
        Role::Tool => None,
    }
}

#[cfg(test)]
mod misbehaves;
#[cfg(test)]
mod tests;
