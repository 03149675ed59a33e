//! The built-in demo model: a server of OpenAI's Chat Completions without a network, so that it is reached through the
//! very code that reaches real providers. Knows nothing of runs, prices or other providers.
//!
//! `quick` answers at once, `slow` writes for 20 s, `long` writes Markdown for a minute, `tools` calls tools and then
//! answers, `loop` calls the same tool for ever, `busy` is too busy for the first try, `fail` refuses, `flaky` refuses
//! unless the run is a retry, `stall` never answers; any other name behaves as `quick` and says so.

mod answer;
mod script;
mod wire;

use self::answer::Answer;
use self::script::Call;
use super::model::ModelError;
use super::providers::Endpoint;
use super::wire::PackedRequest;
use super::wire::client::{Transport, WireResponse};
use crate::server::aside;
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use std::time::Duration;

/// Says, on calls to the demo model only, that the run repeats an earlier one.
pub(super) const RETRY_HEADER: &str = "x-runboard-retry";
/// Says, on calls to the demo model only, how often this call has been made, this time included.
pub(super) const ATTEMPT_HEADER: &str = "x-runboard-attempt";
/// How long `busy` asks to wait, in seconds.
const BUSY_FOR: &str = "1";
/// Longest conversation, in bytes of text.
const MAX_CONVERSATION: usize = 32 << 20;

/// How long the demo models take to write their whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoPace {
    pub quick: Duration,
    pub slow: Duration,
    pub long: Duration,
}

impl Default for DemoPace {
    fn default() -> Self {
        Self { quick: Duration::from_millis(120), slow: Duration::from_secs(20), long: Duration::from_secs(60) }
    }
}

impl DemoPace {
    /// No waiting at all, for tests.
    pub const INSTANT: Self = Self { quick: Duration::ZERO, slow: Duration::ZERO, long: Duration::ZERO };
}

/// The demo model as a transport: what it is sent never leaves the process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DemoTransport {
    pace: DemoPace,
}

impl DemoTransport {
    pub(super) fn new(pace: DemoPace) -> Self {
        Self { pace }
    }

    /// Returns an address for requests to have; nobody listens there.
    ///
    /// # Errors
    /// None: the address is a URL.
    pub(super) fn endpoint() -> Result<Endpoint, ModelError> {
        let base = "http://demo.invalid/v1/".parse();
        let base = base.map_err(|error| ModelError::lasting(format!("the demo model has no address: {error}")))?;
        Ok(Endpoint { base, key: "none".into() })
    }
}

#[async_trait]
impl Transport for DemoTransport {
    async fn send(&self, request: PackedRequest) -> Result<WireResponse, ModelError> {
        let PackedRequest { headers, body, .. } = request;
        let read = aside::read(body.len(), move || serde_json::from_slice(&body)).await;
        let request: wire::Request = match read {
            Ok(request) => request,
            Err(error) => return Ok(refuse(StatusCode::BAD_REQUEST, &format!("The request cannot be read: {error}"))),
        };
        if request.length() > MAX_CONVERSATION {
            return Ok(refuse(StatusCode::PAYLOAD_TOO_LARGE, "The conversation is too long for the demo model."));
        }
        Ok(self.complete(&request, &headers).await)
    }
}

impl DemoTransport {
    async fn complete(&self, request: &wire::Request, headers: &HeaderMap) -> WireResponse {
        let says = |name: &str, what: &str| headers.get(name).is_some_and(|value| value == what);
        let is_retry = says(RETRY_HEADER, "1");
        match request.model.as_str() {
            "fail" => refuse(StatusCode::BAD_REQUEST, "The model demo/fail always fails. That is what it is for."),
            "flaky" if !is_retry => refuse(
                StatusCode::BAD_REQUEST,
                "The model demo/flaky fails the first time. Retry the run: it will succeed.",
            ),
            "stall" => std::future::pending().await,
            "busy" if !is_retry && says(ATTEMPT_HEADER, "1") => {
                let busy = "The model demo/busy is busy at first. It asks to be called again in a second.";
                let mut refusal = refuse(StatusCode::TOO_MANY_REQUESTS, busy);
                refusal.headers.insert(RETRY_AFTER, HeaderValue::from_static(BUSY_FOR));
                refusal
            }
            "slow" => reply(request, &Answer::slow(request), &[], self.pace.slow),
            "long" => reply(request, &Answer::long(request), &[], self.pace.long),
            "tools" => {
                let calls = script::tools(request);
                let answer = if calls.is_empty() { Answer::of_tools(request) } else { Answer::before_tools() };
                reply(request, &answer, &calls, self.pace.quick)
            }
            "loop" => reply(request, &Answer::in_a_loop(), &script::endless(), self.pace.quick),
            _ => reply(request, &Answer::quick(request), &[], self.pace.quick),
        }
    }
}

fn refuse(status: StatusCode, message: &str) -> WireResponse {
    let body = Bytes::from(wire::error(message).to_string());
    respond(status, "application/json", stream::iter([body]))
}

fn reply(request: &wire::Request, answer: &Answer, calls: &[Call], whole: Duration) -> WireResponse {
    let (answer, is_cut) = answer.within(request.max_tokens);
    let pieces = answer.pieces();
    let pause = whole / u32::try_from(pieces.len()).unwrap_or(u32::MAX).max(1);
    let mut written = pieces.into_iter().map(|piece| wire::piece_event(request, &piece)).collect::<Vec<_>>();
    let reason = match (is_cut, calls.is_empty()) {
        (true, _) => "length",
        (false, true) => "stop",
        (false, false) => "tool_calls",
    };
    if !calls.is_empty() && !is_cut {
        written.push(wire::calls_event(request, calls));
    }
    let paced = stream::iter(written).then(move |event| async move {
        tokio::time::sleep(pause).await;
        event
    });
    let events = paced.chain(stream::iter(wire::end_events(request, &answer, reason)));
    respond(StatusCode::OK, "text/event-stream", events.map(Bytes::from))
}

fn respond(
    status: StatusCode,
    kind: &'static str,
    body: impl stream::Stream<Item = Bytes> + Send + 'static,
) -> WireResponse {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
    WireResponse { status, headers, body: body.map(Ok).boxed() }
}

#[cfg(test)]
mod tests;
