//! Rules on who may talk to the server at all, until there is sign-in.
//!
//! Host is checked against an allow-list, so that no foreign name can be rebound to this address; Origin on every
//! mutation and on WebSocket upgrades, so that no foreign page can act through the browser.

use super::hooks::ADDRESSES;
use super::problem::Problem;
use crate::error::AppError;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

/// Refuses a request that came under a foreign name or, when it can change something, from a foreign page.
pub async fn check(request: Request, next: Next) -> Response {
    match judge(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => Problem(error).into_response(),
    }
}

fn judge(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), AppError> {
    // A proxy between might go by another of them (RFC 9112, section 3.2).
    if headers.get_all(header::HOST).iter().nth(1).is_some() {
        return Err(AppError::malformed("The request has more than one Host header. Send one."));
    }
    let host = uri
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| headers.get(header::HOST)?.to_str().ok())
        .unwrap_or_default();
    if !is_local(name_of(host)) {
        return Err(AppError::refused(format!(
            "This server answers to localhost and loopback addresses only, not to {host:?}."
        )));
    }
    let upgrades = headers.contains_key(header::UPGRADE);
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !upgrades {
        return Ok(());
    }
    // Whoever knows the token in a webhook's address may post to it, from wherever.
    if uri.path().starts_with(ADDRESSES) {
        return Ok(());
    }
    // Of headers that are there more than once, each has to be right.
    let foreign_site =
        headers.get_all("sec-fetch-site").iter().any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    // Programs send no Origin; browsers always do where it matters.
    let foreign_origin = headers.get_all(header::ORIGIN).iter().any(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        authority.is_none_or(|authority| !authority.eq_ignore_ascii_case(host))
    });
    if foreign_site || foreign_origin {
        return Err(AppError::refused("Cross-site requests are not allowed."));
    }
    Ok(())
}

/// `localhost` or a loopback address.
fn is_local(name: &str) -> bool {
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns a host without its port.
fn name_of(host: &str) -> &str {
    match host.rfind(':') {
        Some(at) if !host.ends_with(']') => &host[..at],
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(method: Method, pairs: &[(&str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        judge(&method, &Uri::from_static("/api/agents"), &headers).is_ok()
    }

    #[test]
    fn only_local_names_are_answered() {
        for good in ["localhost:3000", "127.0.0.1", "127.0.0.1:1", "127.0.0.2:3000", "[::1]:3000", "[::1]"] {
            assert!(judged(Method::GET, &[("host", good)]), "{good}");
        }
        for bad in ["", "evil.example", "localhost.evil.example:3000", "127.0.0.1.nip.io", "192.168.0.7:3000"] {
            assert!(!judged(Method::GET, &[("host", bad)]), "{bad}");
        }
    }

    #[test]
    fn a_second_host_is_none_to_choose_from() {
        for second in ["evil.example", "localhost:3000"] {
            assert!(!judged(Method::GET, &[("host", "localhost:3000"), ("host", second)]), "{second}");
        }
    }

    #[test]
    fn programs_without_origin_may_change_things() {
        assert!(judged(Method::POST, &[("host", "localhost:3000")]));
    }

    #[test]
    fn pages_of_other_sites_may_not() {
        let host = ("host", "127.0.0.1:3000");
        assert!(judged(Method::POST, &[host, ("origin", "http://127.0.0.1:3000")]));
        for origin in ["http://evil.example", "http://127.0.0.1:4000", "null", "http://localhost:3000"] {
            assert!(!judged(Method::POST, &[host, ("origin", origin)]), "{origin}");
        }
        assert!(!judged(Method::DELETE, &[host, ("sec-fetch-site", "cross-site")]));
        let own = ("origin", "http://127.0.0.1:3000");
        assert!(!judged(Method::POST, &[host, own, ("origin", "http://evil.example")]));
        assert!(!judged(
            Method::POST,
            &[host, own, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]
        ));
    }

    #[test]
    fn a_webhook_is_posted_to_from_anywhere_but_under_a_local_name() {
        let judged = |path, pairs: &[(&'static str, &'static str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| (header::HeaderName::from_static(name), header::HeaderValue::from_static(value)));
            judge(&Method::POST, &Uri::from_static(path), &headers.collect()).is_ok()
        };
        let foreign = [("host", "localhost:3000"), ("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")];
        assert!(judged("/hooks/token", &foreign));
        assert!(!judged("/api/hooks/token", &foreign) && !judged("/hooks", &foreign));
        assert!(!judged("/hooks/token", &[("host", "evil.example")]));
    }

    #[test]
    fn an_upgrade_is_checked_like_a_mutation() {
        let host = ("host", "127.0.0.1:3000");
        assert!(!judged(Method::GET, &[host, ("upgrade", "websocket"), ("origin", "http://evil.example")]));
        assert!(judged(Method::GET, &[host, ("upgrade", "websocket"), ("origin", "http://127.0.0.1:3000")]));
    }
}
