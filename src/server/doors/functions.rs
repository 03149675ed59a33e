//! Common path of all server functions: who is asking, and how an error becomes an HTTP status.

use super::caller::Caller;
use super::problem::status_code;
use super::{MAX_BODY, request_id};
use crate::codec::ResponseJson;
use crate::error::AppError;
use crate::server::once::{self, Once};
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use leptos::prelude::use_context;
use leptos::server_fn::Decodes;
use serde::Serialize;
use std::sync::Arc;

/// Does the work of a server function on behalf of whoever asks.
///
/// # Errors
/// Those of the work.
pub async fn serve<T, F>(work: impl FnOnce(AppState, Scope) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, AppError>>,
{
    let (Some(state), Some(mut parts)) = (use_context::<AppState>(), use_context::<Parts>()) else {
        tracing::error!("a server function ran without its state or its request");
        return Err(AppError::internal());
    };
    let Ok(Caller(scope)) = Caller::from_request_parts(&mut parts, &state).await;
    work(state, scope).await.map_err(request_id::named)
}

/// Like [`serve`], once for each key, however often it arrives. With another `name` or other `arguments` it is another request.
///
/// # Errors
/// Those of the work; `Malformed` when that is no key.
pub async fn serve_once<T, F>(
    name: &str,
    key: &str,
    arguments: &impl Serialize,
    work: impl FnOnce(AppState, Scope) -> F,
) -> Result<T, AppError>
where
    F: Future<Output = Result<T, AppError>>,
{
    let arguments = serde_json::to_vec(arguments).map_err(|_| AppError::internal())?;
    let once = Once::new(key, &[name.as_bytes(), &arguments]);
    let once = once
        .ok_or_else(|| AppError::malformed("This request has no key of its own. Reload the page, then try again."))?;
    once::keep(Arc::new(once), serve(work)).await
}

/// Gives a server function's response the status of its error, and when to try again. Leptos says 500 for every error;
/// the error itself knows better.
pub async fn status_of_error(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    if let Ok(error) = <ResponseJson as Decodes<AppError>>::decode(bytes.clone()) {
        parts.status = status_code(&error);
        if let Some(seconds) = error.kind.retry_after() {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}
