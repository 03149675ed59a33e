//! Every route of the server, and what all of them share.

use super::request_id::RandomId;
use super::{MAX_BODY, assets, functions, guard, health, hooks, pages, policy, request_id, rest};
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::pages::Visit;
use crate::server::doors::problem::Problem;
use crate::server::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::handle_server_fns_with_context;
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate};
use tower_http::compression::{CompressionLayer, DefaultPredicate};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Builds the whole application.
pub fn build(state: AppState) -> Router {
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    // A release carries the program of the pages compressed beforehand. A debug build's is large and as good as never
    // sent far; compressing it would take longer than anything else on the way to a page.
    let compressed = DefaultPredicate::new().and(NotForContentType::const_new("application/wasm"));
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(rest::routes())
        .merge(hooks::routes())
        .merge(functions(&state))
        .merge(pages::routes())
        .fallback(file_or_page)
        .with_state(state)
        .layer(
            ServiceBuilder::new()
                .set_x_request_id(RandomId)
                .propagate_x_request_id()
                .layer(middleware::from_fn(request_id::keep))
                .layer(TraceLayer::new_for_http().make_span_with(span))
                .layer(CatchPanicLayer::custom(|_| Problem::from(AppError::internal()).into_response()))
                .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, policy::OF_DATA))
                .layer(header("x-content-type-options", "nosniff"))
                .layer(header("x-frame-options", "DENY"))
                .layer(header("referrer-policy", "same-origin"))
                .layer(CompressionLayer::new().compress_when(compressed))
                .layer(middleware::from_fn(guard::check)),
        )
}

/// Builds what serves connections for which there is no place: whatever is asked, it says so.
pub fn full() -> Router {
    Router::new().fallback(async || {
        let text = "The server has as many connections as it can hold. Try again in a few seconds; whoever runs it can have \
                    it hold more by a higher limit on open files (`ulimit -n`).";
        Problem(AppError::busy(text))
    })
}

/// Says in the log which request a line belongs to.
fn span(request: &Request<Body>) -> Span {
    let id = request_id::of(request).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = hooks::shown(request.uri().path()), id)
}

/// Returns the server functions, each at its address.
fn functions(state: &AppState) -> Router<AppState> {
    let context = {
        let state = state.clone();
        move || provide_context(state.clone())
    };
    let call = move |request: Request<Body>| handle_server_fns_with_context(context.clone(), request);
    server_fn_paths()
        .filter_map(|(path, method)| Some((path, MethodFilter::try_from(method).ok()?)))
        .fold(Router::new(), |router, (path, method)| router.route(path, on(method, call.clone())))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(middleware::from_fn(functions::status_of_error))
}

/// Serves a file of the site; for a person who looks for a page that is not there, the page that says so.
async fn file_or_page(State(state): State<AppState>, Caller(scope): Caller, request: Request<Body>) -> Response {
    if let Some(file) = assets::find(request.method(), request.uri(), request.headers()) {
        return file;
    }
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match accept.contains("text/html") {
        true => {
            let visit = Visit { state, scope, headers: request.headers().clone() };
            visit.not_found("There is no page at this address.").await
        }
        false => (StatusCode::NOT_FOUND, format!("There is nothing at {}.", request.uri().path())).into_response(),
    }
}
