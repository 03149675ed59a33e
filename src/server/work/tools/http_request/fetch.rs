//! One request and the redirects that follow from it, each checked before it is made.

use super::addresses::refusal;
use super::allowed::AllowedHost;
use super::resolver::{Lookup, PublicOnly, Refused};
use crate::server::work::tls::install_tls;
use crate::server::work::tools::ToolError;
use crate::server::work::tools::cause::{causes, innermost};
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode, Url};
use std::net::IpAddr;
use std::time::Duration;

/// How long connecting may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// A request to send.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<String>,
}

/// Makes requests to public addresses and allowed hosts.
#[derive(Debug)]
pub(super) struct Fetch {
    allowed: Vec<AllowedHost>,
    public: Client,
    any: Client,
}

impl Fetch {
    /// # Errors
    /// The HTTP client cannot be built.
    pub(super) fn new(allowed: Vec<AllowedHost>, lookup: Lookup) -> Result<Self, ToolError> {
        install_tls();
        let client = || {
            Client::builder()
                // A proxy would resolve names itself and undo the check.
                .no_proxy()
                .redirect(Policy::none())
                .referer(false)
                .connect_timeout(CONNECT_LIMIT)
                // Runs share no connections.
                .pool_max_idle_per_host(0)
                .user_agent(concat!("Runboard/", env!("CARGO_PKG_VERSION")))
        };
        let failed = |error: reqwest::Error| ToolError::new(format!("there is no HTTP client: {error}"));
        let public = client().dns_resolver(PublicOnly(lookup)).build().map_err(failed)?;
        Ok(Self { allowed, public, any: client().build().map_err(failed)? })
    }

    /// Returns the response, after redirects, and where it came from. Its body is not yet read.
    ///
    /// # Errors
    /// An address is refused, cannot be reached, or a redirect cannot be followed.
    pub(super) async fn send(&self, mut request: Request) -> Result<(Response, Url), ToolError> {
        for _ in 0..=MAX_REDIRECTS {
            let client = self.client(&request.url)?;
            let Request { method, url, headers, body } = request.clone();
            let mut builder = client.request(method, url.clone()).headers(headers);
            if let Some(body) = body {
                builder = builder.body(body);
            }
            let response = builder.send().await.map_err(|error| unreachable(&url, &error))?;
            match location(&response) {
                Some(location) => redirect(&mut request, response.status(), &location)?,
                None => return Ok((response, request.url)),
            }
        }
        Err(ToolError::new(format!("more than {MAX_REDIRECTS} redirects; the last leads to {}", request.url)))
    }

    /// Returns the client that may ask this URL. Names are checked when they are resolved; an address would pass that
    /// by.
    fn client(&self, url: &Url) -> Result<&Client, ToolError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ToolError::new(format!("cannot request {url}: use an http:// or https:// URL")));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ToolError::new("a URL must not hold a user or a password: use the header Authorization"));
        }
        if self.allowed.iter().any(|host| host.admits(url)) {
            return Ok(&self.any);
        }
        let host = url.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = host.trim_matches(['[', ']', '.']).parse().ok();
        match literal.and_then(refusal) {
            Some(kind) => Err(ToolError::new(Refused { host: host.to_owned(), has: "is", kind }.to_string())),
            None => Ok(&self.public),
        }
    }
}

/// Returns where a redirect leads.
fn location(response: &Response) -> Option<String> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    let location = response.headers().get(LOCATION).filter(|_| redirects.contains(&response.status()))?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// Makes the request the one that follows, with no more in it than the new place may know.
pub(super) fn redirect(request: &mut Request, status: StatusCode, location: &str) -> Result<(), ToolError> {
    let from = &request.url;
    let to = from.join(location).map_err(|_| ToolError::new(format!("{from} redirects to what is no URL")))?;
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(ToolError::new(format!("{from} redirects from https to http, to {to}: not followed")));
    }
    let keeps_method = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    if from.origin() != to.origin() {
        if keeps_method && request.body.is_some() {
            return Err(ToolError::new(format!("{from} redirects the POST to another server, {to}: not followed")));
        }
        let harmless = [ACCEPT, ACCEPT_LANGUAGE].map(|name| request.headers.remove(&name).map(|value| (name, value)));
        request.headers = harmless.into_iter().flatten().collect();
    }
    if !keeps_method {
        request.method = Method::GET;
        request.body = None;
        request.headers.remove(CONTENT_TYPE);
    }
    request.url = to;
    Ok(())
}

/// Says why there was no response.
fn unreachable(url: &Url, error: &reqwest::Error) -> ToolError {
    for cause in causes(error) {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return ToolError::new(refused.to_string());
        }
    }
    let host = url.host_str().unwrap_or_default();
    match error.is_timeout() {
        true => ToolError::new(format!("{host} did not answer in time")),
        false => ToolError::new(format!("cannot reach {host}: {}", innermost(error))),
    }
}
