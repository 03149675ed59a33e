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
mod visit;

pub use self::visit::Visit;

use crate::app::document;
use crate::domain::hold::HoldStatus;
use crate::domain::views::assets::AssetNames;
use crate::domain::views::page::PageData;
use crate::server::state::AppState;
use axum::Router;
use axum::routing::get;
use leptos::prelude::{IntoView, Owner, RenderHtml};

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

/// Lays out a page.
///
/// # Errors
/// Data that cannot be written as JSON.
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
