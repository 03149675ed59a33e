//! Every route of the server, and what all of them share.

use crate::app::{App, shell};
use crate::server::assets;
use crate::server::rest::{self, guard, health};
use crate::server::state::AppState;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request};
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
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
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/ui/{*function}", post(server_function).get(server_function))
        .merge(rest::routes())
        .leptos_routes_with_context(&state, pages, context, move || shell((*names).clone()))
        .fallback(assets::serve)
        .with_state(state)
        .layer(
            ServiceBuilder::new()
                .set_x_request_id(MakeRequestUuid)
                .layer(TraceLayer::new_for_http())
                .propagate_x_request_id()
                .layer(CatchPanicLayer::new())
                .layer(header("x-content-type-options", "nosniff"))
                .layer(header("x-frame-options", "DENY"))
                .layer(header("referrer-policy", "same-origin"))
                .layer(CompressionLayer::new())
                .layer(middleware::from_fn(guard::check)),
        )
}

async fn server_function(State(state): State<AppState>, request: Request<axum::body::Body>) -> impl IntoResponse {
    handle_server_fns_with_context(move || provide_context(state.clone()), request).await
}
