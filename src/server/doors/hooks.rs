//! `POST /hooks/{token}`: the door of webhooks. Whoever knows the token may post; the webhook says what else it takes.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::rest::extract::read_up_to;
use crate::domain::run::AgentRun;
use crate::error::AppError;
use crate::server::hooks::{Allowance, MAX_DELIVERY, Received, Reception};
use crate::server::state::AppState;
use crate::server::store::hooks::FoundHook;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Where webhooks are.
pub const ADDRESSES: &str = "/hooks/";

/// Returns a path as the log has it: never with the token of a webhook.
pub fn shown(path: &str) -> &str {
    if path.starts_with(ADDRESSES) { ADDRESSES } else { path }
}

/// Returns the route of every webhook.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/hooks/{token}", post(receive).fallback(wrong_method))
        .layer(DefaultBodyLimit::max(MAX_DELIVERY))
}

async fn wrong_method() -> Problem {
    AppError::method_not_allowed("A webhook takes POST.").into()
}

/// `POST /hooks/{token}`: 202 with the run, 200 where it starts none. The same for an address that is not there and for one
/// that is disabled.
async fn receive(
    State(state): State<AppState>,
    token: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answer<Response> {
    let headers = read_headers(request.headers());
    let body = read_up_to(MAX_DELIVERY, request, &state).await?;
    let found = match token {
        Ok(Path(token)) => state.hooks.find(&token).await?,
        // No text in UTF-8, so no token.
        Err(_) => None,
    };
    let Some(found) = found else {
        let text =
            "There is no webhook at this address, or it is disabled. Copy the address again, or have it enabled.";
        return Err(AppError::not_found(text).into());
    };
    let allowance = state.hooks.allow(&found);
    let mut response = match allowance.retry_after_s {
        Some(seconds) => {
            let text = format!(
                "This webhook takes {} deliveries a minute. Send it again in {seconds} seconds, or have the limit raised.",
                allowance.limit
            );
            Problem::from(AppError::too_many(text)).into_response()
        }
        None => answer(&state, found, Received { headers, body }).await.into_response(),
    };
    response.headers_mut().extend(limits(&allowance));
    Ok(response)
}

async fn answer(state: &AppState, found: FoundHook, received: Received) -> Answer<Response> {
    let Caller(scope) = Caller::of_hook(&found);
    Ok(match state.hooks.receive(&scope, found, received).await? {
        Reception::Accepted(run) => started(&run),
        Reception::Repeated(run) => replayed(started(&run)),
        Reception::RepeatedOfRemoved(run) => {
            let detail = "The run was removed since: it has had its time.";
            let body = json!({ "outcome": "accepted", "run_id": run, "detail": detail });
            replayed((StatusCode::ACCEPTED, Json(body)).into_response())
        }
        Reception::Filtered(detail) => Json(json!({ "outcome": "filtered", "detail": detail })).into_response(),
        Reception::Challenge(text) => text.into_response(),
    })
}

/// Marks a response to what came before.
fn replayed(mut response: Response) -> Response {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn started(run: &AgentRun) -> Response {
    let body = json!({ "outcome": "accepted", "run_id": run.id, "thread_id": run.thread_id, "status": run.status });
    (StatusCode::ACCEPTED, [(header::LOCATION, format!("/api/runs/{}", run.id))], Json(body)).into_response()
}

fn read_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let read = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    headers.iter().map(read).collect()
}

/// Returns the headers that say how much more a webhook takes (draft-ietf-httpapi-ratelimit-headers).
fn limits(allowance: &Allowance) -> HeaderMap {
    let Allowance { limit, remaining, reset_s, retry_after_s } = allowance;
    let values = [
        (POLICY, Some(format!("\"hook\";q={limit};w=60"))),
        (LIMIT, Some(format!("\"hook\";r={remaining};t={reset_s}"))),
        (header::RETRY_AFTER, retry_after_s.map(|seconds| seconds.to_string())),
    ];
    values.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::try_from(value?).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_log_has_a_token() {
        assert_eq!((shown("/hooks/secret"), shown("/hooks/secret/x")), ("/hooks/", "/hooks/"));
        assert_eq!((shown("/api/agents/1/hooks"), shown("/")), ("/api/agents/1/hooks", "/"));
    }
}
