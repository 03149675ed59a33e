//! The gate every model call passes on its way out, and its answer on the way back.
//!
//! genai collects error bodies and unfinished events without any bound, and reads a stream that always has more
//! without ever yielding: one broken server could take the whole process with it. So genai is given an address in this
//! process; the gate calls the provider, bounds what comes back, keeps the true cause of a failure, and is the only
//! place where keys meet requests. Knows HTTP and bytes, no provider and no protocol.

pub(super) use super::meter::Framing;

use super::super::loopback::{Loopback, random_token};
use super::super::providers::Endpoint;
use super::failure::{Failure, is_page, message_of, root};
use super::meter::Meter;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, future, stream};
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// How much of an error body is read, in bytes, and for how long.
const ERROR_BODY: usize = 64 << 10;
const ERROR_BODY_TIME: Duration = Duration::from_secs(5);
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// What belongs to one connection, or is set anew for the next.
const NOT_FORWARDED: [HeaderName; 5] =
    [header::HOST, header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING, header::ACCEPT_ENCODING];

/// The running gate; it closes when dropped.
pub(super) struct Gate {
    server: Loopback,
    calls: Calls,
}

/// The calls under way, by their tokens.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<HashMap<String, Arc<Call>>>>);

impl Calls {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Call>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Call {
    endpoint: Endpoint,
    framing: Framing,
    /// Why the call failed, as seen from here. The first cause stands.
    fault: OnceLock<Failure>,
}

impl Gate {
    /// Opens it on a random port of 127.0.0.1.
    pub(super) async fn open() -> Result<Self, Failure> {
        let calls = Calls::default();
        let http = outward_client().map_err(|error| Failure::lasting(format!("no HTTP client: {error}")))?;
        let router = Router::new().fallback(pass).with_state(Gatekeeper { http, calls: calls.clone() });
        let server = Loopback::serve(router).await;
        let server = server.map_err(|error| Failure::lasting(format!("the model gate did not open: {error}")))?;
        Ok(Self { server, calls })
    }

    /// Lets one call through to `endpoint`, until the passage is dropped.
    pub(super) fn passage(&self, endpoint: Endpoint, framing: Framing) -> Passage {
        let token = random_token();
        let call = Arc::new(Call { endpoint, framing, fault: OnceLock::new() });
        self.calls.lock().insert(token.clone(), Arc::clone(&call));
        Passage { url: format!("{}{token}/", self.server.base), token, call, calls: self.calls.clone() }
    }
}

/// One call's way through the gate.
pub(super) struct Passage {
    url: String,
    token: String,
    call: Arc<Call>,
    calls: Calls,
}

impl Passage {
    /// The base URL that stands for the provider's, with a slash at its end.
    pub(super) fn url(&self) -> String {
        self.url.clone()
    }

    /// What to send as the key: the gate puts the real one in its place.
    pub(super) fn pass_key(&self) -> String {
        self.token.clone()
    }

    /// Why the call failed, if the gate saw it fail.
    pub(super) fn fault(&self) -> Option<Failure> {
        self.call.fault.get().cloned()
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.calls.lock().remove(&self.token);
    }
}

/// The client that calls providers. It follows no redirects, since those would carry keys to another host, and
/// unpacks nothing. It has no overall timeout: how long a run may take is the run engine's business.
fn outward_client() -> reqwest::Result<reqwest::Client> {
    let builder = || {
        reqwest::Client::builder()
            .connect_timeout(CONNECT_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .tcp_keepalive(Duration::from_secs(30))
            .http2_keep_alive_interval(Duration::from_secs(20))
    };
    builder().build().or_else(|error| {
        // A bare container has no certificates; the demo model and local servers work without.
        tracing::warn!(error = root(&error), "no certificate authorities: https:// providers cannot be reached");
        builder().tls_certs_only([]).build()
    })
}

#[derive(Clone)]
struct Gatekeeper {
    http: reqwest::Client,
    calls: Calls,
}

async fn pass(State(gate): State<Gatekeeper>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let Some((token, rest)) = path.split_once('/') else { return StatusCode::NOT_FOUND.into_response() };
    let found = gate.calls.lock().get(token).cloned();
    let Some(call) = found else { return StatusCode::NOT_FOUND.into_response() };
    match forward(&gate.http, token, &call, rest, request).await {
        Ok(response) => response,
        Err(failure) => {
            let _ = call.fault.set(failure);
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

async fn forward(
    http: &reqwest::Client,
    token: &str,
    call: &Arc<Call>,
    rest: &str,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let url = format!("{}{rest}{query}", call.endpoint.base);
    let body = axum::body::to_bytes(body, usize::MAX).await;
    let body = body.map_err(|error| Failure::lasting(format!("the request broke off: {error}")))?;
    let headers = outward_headers(&parts.headers, token, call.endpoint.key.expose_secret())?;
    let sent = http.request(parts.method, url).headers(headers).body(body).send().await;
    let response = sent.map_err(|error| unreachable_server(call, &error))?;
    match response.status() {
        status if status.is_success() => take_in(call, response).await,
        _ => Err(refused(response).await),
    }
}

fn outward_headers(headers: &HeaderMap, token: &str, key: &str) -> Result<HeaderMap, Failure> {
    let mut outward = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| !NOT_FORWARDED.contains(name)) {
        let value = match value.to_str() {
            Ok(text) if text.contains(token) => {
                let mut value = HeaderValue::from_str(&text.replace(token, key))
                    .map_err(|_| Failure::lasting("the key holds characters no HTTP header can carry"))?;
                value.set_sensitive(true);
                value
            }
            _ => value.clone(),
        };
        outward.append(name, value);
    }
    Ok(outward)
}

fn unreachable_server(call: &Call, error: &reqwest::Error) -> Failure {
    let base = &call.endpoint.base;
    let place = format!("{}:{}", base.host_str().unwrap_or_default(), base.port_or_known_default().unwrap_or_default());
    match error.is_builder() {
        true => Failure::lasting(format!("the request to {place} cannot be built: {}", root(error))),
        false => Failure::passing(format!("{place} cannot be reached: {}", root(error))),
    }
}

/// What another status than success means.
async fn refused(response: reqwest::Response) -> Failure {
    let status = response.status();
    let text_of = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let retry_after = retry_after(text_of("retry-after-ms"), text_of("retry-after"));
    if status.is_redirection() {
        let to = text_of("location").unwrap_or_default();
        return Failure::answered(status, &format!("a redirect to {to} is not followed: check the base URL"));
    }
    let body = start_of(Bytes::new(), response.bytes_stream()).await;
    Failure { retry_after, ..Failure::answered(status, &message_of(&body)) }
}

/// Retry-After in seconds; dates are rare and would need a clock.
fn retry_after(ms: Option<String>, s: Option<String>) -> Option<Duration> {
    let number = |text: Option<String>| text?.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
    let seconds = number(ms).map(|ms| ms / 1_000.0).or_else(|| number(s))?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// A successful answer: a stream goes through, measured; a page or a JSON document is no answer.
async fn take_in(call: &Arc<Call>, response: reqwest::Response) -> Result<Response, Failure> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).cloned();
    let is_json = kind.as_ref().is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let mut chunks = response.bytes_stream();
    let first = chunks.next().await.transpose().map_err(|error| broken_off(&error))?.unwrap_or_default();
    let start = first.trim_ascii_start();
    if is_page(&String::from_utf8_lossy(&start[..start.len().min(16)])) {
        return Err(Failure::answered(status, "an HTML page came instead of an answer: check the base URL"));
    }
    if is_json && call.framing == Framing::Events && start.starts_with(b"{") {
        let body = start_of(first, chunks).await;
        let said = message_of(&body);
        return Err(Failure::answered(status, &format!("a JSON document came instead of a stream: {said}")));
    }
    let mut meter = Meter::new(call.framing);
    let call = Arc::clone(call);
    let measured = stream::once(future::ready(Ok(first))).chain(chunks).map(move |chunk| {
        let chunk = chunk.map_err(|error| broken_off(&error)).and_then(|chunk| match meter.pass(&chunk) {
            Ok(()) => Ok(chunk),
            Err(text) => Err(Failure::lasting(text)),
        });
        chunk.map_err(|failure| {
            let _ = call.fault.set(failure);
            io::Error::other("see the fault")
        })
    });
    Ok(Body::from_stream(measured).into_response())
}

fn broken_off(error: &reqwest::Error) -> Failure {
    Failure::passing(format!("the connection broke off before the answer was complete: {}", root(error)))
}

/// The beginning of a body as text: what comes within the limits, and before an error.
async fn start_of(first: Bytes, chunks: impl futures::Stream<Item = reqwest::Result<Bytes>>) -> String {
    let mut start = first.to_vec();
    let read = async {
        let mut chunks = std::pin::pin!(chunks);
        while let Some(Ok(chunk)) = chunks.next().await {
            start.extend_from_slice(&chunk[..chunk.len().min(ERROR_BODY.saturating_sub(start.len()))]);
            if start.len() >= ERROR_BODY {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(ERROR_BODY_TIME, read).await;
    String::from_utf8_lossy(&start).into_owned()
}
