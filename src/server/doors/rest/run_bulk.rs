//! `/api/runs/bulk` and `/api/bulk`: one action on many runs, and how it stands.

use super::extract::{Body, FromJson, Id, Params};
use super::json::{self, Members};
use super::list::{Cursor, Page, PageParams};
use crate::domain::bulk::{BulkAction, BulkJob, BulkRequest, BulkResult, Selection};
use crate::domain::id::{BulkId, RunId};
use crate::domain::run::Trigger;
use crate::domain::run_filter::{Choice, RunFilter};
use crate::domain::tags::TagChange;
use crate::error::{AppError, FieldError, pointer_part};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use crate::server::store::bulk::BulkPage;
use crate::server::store::run_list::RunsFrom;
use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// The body as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    action: BulkAction,
    ids: Option<Vec<RunId>>,
    filter: Option<Box<RawValue>>,
    tags: Option<Vec<String>>,
    remove: Option<Vec<String>>,
}

/// Response to asking for an action.
#[derive(Serialize)]
pub struct BulkStarted {
    bulk_id: BulkId,
    /// Runs that it will be carried out on.
    total: i64,
}

/// The query of one action's results.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultParams {
    limit: Option<String>,
    cursor: Option<String>,
    result: Option<String>,
}

impl FromJson for BulkRequest {
    fn from_json(bytes: &[u8]) -> Result<Self, AppError> {
        let Sent { action, ids, filter, tags, remove } = json::read(bytes)?;
        let selection = match (ids, filter) {
            (Some(ids), None) => Selection::Runs(ids),
            (None, Some(filter)) => Selection::Filter(Box::new(filter_of(&filter)?)),
            (Some(_), Some(_)) => {
                return Err(AppError::invalid_field("filter", "must be left out where there are ids"));
            }
            (None, None) => {
                let detail = "must be a list of runs, unless there is a filter, such as {\"status\": \"failed\"}";
                return Err(AppError::invalid_field("ids", detail));
            }
        };
        let tags = TagChange { add: tags.unwrap_or_default(), remove: remove.unwrap_or_default() };
        Ok(Self { action, selection, tags })
    }
}

/// Reads a filter: an object with the names and values that the query of `GET /api/runs` has.
fn filter_of(raw: &RawValue) -> Result<RunFilter, AppError> {
    let within = |error: FieldError| FieldError { pointer: format!("/filter{}", error.pointer), ..error };
    let Ok(Members(members)) = serde_json::from_str(raw.get()) else {
        return Err(AppError::invalid_field("filter", "must be an object, such as {\"status\": \"failed\"}"));
    };
    let (mut pairs, mut errors) = (Vec::new(), Vec::new());
    for (name, raw) in &members {
        match json::value(name, raw) {
            Ok(Value::String(text)) => pairs.push((name.as_str(), text)),
            Ok(value @ (Value::Number(_) | Value::Bool(_))) => pairs.push((name.as_str(), value.to_string())),
            Ok(_) => {
                errors.push(FieldError::of(&pointer_part(name), "must be text, as in the query of GET /api/runs"));
            }
            Err(error) => errors.push(error),
        }
    }
    match RunFilter::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str()))) {
        Ok(filter) if errors.is_empty() => Ok(filter),
        Ok(_) => Err(AppError::invalid_fields(errors.into_iter().map(within).collect())),
        Err(error) => Err(AppError::invalid_fields(errors.into_iter().chain(error.errors).map(within).collect())),
    }
}

/// `POST /api/runs/bulk`: 202 with the action's id, once it is settled which runs it has.
pub async fn ask(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Body(request): Body<BulkRequest>,
) -> Answer<impl IntoResponse> {
    let job = state.bulk.ask(&scope, request, Trigger::Api).await?;
    let location = [(header::LOCATION, format!("/api/bulk/{}", job.id))];
    Ok((StatusCode::ACCEPTED, location, Json(BulkStarted { bulk_id: job.id, total: job.total })))
}

/// `GET /api/bulk`: actions, newest first.
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Params(params): Params<PageParams>,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let limit = params.limit()?;
    let page = state.store.bulk_jobs(&scope, from(params.cursor()?), limit).await?;
    let (next, prev) = cursors(&page, |job| job.id.0);
    Ok(Page::new(page.entries, limit, next, prev).respond(&uri))
}

/// `GET /api/bulk/{id}?result=failed`: how it stands, and what came of each run, the highest number first.
pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<BulkId>,
    Params(ResultParams { limit, cursor, result }): Params<ResultParams>,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let params = PageParams::of(limit, cursor);
    let (limit, from) = (params.limit()?, from(params.cursor()?));
    let choice =
        result.map(|text| Choice::parse(&text, BulkResult::parse, "one of done, unchanged, failed, cancelled"));
    let choice = choice.transpose().map_err(|fault| AppError::invalid_field("result", fault))?;
    let wanted =
        choice.as_ref().map(|choice| BulkResult::ALL.iter().copied().filter(|one| choice.has(one)).collect::<Vec<_>>());
    // Before its results, so that one that is finished has them all.
    let job = state.store.bulk_job(&scope, id).await?;
    let page = state.store.bulk_items(&scope, id, wanted.as_deref(), from, limit).await?;
    let Ok(Value::Object(job)) = serde_json::to_value(job) else { return Err(AppError::internal().into()) };
    let (next, prev) = cursors(&page, |item| item.run_id.0);
    let filters: Vec<_> = choice.iter().map(|choice| ("result".to_owned(), choice.to_string())).collect();
    let query = choice.map(|choice| format!("result={choice}")).unwrap_or_default();
    Ok(Page::new(page.entries, limit, next, prev).narrowed(filters, query).of(job).respond(&uri))
}

/// `DELETE /api/bulk/{id}`: cancels it; 200 with how it stands. What it has not come to is left as it is.
pub async fn cancel(State(state): State<AppState>, Caller(scope): Caller, Id(id): Id<BulkId>) -> Answer<Json<BulkJob>> {
    Ok(Json(state.bulk.cancel(&scope, id).await?))
}

fn from(cursor: Option<Cursor>) -> RunsFrom {
    match cursor {
        None => RunsFrom::Newest,
        Some(Cursor::Below(id)) => RunsFrom::Below(id),
        Some(Cursor::Above(id)) => RunsFrom::Above(id),
    }
}

/// Returns where the next page begins and the page before ends.
fn cursors<T>(page: &BulkPage<T>, id: impl Fn(&T) -> i64) -> (Option<Cursor>, Option<Cursor>) {
    let next = page.entries.last().filter(|_| page.has_older).map(|last| Cursor::Below(id(last)));
    let prev = page.entries.first().filter(|_| page.has_newer).map(|first| Cursor::Above(id(first)));
    (next, prev)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<String> {
        let error = BulkRequest::from_json(body.as_bytes()).unwrap_err();
        error.errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn a_filter_has_the_names_and_values_of_a_query() {
        let body = br#"{"action":"stop","filter":{"status":"queued,running","min_duration_s":60,"retried":false}}"#;
        let asked = BulkRequest::from_json(body).unwrap();
        let filter = RunFilter::from_query("status=queued,running&min_duration_s=60&retried=false").unwrap();
        assert_eq!(asked.selection, Selection::Filter(Box::new(filter)));
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        assert_eq!(faults(r#"{"action":"stop"}"#), ["/ids"]);
        assert_eq!(faults(r#"{"action":"explode","ids":[1]}"#), ["/action"]);
        assert_eq!(faults(r#"{"action":"stop","ids":[1],"filter":{}}"#), ["/filter"]);
        assert_eq!(faults(r#"{"action":"stop","filter":"status=failed"}"#), ["/filter"]);
        assert_eq!(faults(r#"{"action":"stop","filter":{"status":"broken"}}"#), ["/filter/status"]);
        assert_eq!(faults(r#"{"action":"stop","filter":{"agent":[1]}}"#), ["/filter/agent"]);
        assert_eq!(faults(r#"{"action":"stop","filter":{"cursor":"x"}}"#), ["/filter/cursor"]);
        assert_eq!(faults(r#"{"action":"stop","ids":["one"]}"#), ["/ids/0"]);
    }
}
