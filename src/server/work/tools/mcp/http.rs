//! The conversation over streamable HTTP: rmcp keeps the session and reconnects; requests are made here, where what comes
//! back is read leniently and within bounds.

mod events;

use super::super::text::bound;
use super::messages::{self, Asked, MAX_MESSAGE};
use super::places::MAX_CALLS;
use crate::server::aside;
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect};
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
    StreamableHttpPostResponse,
};
use sse_stream::Sse;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long an HTTP connection may take to open.
const OPEN_LIMIT: Duration = Duration::from_secs(10);
/// Requests beside calls that may be under way: pings, lists, notifications.
const BESIDES: usize = 16;
/// An event of more bytes is read off the workers.
const LONG_EVENT: usize = 64 * 1024;
/// How much of the body of an error is read, in bytes.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// How much of it is shown, in characters.
const MAX_SHOWN: usize = 500;
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");
const EVENTS: &str = "text/event-stream";
const JSON: &str = "application/json";

type Failure = StreamableHttpError<reqwest::Error>;
type Events = BoxStream<'static, Result<Sse, SseError>>;
type Headers = HashMap<HeaderName, HeaderValue>;

/// Returns a transport to the server at `url`; each request carries `headers`.
///
/// # Errors
/// There is no HTTP client; the text says why.
pub(super) fn transport(url: &Url, headers: Headers) -> Result<StreamableHttpClientTransport<Requests>, String> {
    crate::server::work::tls::install_tls();
    let client = Client::builder()
        // A redirect would carry the headers' secrets elsewhere.
        .redirect(redirect::Policy::none())
        .connect_timeout(OPEN_LIMIT)
        .user_agent(concat!("Runboard/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| format!("there is no HTTP client: {error}"))?;
    let config = StreamableHttpClientTransportConfig::with_uri(url.as_str())
        .custom_headers(headers)
        .max_concurrent_requests(MAX_CALLS + BESIDES);
    Ok(StreamableHttpClientTransport::with_client(Requests { client, asked: Arc::default() }, config))
}

/// Makes the requests of a conversation.
#[derive(Clone)]
pub(super) struct Requests {
    client: Client,
    asked: Arc<Asked>,
}

impl StreamableHttpClient for Requests {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        url: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _: Option<String>,
        headers: Headers,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let asked = Arc::new(Asked::within(&self.asked));
        asked.note(&message);
        let posted = self.post(&url, message, session, headers, &asked).await;
        if posted.is_err() {
            asked.give_up();
        }
        posted
    }

    /// Receives messages that the server sends unasked, and the rest of a response whose connection broke.
    async fn get_stream(
        &self,
        url: Arc<str>,
        session: Option<Arc<str>>,
        last_event: Option<String>,
        _: Option<String>,
        headers: Headers,
    ) -> Result<Events, Failure> {
        let mut request = self.client.get(url.as_ref()).header(ACCEPT, EVENTS);
        if let Some(last_event) = last_event {
            request = request.header(LAST_EVENT, last_event);
        }
        let response = with_headers(request, session.as_deref(), headers).send().await?;
        match response.status() {
            // Asking again would be no use.
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(StreamableHttpError::ServerDoesNotSupportSse)
            }
            status if !status.is_success() => Err(unexpected(format!("HTTP {status}"))),
            _ if is_events(&response) => Ok(read_events(response, Arc::clone(&self.asked))),
            _ => Err(StreamableHttpError::UnexpectedContentType(header(&response, &CONTENT_TYPE))),
        }
    }

    async fn delete_session(
        &self,
        url: Arc<str>,
        session: Arc<str>,
        token: Option<String>,
        headers: Headers,
    ) -> Result<(), Failure> {
        self.client.delete_session(url, session, token, headers).await
    }
}

impl Requests {
    async fn post(
        &self,
        url: &str,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        headers: Headers,
        asked: &Arc<Asked>,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let request = self.client.post(url).header(ACCEPT, format!("{EVENTS}, {JSON}"));
        let request = with_headers(request, session.as_deref(), headers);
        let body = serde_json::to_vec(&message).map_err(|error| unexpected(error.to_string()))?;
        let response = request.header(CONTENT_TYPE, JSON).body(body).send().await?;
        let status = response.status();
        if status == StatusCode::NOT_FOUND && session.is_some() {
            return Err(StreamableHttpError::SessionExpired);
        }
        let session = header(&response, &SESSION);
        let waits = matches!(message, JsonRpcMessage::Request(_));
        if !status.is_success() {
            let refused = refused(response, asked, waits).await;
            return refused.map(|message| StreamableHttpPostResponse::Json(message, session));
        }
        if !waits || matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        let kind = header(&response, &CONTENT_TYPE).unwrap_or_default();
        if is_events(&response) {
            return Ok(StreamableHttpPostResponse::Sse(read_events(response, Arc::clone(asked)), session));
        }
        let body = body_of(response, MAX_MESSAGE).await?;
        let said = String::from_utf8_lossy(&body[..body.len().min(4 * MAX_SHOWN)]).into_owned();
        let read = messages::read_elsewhere(body, asked).await.unwrap_or_default();
        let mut others = messages::in_order(read, asked);
        match others.pop().filter(messages::is_response) {
            Some(response) if others.is_empty() => Ok(StreamableHttpPostResponse::Json(response, session)),
            // rmcp takes several messages as events only, and reads no further than the response.
            Some(response) => {
                let event = |message| Ok(Sse::default().data(messages::relay(message)));
                let events = others.into_iter().chain([response]).map(event);
                Ok(StreamableHttpPostResponse::Sse(stream::iter(events).boxed(), session))
            }
            None => Err(unexpected(format!("its answer ({kind}) is no message of the protocol: {}", shown(&said)))),
        }
    }
}

fn with_headers(mut request: RequestBuilder, session: Option<&str>, headers: Headers) -> RequestBuilder {
    for (name, value) in headers {
        request = request.header(name, value);
    }
    match session {
        Some(session) => request.header(SESSION, session),
        None => request,
    }
}

/// Returns the events of a response, each with one message that rmcp can read or with none.
fn read_events(response: Response, asked: Arc<Asked>) -> Events {
    let relay = move |event: Result<Sse, SseError>| {
        let asked = Arc::clone(&asked);
        async move {
            let mut event = match event {
                Ok(event) => event,
                Err(error) => return stream::iter(vec![Err(error)]),
            };
            let messages = match event.data.take() {
                // Long ones are read where they hold up nobody.
                Some(data) if data.len() > LONG_EVENT => {
                    aside::caught(move || messages::relayed(&data, &asked)).await.unwrap_or_default()
                }
                Some(data) => messages::relayed(&data, &asked),
                None => Vec::new(),
            };
            stream::iter(each_alone(event, messages))
        }
    };
    events::events(response.bytes_stream()).then(relay).flatten().boxed()
}

/// Returns an event for each message that was in one, whatever that was called; at least one. From the last on the server
/// goes on when it is asked again, so that has the id.
fn each_alone(event: Sse, mut messages: Vec<String>) -> Vec<Result<Sse, SseError>> {
    let last = match messages.pop() {
        Some(last) => Sse { event: None, data: Some(last), ..event },
        None => event,
    };
    messages.into_iter().map(|message| Sse::default().data(message)).chain([last]).map(Ok).collect()
}

/// Returns the words of a server that refuses: its error in the protocol's terms, or the status with what came with it. An
/// error that does not say that it is about the request is one of the conversation: servers have lost the session.
async fn refused(response: Response, asked: &Arc<Asked>, waits: bool) -> Result<ServerJsonRpcMessage, Failure> {
    let status = response.status();
    let body = body_of(response, MAX_ERROR_BODY).await.unwrap_or_default();
    let is_challenge = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let is_meant = |message: &ServerJsonRpcMessage| match message {
        JsonRpcMessage::Error(error) => error.id.is_some() || !waits,
        _ => false,
    };
    match messages::read(&body, asked).into_iter().find(is_meant) {
        Some(error) if !is_challenge => Ok(error),
        _ => Err(unexpected(format!("HTTP {status}: {}", shown(&String::from_utf8_lossy(&body))))),
    }
}

/// Returns a body of at most `limit` bytes.
async fn body_of(response: Response, limit: usize) -> Result<Vec<u8>, Failure> {
    bounded(response.bytes_stream(), limit).await
}

async fn bounded(
    mut pieces: impl Stream<Item = reqwest::Result<Bytes>> + Unpin,
    limit: usize,
) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if body.len() + piece.len() > limit {
            return Err(unexpected(format!("its answer is longer than {}", bound(limit))));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn header(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn is_events(response: &Response) -> bool {
    header(response, &CONTENT_TYPE).is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with(EVENTS))
}

fn shown(text: &str) -> String {
    text.trim().chars().take(MAX_SHOWN).collect()
}

fn unexpected(words: String) -> Failure {
    StreamableHttpError::UnexpectedServerResponse(words.into())
}
