//! `/api/groups`.

use super::extract::Body;
use crate::domain::group::{ConcurrencyGroup, GroupLimit, group_fault};
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Answer, Problem};
use crate::server::state::AppState;
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Serialize;

/// The name of a group in the path.
pub struct Name(String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(name) = path.map_err(|_| AppError::invalid("The name in the path must be text in UTF-8."))?;
        match group_fault(&name) {
            None => Ok(Self(name)),
            Some(fault) => Err(AppError::invalid(format!("The name in the path {fault}.")).into()),
        }
    }
}

/// A list of groups.
#[derive(Serialize)]
pub struct Groups {
    data: Vec<ConcurrencyGroup>,
}

/// `GET /api/groups`: all that have a limit or that agents name, by name.
pub async fn list(State(state): State<AppState>, Caller(scope): Caller) -> Answer<Json<Groups>> {
    Ok(Json(Groups { data: state.store.groups(&scope).await? }))
}

/// `PUT /api/groups/{name}`: gives it a limit.
pub async fn put(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Name(name): Name,
    Body(GroupLimit { limit }): Body<GroupLimit>,
) -> Answer<Json<ConcurrencyGroup>> {
    Ok(Json(state.runs.limit_group(&scope, &name, limit).await?))
}

/// `DELETE /api/groups/{name}`: takes its limit away. 204; 404 where it has none.
pub async fn delete(State(state): State<AppState>, Caller(scope): Caller, Name(name): Name) -> Answer<StatusCode> {
    state.runs.unlimit_group(&scope, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
