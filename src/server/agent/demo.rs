//! The built-in demo model: a loopback server that speaks OpenAI's chat-completions protocol, so that it is reached
//! through the very code that reaches real providers. Knows nothing of runs, prices or other providers.
//!
//! `quick` answers at once, `slow` writes for 20 s, `long` writes Markdown for a minute, `tools` calls tools and then
//! answers, `loop` calls the same tool for ever, `busy` is too busy for the first try, `fail` refuses, `flaky` refuses
//! unless the run is a retry, `stall` never answers; any other name behaves as `quick` and says so.

mod answer;
mod script;
mod wire;

use self::answer::Answer;
use self::script::Call;
use super::loopback::{Loopback, random_token};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, http};
use futures::{StreamExt, stream};
use secrecy::SecretString;
use std::{io, time::Duration};

/// Says, on calls to the demo model only, that the run repeats an earlier one.
pub(super) const RETRY_HEADER: &str = "x-runboard-retry";
/// Says, on calls to the demo model only, how often this call has been made, this time included.
pub(super) const ATTEMPT_HEADER: &str = "x-runboard-attempt";
/// How long `busy` asks to wait, in seconds.
const BUSY_FOR: &str = "1";

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

/// The running demo model; it ends when dropped.
#[derive(Debug)]
pub(super) struct DemoServer {
    server: Loopback,
    key: SecretString,
}

impl DemoServer {
    /// Starts it on a random port of 127.0.0.1, under a key that is good for this instance only.
    ///
    /// # Errors
    /// No port can be bound.
    pub(super) async fn start(pace: DemoPace) -> io::Result<Self> {
        let key = random_token();
        let state = Demo { pace, authorization: format!("Bearer {key}") };
        // A conversation may be long; the messages in it are limited where they come in.
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .layer(DefaultBodyLimit::disable())
            .with_state(state);
        Ok(Self { server: Loopback::serve(router).await?, key: key.into() })
    }

    /// The base URL for OpenAI clients, with a slash at its end.
    pub(super) fn base_url(&self) -> String {
        format!("{}v1/", self.server.base)
    }

    /// The key it wants as a bearer token.
    pub(super) fn key(&self) -> &SecretString {
        &self.key
    }
}

#[derive(Clone)]
struct Demo {
    pace: DemoPace,
    authorization: String,
}

async fn complete(State(demo): State<Demo>, headers: HeaderMap, body: String) -> Response {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if sent != Some(demo.authorization.as_str()) {
        return refuse(StatusCode::UNAUTHORIZED, "The demo model serves only the Runboard that started it.");
    }
    let request: wire::Request = match serde_json::from_str(&body) {
        Ok(request) => request,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("The request cannot be read: {error}")),
    };
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
            ([(header::RETRY_AFTER, BUSY_FOR)], refuse(StatusCode::TOO_MANY_REQUESTS, busy)).into_response()
        }
        "slow" => reply(&request, &Answer::slow(&request), &[], demo.pace.slow).await,
        "long" => reply(&request, &Answer::long(&request), &[], demo.pace.long).await,
        "tools" => {
            let calls = script::tools(&request);
            let answer = if calls.is_empty() { Answer::of_tools(&request) } else { Answer::before_tools() };
            reply(&request, &answer, &calls, demo.pace.quick).await
        }
        "loop" => reply(&request, &Answer::in_a_loop(), &script::endless(), demo.pace.quick).await,
        _ => reply(&request, &Answer::quick(&request), &[], demo.pace.quick).await,
    }
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(wire::error(message))).into_response()
}

async fn reply(request: &wire::Request, answer: &Answer, calls: &[Call], whole: Duration) -> Response {
    if !request.stream {
        tokio::time::sleep(whole).await;
        return Json(wire::completion(request, answer)).into_response();
    }
    let pieces = answer.pieces();
    let pause = whole / u32::try_from(pieces.len()).unwrap_or(u32::MAX).max(1);
    let mut written = pieces.into_iter().map(|piece| wire::piece_event(request, &piece)).collect::<Vec<_>>();
    let reason = if calls.is_empty() { "stop" } else { "tool_calls" };
    if !calls.is_empty() {
        written.push(wire::calls_event(request, calls));
    }
    let paced = stream::iter(written).then(move |event| async move {
        tokio::time::sleep(pause).await;
        event
    });
    let events = paced.chain(stream::iter(wire::end_events(request, answer, reason)));
    let body = Body::from_stream(events.map(Ok::<_, std::convert::Infallible>));
    ([(http::header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

#[cfg(test)]
mod tests;
