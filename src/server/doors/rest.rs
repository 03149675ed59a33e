//! The REST door, under `/api`: JSON in and out, problem+json for errors. Decides nothing; the services do.

pub mod agents;
mod bulk;
mod comparisons;
mod conditional;
pub mod details;
mod draft;
mod errors;
pub mod extract;
pub mod groups;
pub mod hold;
pub mod hooks;
mod idempotency;
mod if_match;
mod imports;
mod inputs;
mod json;
pub mod list;
mod models;
pub mod payloads;
mod retention;
mod run_bulk;
pub mod run_export;
pub mod run_list;
pub mod run_raw;
pub mod runs;
pub mod schedules;
mod start;
pub mod stats;
pub mod threads;
mod tools;
pub mod versions;
mod views;

use super::problem::Problem;
use super::{MAX_BODY, sse, ws};
use crate::error::AppError;
use crate::server::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::middleware;
use axum::routing::{get, patch, post, put};

/// Returns every route under `/api`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/agents", get(agents::list).post(agents::create))
        .route("/api/agents/bulk", post(bulk::edit))
        .route("/api/agents/export", get(imports::export))
        .route("/api/agents/import", post(imports::import))
        .route("/api/agents/{id}", get(agents::show).put(agents::replace).delete(agents::delete))
        .route("/api/agents/{id}/details", get(details::show))
        .route("/api/agents/{id}/duplicate", post(agents::duplicate))
        .route("/api/agents/{id}/export", get(imports::export_one))
        .route("/api/agents/{id}/task", post(agents::task))
        .route("/api/agents/{id}/stop", post(agents::stop))
        .route("/api/agents/{id}/runs", get(runs::list).post(agents::task))
        .route("/api/agents/{id}/inputs", get(inputs::list))
        .route("/api/agents/{id}/stats", get(stats::of_agent))
        .route("/api/agents/{id}/threads", get(threads::list).post(threads::create))
        .route("/api/agents/{id}/versions", get(versions::list))
        .route("/api/agents/{id}/versions/{number}", get(versions::show))
        .route("/api/agents/{id}/versions/{a}/diff/{b}", get(versions::diff))
        .route("/api/agents/{id}/versions/{number}/restore", post(versions::restore))
        .route("/api/agents/{id}/hooks", get(hooks::list).post(hooks::create))
        .route("/api/agents/{id}/hooks/{hook}", get(hooks::show).patch(hooks::change).delete(hooks::delete))
        .route("/api/agents/{id}/hooks/{hook}/rotate", post(hooks::rotate))
        .route("/api/agents/{id}/hooks/{hook}/deliveries", get(hooks::deliveries))
        .route("/api/agents/{id}/hooks/{hook}/deliveries/{delivery}/replay", post(hooks::replay))
        .route("/api/agents/{id}/errors", get(errors::list))
        .route("/api/agents/{id}/errors/{error}", patch(errors::decide))
        .route("/api/agents/{id}/events", get(sse::events))
        .route("/api/groups", get(groups::list))
        .route("/api/groups/{name}", put(groups::put).delete(groups::delete))
        .route("/api/hold", get(hold::show).post(hold::hold).delete(hold::release))
        .route("/api/models", get(models::list))
        .route("/api/retention", get(retention::show))
        .route("/api/runs", get(run_list::list))
        .route("/api/bulk", get(run_bulk::list))
        .route("/api/bulk/{id}", get(run_bulk::show).delete(run_bulk::cancel))
        .route("/api/runs/bulk", post(run_bulk::ask))
        .route("/api/runs/export", get(run_export::export))
        .route("/api/runs/{id}", get(runs::show))
        .route("/api/runs/{id}/kept", put(retention::keep).delete(retention::release))
        .route("/api/runs/{a}/diff/{b}", get(comparisons::show))
        .route("/api/runs/{id}/raw", get(run_raw::show))
        .route("/api/runs/{id}/steps", get(runs::steps))
        .route("/api/runs/{id}/steps/{position}/input", get(payloads::input))
        .route("/api/runs/{id}/steps/{position}/output", get(payloads::output))
        .route("/api/runs/{id}/stop", post(runs::stop))
        .route("/api/runs/{id}/retry", post(runs::retry))
        .route("/api/schedules/preview", post(schedules::preview))
        .route("/api/stats", get(stats::of_all))
        .route("/api/threads/{id}", patch(threads::rename).delete(threads::delete))
        .route("/api/threads/{id}/messages", get(threads::messages).post(threads::post_message))
        .route("/api/threads/{id}/run", post(threads::run))
        .route("/api/tools", get(tools::list))
        .route("/api/views", get(views::list).post(views::create))
        .route("/api/views/{id}", put(views::replace).delete(views::delete))
        .route("/api/ws", get(ws::upgrade))
        .route("/api", get(nothing_here))
        .route("/api/{*rest}", get(nothing_here).fallback(nothing_here))
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(idempotency::keep))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

async fn nothing_here(uri: Uri) -> Problem {
    AppError::not_found(format!("There is nothing at {}.", uri.path())).into()
}

async fn wrong_method(uri: Uri) -> Problem {
    AppError::method_not_allowed(format!("{} does not take this method.", uri.path())).into()
}
