//! `/api/agents/{id}/hooks`: an agent's webhooks, and what arrived at them.

use super::extract::{Body, FromJson, Id, NoBody, Params};
use super::json;
use super::list::{Cursor, Page, PageParams};
use crate::domain::hook::{Hook, HookChange, NewAddress, Outcome, Receipt};
use crate::domain::id::{AgentId, DeliveryId, HookId};
use crate::domain::run_filter::Choice;
use crate::error::{AppError, FieldError, pointer_part};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Answer, Problem};
use crate::server::state::AppState;
use crate::server::store::deliveries::{Deliveries, DeliveriesFrom};
use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A webhook in the path, or a delivery of one.
pub struct At {
    agent: AgentId,
    hook: HookId,
    delivery: DeliveryId,
}

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = |texts: Vec<String>| {
            let ids: Vec<i64> = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
            let (agent, hook) = (AgentId(*ids.first()?), HookId(*ids.get(1)?));
            Some(Self { agent, hook, delivery: DeliveryId(ids.get(2).copied().unwrap_or_default()) })
        };
        let path = Path::<Vec<String>>::from_request_parts(parts, state).await.ok();
        path.and_then(|Path(texts)| read(texts)).ok_or_else(|| {
            AppError::not_found(format!("There is nothing at {}: ids are whole numbers.", parts.uri.path())).into()
        })
    }
}

/// Body of a request that creates or changes a webhook: read where it is known what is there.
pub struct Members(Map<String, Value>);

impl FromJson for Members {
    fn from_json(bytes: &[u8]) -> Result<Self, AppError> {
        let json::Members(members) = json::read(bytes)?;
        let (mut read, mut errors) = (Map::new(), Vec::new());
        for (name, raw) in members {
            match json::value(&name, &raw) {
                Ok(_) if read.contains_key(&name) => {
                    errors.push(FieldError::of(&pointer_part(&name), "must be there once only"));
                }
                Ok(value) => _ = read.insert(name, value),
                Err(error) => errors.push(error),
            }
            if errors.len() >= json::MAX_ERRORS {
                break;
            }
        }
        if errors.is_empty() { Ok(Self(read)) } else { Err(AppError::invalid_fields(errors)) }
    }
}

/// `GET /api/agents/{id}/hooks`: all, oldest first.
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let hooks = state.hooks.list(&scope, agent).await?;
    Ok(Page::new(hooks, 0, None, None).respond(&uri))
}

/// `POST /api/agents/{id}/hooks`: 201 with the webhook, its token and its path, which are shown this once.
pub async fn create(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    Body(Members(members)): Body<Members>,
) -> Answer<impl IntoResponse> {
    let made = state.hooks.create(&scope, agent, members).await?;
    let location = format!("/api/agents/{agent}/hooks/{}", made.hook.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

/// `GET /api/agents/{id}/hooks/{hook}`.
pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, hook, .. }: At,
) -> Answer<Json<Hook>> {
    Ok(Json(state.hooks.hook(&scope, agent, hook).await?))
}

/// `PATCH /api/agents/{id}/hooks/{hook}`: a JSON Merge Patch (RFC 7396).
pub async fn change(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, hook, .. }: At,
    Body(Members(patch)): Body<Members>,
) -> Answer<Json<Hook>> {
    Ok(Json(state.hooks.change(&scope, agent, hook, HookChange::Patch(patch)).await?))
}

/// `DELETE /api/agents/{id}/hooks/{hook}`: 204.
pub async fn delete(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, hook, .. }: At,
) -> Answer<StatusCode> {
    state.hooks.delete(&scope, agent, hook).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/agents/{id}/hooks/{hook}/rotate`: 200 with another token and path, which are shown this once.
pub async fn rotate(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, hook, .. }: At,
    _: NoBody,
) -> Answer<Json<NewAddress>> {
    Ok(Json(state.hooks.rotate(&scope, agent, hook).await?))
}

/// Which deliveries are listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryParams {
    limit: Option<String>,
    cursor: Option<String>,
    outcome: Option<String>,
}

impl DeliveryParams {
    fn outcome(&self) -> Result<Option<Choice<Outcome>>, AppError> {
        let Some(text) = self.outcome.as_deref() else { return Ok(None) };
        let choice = Choice::parse(text, Outcome::parse, "accepted, filtered or refused");
        choice.map(Some).map_err(|why| AppError::invalid_field("outcome", why))
    }
}

/// `GET /api/agents/{id}/hooks/{hook}/deliveries?outcome=refused&limit=50&cursor=…`: newest first; those with one of some
/// outcomes, if any is named.
pub async fn deliveries(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, hook, .. }: At,
    Params(params): Params<DeliveryParams>,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let outcome = params.outcome()?;
    let page = PageParams::of(params.limit, params.cursor);
    let limit = page.limit()?;
    let from = match page.cursor()? {
        None => DeliveriesFrom::Newest,
        Some(Cursor::Below(id)) => DeliveriesFrom::Below(id),
        Some(Cursor::Above(id)) => DeliveriesFrom::Above(id),
    };
    let found = state.hooks.deliveries(&scope, agent, hook, outcome.as_ref(), from, limit).await?;
    let Deliveries { deliveries, has_newer, has_older } = found;
    let next = deliveries.last().filter(|_| has_older).map(|delivery| Cursor::Below(delivery.id.0));
    let prev = deliveries.first().filter(|_| has_newer).map(|delivery| Cursor::Above(delivery.id.0));
    let filters: Vec<_> = outcome.iter().map(|choice| ("outcome".to_owned(), choice.to_string())).collect();
    let query = outcome.map(|choice| format!("outcome={choice}")).unwrap_or_default();
    Ok(Page::new(deliveries, limit, next, prev).narrowed(filters, query).respond(&uri))
}

/// `POST /api/agents/{id}/hooks/{hook}/deliveries/{delivery}/replay`: does again what it asks for, by the filter and the map of
/// now. 202 with the new delivery and its run; 200 where it starts none.
pub async fn replay(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, hook, delivery }: At,
    _: NoBody,
) -> Answer<Response> {
    let receipt: Receipt = state.hooks.replay(&scope, agent, hook, delivery).await?;
    Ok(match receipt.run.as_ref().map(|run| format!("/api/runs/{}", run.id)) {
        Some(location) => (StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(receipt)).into_response(),
        None => Json(receipt).into_response(),
    })
}
