//! What every server function goes through: who is asking, and how an error becomes an HTTP status.

use crate::error::AppError;
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use axum::http::StatusCode;
use axum::http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// Does the work of a server function on behalf of whoever asks, and sets the response's status from its error.
///
/// # Errors
/// Those of the work.
pub async fn serve<T, F>(work: impl FnOnce(AppState, Scope) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, AppError>>,
{
    let state = use_context::<AppState>().ok_or_else(|| {
        tracing::error!("a server function ran without its state");
        AppError::internal()
    })?;
    let answer = work(state, Scope::local_owner()).await;
    if let (Err(error), true, Some(response)) = (&answer, was_called_itself(), use_context::<ResponseOptions>()) {
        response.set_status(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
    answer
}

/// Not when a page that is being rendered has called it: that page's status is its own.
fn was_called_itself() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/ui/"))
}
