//! Sends requests and gives back what comes as status, headers and bytes. [`Transport`] is the seam: the demo model has
//! one without a network.

use super::bounds::{CONNECT_TIME, SILENCE};
use super::failure::root;
use super::{PackedRequest, WireRequest};
use crate::domain::failure::FailureCause;
use crate::server::work::model::ModelError;
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{StatusCode, Url};
use std::time::Duration;

/// A response whose body is still to come.
pub struct WireResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Unpacked.
    pub body: BoxStream<'static, Result<Bytes, ModelError>>,
}

/// A carrier of requests to a provider.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends the request and waits for the head of the response.
    ///
    /// # Errors
    /// The provider cannot be reached.
    async fn send(&self, request: PackedRequest) -> Result<WireResponse, ModelError>;
}

/// The transport over HTTP. It follows no redirects, since those would carry keys to another host. It has no overall
/// time limit: how long a run may take is the run engine's business.
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// # Errors
    /// The HTTP client cannot be built.
    pub fn new() -> Result<Self, ModelError> {
        let builder = || {
            reqwest::Client::builder()
                .connect_timeout(CONNECT_TIME)
                .redirect(reqwest::redirect::Policy::none())
                .tcp_keepalive(Duration::from_secs(30))
                .http2_keep_alive_interval(Duration::from_secs(20))
        };
        let client = builder().build().or_else(|error| {
            // A bare container has no certificates; the demo model and local servers work without.
            tracing::warn!(error = root(&error), "no certificate authorities: https:// providers cannot be reached");
            builder().tls_certs_only([]).build()
        });
        let client = client.map_err(|error| ModelError::lasting(format!("no HTTP client: {}", root(&error))))?;
        Ok(Self { client })
    }
}

impl HttpTransport {
    /// Reads what is at an address. The request's body is not sent.
    ///
    /// # Errors
    /// The provider cannot be reached.
    pub async fn get(&self, request: WireRequest) -> Result<WireResponse, ModelError> {
        let WireRequest { url, mut headers, .. } = request;
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let sent = self.client.get(url.clone()).headers(headers).send().await;
        Ok(received(sent.map_err(|error| unreachable_server(&url, &error))?))
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: PackedRequest) -> Result<WireResponse, ModelError> {
        let PackedRequest { url, mut headers, body } = request;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/x-ndjson, application/json"));
        // Packed streams tend to be held back until a block is full. One that comes packed all the same is unpacked.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let sent = self.client.post(url.clone()).headers(headers).body(body).send();
        let sent = tokio::time::timeout(SILENCE, sent).await.map_err(|_| silent(SILENCE))?;
        Ok(received(sent.map_err(|error| unreachable_server(&url, &error))?))
    }
}

fn received(response: reqwest::Response) -> WireResponse {
    WireResponse {
        status: response.status(),
        headers: response.headers().clone(),
        body: response.bytes_stream().map(|chunk| chunk.map_err(|error| broken_off(&error))).boxed(),
    }
}

/// Returns the error for a provider that has sent nothing for too long.
pub(super) fn silent(silence: Duration) -> ModelError {
    let error = ModelError::passing(format!("the provider sent nothing for {} s", silence.as_secs()));
    error.because(FailureCause::ProviderSilent)
}

fn unreachable_server(url: &Url, error: &reqwest::Error) -> ModelError {
    let place = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    match error.is_builder() {
        true => ModelError::lasting(format!("the request to {place} cannot be built: {}", root(error))),
        false => ModelError::passing(format!("{place} cannot be reached: {}", root(error)))
            .because(FailureCause::ProviderUnreachable),
    }
}

fn broken_off(error: &reqwest::Error) -> ModelError {
    let error = format!("the connection broke off before the answer was complete: {}", root(error));
    ModelError::passing(error).because(FailureCause::BrokeOff)
}
