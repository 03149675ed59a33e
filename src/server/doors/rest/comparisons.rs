//! `/api/runs/{a}/diff/{b}`.

use crate::domain::id::RunId;
use crate::domain::views::comparison::RunComparison;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Answer, Problem};
use crate::server::reads::comparisons::Other;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;

/// Two runs in the path; the second may be `last_good`.
pub struct Pair {
    a: RunId,
    b: Other,
}

impl<S: Send + Sync> FromRequestParts<S> for Pair {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await.ok();
        let read = |Path((a, b)): Path<(String, String)>| Some(Self { a: a.parse().ok()?, b: Other::read(&b)? });
        path.and_then(read).ok_or_else(|| {
            let path = parts.uri.path();
            let text = format!("There is nothing at {path}: ids are whole numbers, and the second may be last_good.");
            AppError::not_found(text).into()
        })
    }
}

/// `GET /api/runs/{a}/diff/{b}`: how run a differs from run b, or from the last good run before it.
pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Pair { a, b }: Pair,
) -> Answer<Json<RunComparison>> {
    Ok(Json(state.snapshots.comparison(&scope, a, b).await?))
}
