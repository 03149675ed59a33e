//! The door of people: reads what a page shows and renders it. Decides nothing but which status a page has.
//!
//! A page is read first and rendered then, in one go on one thread: signals refuse, rather than wait, when two threads
//! are at them.

mod agent;
mod analytics;
mod board;
mod chat;
mod cookies;
mod run;
mod runs;

use super::policy;
use crate::app::document;
use crate::domain::hold::HoldStatus;
use crate::domain::views::assets::AssetNames;
use crate::domain::views::page::{NotFoundData, PageData};
use crate::error::AppError;
use crate::server::aside;
use crate::server::doors::problem::Problem;
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use leptos::prelude::{IntoView, Owner, RenderHtml};
use std::sync::Arc;

/// Returns the routes of all pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(board::dashboard))
        .route("/agents/new", get(board::new_agent))
        .route("/agents/import", get(board::import))
        .route("/agents/select", get(board::select))
        .route("/agents/{id}", get(agent::show))
        .route("/agents/{id}/settings", get(agent::settings))
        .route("/agents/{id}/versions", get(agent::versions))
        .route("/agents/{id}/hooks", get(agent::webhooks))
        .route("/analytics", get(analytics::show))
        .route("/runs", get(runs::list))
        .route("/runs/compare", get(runs::compare))
        .route("/runs/{id}", get(run::show))
        .route("/runs/{id}/raw", get(run::raw))
        .route("/agents/{id}/chat", get(chat::new))
        .route("/agents/{id}/chat/{thread}", get(chat::show))
}

/// Returns the page for what is not there, which says what is missing.
pub async fn not_found(state: &AppState, scope: &Scope, headers: &HeaderMap, what: impl Into<String>) -> Response {
    page(state, scope, headers, StatusCode::NOT_FOUND, NotFoundData { what: what.into() }.into()).await
}

async fn page(state: &AppState, scope: &Scope, headers: &HeaderMap, status: StatusCode, data: PageData) -> Response {
    let (assets, theme) = (Arc::clone(&state.assets), cookies::theme(headers));
    // A page without it is better than none: the live connection brings it.
    let hold = state.store.hold_status(scope).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "reading whether everything is on hold");
        HoldStatus::default()
    });
    match aside::run(move || render(&assets, theme, hold, data)).await {
        Ok(html) => {
            let headers = [
                // `no-store`, so that going back shows current data.
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::CONTENT_SECURITY_POLICY, policy::of_pages()),
            ];
            (status, headers, Html(html)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page's data could not be written");
            Problem::from(AppError::internal()).into_response()
        }
    }
}

fn render(
    assets: &AssetNames,
    theme: Option<&'static str>,
    hold: HoldStatus,
    data: PageData,
) -> serde_json::Result<String> {
    let owner = Owner::new_root(None);
    let html = owner.with(|| Ok(document(assets, theme, hold, data)?.into_view().to_html()));
    owner.unset_with_forced_cleanup();
    html
}
