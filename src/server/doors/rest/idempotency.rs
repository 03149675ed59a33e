//! `Idempotency-Key`: what a program sends again, because it had no answer, is carried out once and answered as before
//! (draft-ietf-httpapi-idempotency-key-header-07). Only `POST` needs it; the other methods say by themselves what is to be.
//!
//! A request that arrives while the first is being carried out waits for it.

use super::extract::read;
use crate::error::AppError;
use crate::server::doors::problem::Answer;
use crate::server::once::{self, Once};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Serves a request under the key in its header, if there is one.
pub async fn keep(request: Request, next: Next) -> Answer<Response> {
    let Some(key) = request.headers().get(KEY).filter(|_| request.method() == Method::POST).cloned() else {
        return Ok(next.run(request).await);
    };
    if request.headers().get_all(KEY).iter().nth(1).is_some() {
        return Err(AppError::malformed("The request has more than one Idempotency-Key. Send one.").into());
    }
    let (parts, body) = request.into_parts();
    let body = read(Request::from_parts(parts.clone(), body), &()).await?;
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    let once = key.to_str().ok().and_then(|key| Once::new(key, &[address.as_bytes(), &body]));
    let once = Arc::new(once.ok_or_else(|| {
        AppError::malformed("Idempotency-Key: give 1 to 255 visible ASCII characters, such as a UUID of each request.")
    })?);
    let request = Request::from_parts(parts, Body::from(body));
    let mut response = once::keep(Arc::clone(&once), next.run(request)).await;
    if once.is_replay() {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
