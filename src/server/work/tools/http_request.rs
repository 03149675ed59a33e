//! The tool `http_request`: one GET or POST to a public address. It must never reach this machine or the network around
//! it for a model that was talked into asking.

mod addresses;
mod allowed;
mod answer;
mod fetch;
mod resolver;

pub(super) use self::allowed::AllowedHost;

use self::fetch::{Fetch, Request};
use self::resolver::Lookup;
use super::arguments::Arguments;
use super::cause::innermost;
use super::text::bound;
use super::{Tool, ToolError, ToolSpec};
use crate::domain::tool::BuiltInTool;
use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::Duration;

/// Headers that belong to HTTP itself, or would undo what the client does.
const RESERVED: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// How much a request may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// For all of it, redirects included.
    time: Duration,
    /// Size of the body, in bytes, after decompression.
    body: usize,
}

const LIMITS: Limits = Limits { time: Duration::from_secs(30), body: 256 * 1024 };

pub(super) struct HttpRequest {
    spec: ToolSpec,
    allowed: Vec<AllowedHost>,
    lookup: Lookup,
    limits: Limits,
    /// Made for the first call: most servers need none.
    fetch: OnceLock<Result<Fetch, ToolError>>,
}

impl HttpRequest {
    /// Hosts that are none are left out: the configuration's check has named them.
    pub(super) fn new(allow_hosts: &[String]) -> Self {
        let allowed = allow_hosts.iter().filter_map(|host| host.parse().ok()).collect();
        Self { spec: spec(), allowed, lookup: resolver::system(), limits: LIMITS, fetch: OnceLock::new() }
    }

    async fn answer(&self, request: Request) -> Result<String, ToolError> {
        let fetch = self.fetch.get_or_init(|| Fetch::new(self.allowed.clone(), self.lookup.clone()));
        let fetch = fetch.as_ref().map_err(Clone::clone)?;
        let asked = request.url.clone();
        let (response, url) = fetch.send(request).await?;
        let moved = Some(&url).filter(|url| **url != asked);
        answer::read(response, moved, self.limits.body)
            .await
            .map_err(|error| ToolError::new(format!("the answer broke off: {}", innermost(&error))))
    }
}

fn spec() -> ToolSpec {
    let description = format!(
        "Makes one HTTP request to a public address and answers status, headers and body. Of the body at most {} are \
         read; redirects are followed.",
        bound(LIMITS.body)
    );
    ToolSpec {
        name: BuiltInTool::HttpRequest.as_str().to_owned(),
        description,
        parameters: json!({
            "type": "object",
            "properties": {
                "url": { "type": "string", "description": "An http:// or https:// URL." },
                "method": { "type": "string", "enum": ["GET", "POST"], "description": "GET if left out." },
                "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                "body": { "type": "string", "description": "For POST; its kind goes into the header Content-Type." },
            },
            "required": ["url"],
            "additionalProperties": false,
        }),
    }
}

#[async_trait]
impl Tool for HttpRequest {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    /// Returns a moment more than the request may take, so that its own error comes first.
    fn time_limit(&self) -> Duration {
        self.limits.time + Duration::from_secs(2)
    }

    async fn call(&self, arguments: Value) -> Result<String, ToolError> {
        let request = request(arguments)?;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        match tokio::time::timeout(self.limits.time, self.answer(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(ToolError::new(format!("{host} took longer than {} s", self.limits.time.as_secs_f32()))),
        }
    }
}

fn request(arguments: Value) -> Result<Request, ToolError> {
    let arguments = Arguments::read(arguments, &["url", "method", "headers", "body"])?;
    let url = arguments.text("url")?.ok_or_else(|| ToolError::new("`url` is missing: an http:// or https:// URL"))?;
    let url: Url = url.trim().parse().map_err(|error| {
        ToolError::new(format!("`url` is not a URL ({error}): use one like https://example.com/page"))
    })?;
    let method = match arguments.text("method")?.map(str::to_ascii_uppercase).as_deref() {
        None | Some("GET") => Method::GET,
        Some("POST") => Method::POST,
        Some(other) => return Err(ToolError::new(format!("`method` {other:?} is not possible: use GET or POST"))),
    };
    let body = arguments.text("body")?.map(str::to_owned);
    if body.is_some() && method == Method::GET {
        return Err(ToolError::new("a GET has no `body`: leave it out, or use POST"));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in arguments.texts("headers")? {
        match (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) if !reserved(&name) => headers.insert(name, value),
            (Ok(name), Ok(_)) => return Err(ToolError::new(format!("the header {name} cannot be set: leave it out"))),
            _ => {
                return Err(ToolError::new(format!(
                    "{name:?} is no header, or its value holds line breaks or the like"
                )));
            }
        };
    }
    if let Some(body) = &body
        && !headers.contains_key(CONTENT_TYPE)
    {
        // Models leave it out more often than anything else.
        let is_json = serde_json::from_str::<IgnoredAny>(body).is_ok();
        let kind = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    Ok(Request { method, url, headers, body })
}

fn reserved(name: &HeaderName) -> bool {
    RESERVED.contains(&name.as_str()) || name.as_str().starts_with("proxy-")
}

#[cfg(test)]
mod tests;
