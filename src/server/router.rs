//! Every route of the server, and what all of them share.

use crate::app::{App, shell};
use crate::error::AppError;
use crate::server::assets;
use crate::server::rest::problem::Problem;
use crate::server::rest::{self, guard, health};
use crate::server::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context, render_app_async_with_context};
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::MakeRequestUuid;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

/// The whole application.
pub fn build(state: AppState) -> Router {
    let pages = generate_route_list(App);
    let context = {
        let state = state.clone();
        move || provide_context(state.clone())
    };
    let names = state.assets.clone();
    let document = move || shell((*names).clone());
    let not_found = render_app_async_with_context(context.clone(), document.clone());
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route(
            "/ui/{*function}",
            post(server_function).get(server_function).layer(RequestBodyLimitLayer::new(rest::MAX_BODY)),
        )
        .merge(rest::routes())
        .leptos_routes_with_context(&state, pages, context, document)
        .fallback(move |request: Request<Body>| file_or_page(request, not_found.clone()))
        .with_state(state)
        .layer(
            ServiceBuilder::new()
                .set_x_request_id(MakeRequestUuid)
                .layer(TraceLayer::new_for_http())
                .propagate_x_request_id()
                .layer(CatchPanicLayer::custom(|_| Problem(AppError::internal()).into_response()))
                .layer(header("x-content-type-options", "nosniff"))
                .layer(header("x-frame-options", "DENY"))
                .layer(header("referrer-policy", "same-origin"))
                .layer(CompressionLayer::new())
                .layer(middleware::from_fn(guard::check)),
        )
}

async fn server_function(State(state): State<AppState>, request: Request<Body>) -> impl IntoResponse {
    handle_server_fns_with_context(move || provide_context(state.clone()), request).await
}

/// A file of the site; for a person who looks for a page that is not there, the page that says so.
async fn file_or_page<F>(request: Request<Body>, page: impl FnOnce(Request<Body>) -> F) -> Response
where
    F: Future<Output = Response>,
{
    if let Some(file) = assets::find(request.method(), request.uri(), request.headers()) {
        return file;
    }
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match accept.contains("text/html") {
        true => page(request).await,
        false => (StatusCode::NOT_FOUND, format!("There is nothing at {}.", request.uri().path())).into_response(),
    }
}
