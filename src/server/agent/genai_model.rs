//! [`ChatModel`] through the genai crate: one code path for every provider, the built-in demo model included.
//!
//! genai shapes requests and reads streams; what reaches it passes the [`gate`], which bounds it. Knows no runs, no
//! prices and no database.

mod answer;
mod failure;
mod gate;
mod meter;
mod protocol;

use self::answer::Answer;
use self::failure::Failure;
use self::gate::{Framing, Gate, Passage};
use super::demo::{ATTEMPT_HEADER, DemoPace, DemoServer, RETRY_HEADER};
use super::model::{self, ChatCall, ChatModel, ChatStream, ChatTurn, ModelError};
use super::name::{ModelName, Provider};
use super::providers::{Endpoint, ProvidersConfig};
use super::scrub::Scrubber;
use super::tools::ToolSpec;
use async_trait::async_trait;
use genai::chat::{
    ChatMessage, ChatOptions, ChatRequest, ContentPart, MessageContent, ReasoningEffort, Tool, ToolResponse,
};
use genai::resolver::AuthData;
use genai::{Headers, ModelIden, ServiceTarget};
use tokio::sync::OnceCell;

/// Makes ring the TLS library of this process, unless one is already chosen. Call it first thing in `main`.
pub fn install_tls() {
    // An error means that one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The language models of the configured providers, and the demo model.
pub struct GenaiModel {
    client: genai::Client,
    providers: ProvidersConfig,
    scrubber: Scrubber,
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
        let http = http.map_err(|error| ModelError::lasting(format!("no HTTP client: {error}")))?;
        Ok(Self {
            client: genai::Client::builder()
                .with_reqwest(http)
                .build()
                .map_err(|error| ModelError::lasting(format!("no model client: {error}")))?,
            scrubber: Scrubber::new(providers.keys()),
            providers,
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

    async fn endpoint(&self, provider: Provider) -> Result<Endpoint, ModelError> {
        if provider != Provider::Demo {
            return self.providers.endpoint(provider);
        }
        let error = |text: String| ModelError::lasting(format!("the demo model did not start: {text}"));
        let start = || DemoServer::start(self.pace);
        let demo = self.demo.get_or_try_init(start).await.map_err(|e| error(e.to_string()))?;
        let base = demo.base_url().parse().map_err(|_| error("it has no address".to_owned()))?;
        Ok(Endpoint { base, key: demo.key().clone() })
    }

    async fn ask(&self, name: &ModelName, endpoint: Endpoint, call: &ChatCall) -> Result<Answer, Failure> {
        let gate = self.gate.get_or_try_init(Gate::open).await?;
        let framing = match name.provider {
            Provider::Ollama => Framing::Lines,
            _ => Framing::Events,
        };
        let passage = gate.passage(endpoint, framing);
        let target = target(name, &passage);
        Answer::ask(&self.client, name.provider, target, request(call), options(name, call), passage).await
    }
}

#[async_trait]
impl ChatModel for GenaiModel {
    async fn stream(&self, call: ChatCall) -> Result<ChatStream, ModelError> {
        let name: ModelName = call.model.parse().map_err(|error| ModelError::lasting(format!("{error}")))?;
        let endpoint = self.endpoint(name.provider).await?;
        let answer = self.ask(&name, endpoint, &call).await;
        Ok(answer.map_err(|failure| failure.into_error(&self.scrubber))?.into_stream(self.scrubber.clone()))
    }
}

/// Where genai sends the call: through the passage, which knows the real address and key.
fn target(name: &ModelName, passage: &Passage) -> ServiceTarget {
    ServiceTarget {
        endpoint: genai::resolver::Endpoint::from_owned(passage.url()),
        auth: AuthData::from_single(passage.pass_key()),
        // genai cuts off what stands before a `::`, so it is given something to cut off.
        model: ModelIden::new(protocol::adapter(name.provider), format!("{}::{}", name.provider, name.model)),
    }
}

fn options(name: &ModelName, call: &ChatCall) -> ChatOptions {
    let mut options = ChatOptions::default()
        .with_capture_usage(true)
        .with_capture_content(true)
        .with_capture_tool_calls(true)
        .with_capture_reasoning_content(true);
    if protocol::is_openais(name.provider) {
        // Without an effort genai takes one from the model's name: it would ask for `qwen` with effort "max" where
        // `qwen-max` is meant. A budget is an effort that its OpenAI adapter does not send.
        options = options.with_reasoning_effort(ReasoningEffort::Budget(0));
    }
    if name.provider == Provider::Demo {
        let retry = if call.is_retry { "1" } else { "0" };
        let headers = [(RETRY_HEADER, retry.to_owned()), (ATTEMPT_HEADER, call.attempt.to_string())];
        options = options.with_extra_headers(Headers::from(headers));
    }
    options
}

fn request(call: &ChatCall) -> ChatRequest {
    let request = ChatRequest::new(call.turns.iter().map(message).collect());
    match call.tools.is_empty() {
        true => request,
        false => request.with_tools(call.tools.iter().map(tool).collect::<Vec<_>>()),
    }
}

fn tool(spec: &ToolSpec) -> Tool {
    Tool::new(spec.name.clone()).with_description(spec.description.clone()).with_schema(spec.parameters.clone())
}

fn message(turn: &ChatTurn) -> ChatMessage {
    match turn {
        ChatTurn::System(text) => ChatMessage::system(text.clone()),
        ChatTurn::User(text) => ChatMessage::user(text.clone()),
        ChatTurn::Assistant { text, calls, echo } => {
            let echoed = echo.clone().and_then(|echo| serde_json::from_value(echo.content).ok());
            ChatMessage::assistant(echoed.unwrap_or_else(|| said(text, calls)))
        }
        ChatTurn::Tool { call_id, name, content } => {
            ChatMessage::from(ToolResponse::new(call_id.clone(), content.clone()).with_fn_name(name.clone()))
        }
    }
}

/// What a model said, put together from its parts.
fn said(text: &str, calls: &[model::ToolCall]) -> MessageContent {
    let mut parts = Vec::new();
    if !text.is_empty() {
        parts.push(ContentPart::Text(text.to_owned()));
    }
    parts.extend(calls.iter().map(|call| {
        ContentPart::ToolCall(genai::chat::ToolCall {
            call_id: call.id.clone(),
            fn_name: call.name.clone(),
            fn_arguments: call.arguments.sendable(),
            thought_signatures: None,
        })
    }));
    MessageContent::from_parts(parts)
}

#[cfg(test)]
mod counts;
#[cfg(test)]
mod misbehaves;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tool_calls;
