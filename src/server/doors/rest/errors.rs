//! `/api/agents/{id}/errors`: the errors of an agent's runs, grouped.

use super::extract::{Body, Id, Params, nothing_at};
use super::list::Page;
use crate::domain::error_group::{ErrorDecision, ErrorGroup, ErrorState, MOST_GROUPS};
use crate::domain::id::{AgentId, ErrorGroupId};
use crate::domain::run_filter::Choice;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Answer, Problem};
use crate::server::state::AppState;
use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;

/// A group of an agent's errors in the path.
pub struct At {
    agent: AgentId,
    group: ErrorGroupId,
}

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await.ok();
        let read =
            |(agent, group): (String, String)| Some(Self { agent: agent.parse().ok()?, group: group.parse().ok()? });
        path.and_then(|Path(texts)| read(texts)).ok_or_else(|| nothing_at(&parts.uri).into())
    }
}

/// Which groups are listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorParams {
    state: Option<String>,
}

/// `GET /api/agents/{id}/errors?state=open`: those seen last first, all on one page.
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    Params(params): Params<ErrorParams>,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let states = params.state.map(|text| Choice::parse(&text, ErrorState::parse, "open, resolved or ignored"));
    let states = states.transpose().map_err(|why| AppError::invalid_field("state", why))?;
    let groups = state.store.error_groups(&scope, agent, states.as_ref()).await?;
    let filters = states.iter().map(|states| ("state".to_owned(), states.to_string())).collect();
    Ok(Page::new(groups, MOST_GROUPS as u64, None, None).narrowed(filters, String::new()).respond(&uri))
}

/// `PATCH /api/agents/{id}/errors/{error}`: `{"state": "resolved"}`.
pub async fn decide(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, group }: At,
    Body(ErrorDecision { state: decided }): Body<ErrorDecision>,
) -> Answer<Json<ErrorGroup>> {
    Ok(Json(state.store.decide_error(&scope, agent, group, decided).await?))
}
