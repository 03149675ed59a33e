//! The door of people: reads what a page shows and renders it. Decides nothing but which status a page has.
//!
//! A page is read first and rendered then, in one go on one thread: signals refuse, rather than wait, when two threads
//! are at them.

mod analytics;
mod run;

use super::caller::Caller;
use super::{policy, request_id};
use crate::app::document;
use crate::domain::hold::HoldStatus;
use crate::domain::id::{AgentId, ThreadId};
use crate::domain::live::Topic;
use crate::domain::run_filter::form;
use crate::domain::tool::ToolCatalogue;
use crate::domain::views::agent::AgentDetail;
use crate::domain::views::assets::AssetNames;
use crate::domain::views::page::{
    AgentHooksData, AgentPageData, AgentSettingsData, AgentVersionsData, ChatPageData, CompareData, DashboardData,
    ImportData, NewAgentData, NotFoundData, PageData, RunsPageData, SelectData,
};
use crate::error::{AppError, ErrorKind};
use crate::server::agents::versions::Asked;
use crate::server::aside;
use crate::server::doors::problem::{Problem, status_code};
use crate::server::doors::runs_query::RunsQuery;
use crate::server::hooks;
use crate::server::reads::comparisons::Other;
use crate::server::reads::snapshots::DashboardSnapshots;
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use crate::ui::agents::board::provider_notice::DISMISSED;
use crate::ui::model::address::Address;
use crate::ui::model::comparison::CompareAddress;
use crate::ui::model::hooks::HooksAddress;
use crate::ui::model::runs_page::{ALL, RUNS, RunsAddress};
use crate::ui::model::versions::VersionsAddress;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use leptos::prelude::{IntoView, Owner, RenderHtml};
use std::sync::Arc;

/// Names of the themes a person can choose; anything else means the system's.
const THEMES: [&str; 2] = ["light", "dark"];

/// Query of a chat that is shown as a whole.
const WHOLE: &str = "list=all";

/// Returns the routes of all pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(dashboard))
        .route("/agents/new", get(new_agent))
        .route("/agents/import", get(import))
        .route("/agents/select", get(select))
        .route("/agents/{id}", get(agent))
        .route("/agents/{id}/settings", get(agent_settings))
        .route("/agents/{id}/versions", get(agent_versions))
        .route("/agents/{id}/hooks", get(agent_hooks))
        .route("/analytics", get(analytics::show))
        .route("/runs", get(runs))
        .route("/runs/compare", get(compare))
        .route("/runs/{id}", get(run::show))
        .route("/runs/{id}/raw", get(run::raw))
        .route("/agents/{id}/chat", get(new_chat))
        .route("/agents/{id}/chat/{thread}", get(chat))
}

async fn dashboard(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let address = Address::from_query(&query);
    let (listing, open) = (address.listing(), address.open);
    let (agents, summary, history) = match state.snapshots.dashboard(&scope, &listing, open).await {
        Ok(DashboardSnapshots { agents, summary, history }) => (Ok(agents), Ok(summary), history),
        // Each by itself, so that a part that cannot be read leaves the others alone.
        Err(_) => {
            let read = async |topic| state.snapshots.read(&scope, topic).await.map_err(request_id::named);
            let history = async {
                match open {
                    Some(id) => Some(read(Topic::Agent(id)).await),
                    None => None,
                }
            };
            let agents = async { state.snapshots.agent_list(&scope, &listing, open).await.map_err(request_id::named) };
            tokio::join!(agents, read(Topic::Summary), history)
        }
    };
    let provider_notice = !state.models.choices().provider_configured && cookie(&headers, DISMISSED).is_none();
    let data = DashboardData { query, agents, summary, history, provider_notice };
    page(&state, &scope, &headers, StatusCode::OK, data.into()).await
}

async fn new_agent(State(state): State<AppState>, Caller(scope): Caller, headers: HeaderMap) -> Response {
    let data = NewAgentData { models: state.agents.models(None), tools: state.toolbox.catalogue() };
    page(&state, &scope, &headers, StatusCode::OK, data.into()).await
}

async fn import(State(state): State<AppState>, Caller(scope): Caller, headers: HeaderMap) -> Response {
    page(&state, &scope, &headers, StatusCode::OK, ImportData {}.into()).await
}

async fn select(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let listing = Address::from_query(&query).listing();
    let agents = state.snapshots.agent_list(&scope, &listing, None).await.map_err(request_id::named);
    let status = agents.as_ref().err().map_or(StatusCode::OK, status_code);
    page(&state, &scope, &headers, status, SelectData { query, agents }.into()).await
}

async fn agent(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let id = path.as_ref().ok().and_then(|Path(id)| id.parse().ok());
    let (charts, errors) = match id {
        Some(id) => (
            state.snapshots.overview(&scope, id).await.map_err(request_id::named),
            state.snapshots.top_errors(&scope, id).await.map_err(request_id::named),
        ),
        None => (Err(no_number()), Err(no_number())),
    };
    let data = |_: &AppState, id, detail, tools| AgentPageData { id, detail, tools, charts, errors }.into();
    agent_page(state, scope, path, headers, data).await
}

async fn agent_settings(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    agent_page(state, scope, path, headers, |state, id, detail, tools| {
        let present = detail.as_ref().ok().and_then(AgentDetail::agent).map(|agent| agent.settings.model.as_str());
        let models = state.agents.models(present);
        AgentSettingsData { id, detail, models, tools }.into()
    })
    .await
}

/// Returns the error of an address without an agent's number.
fn no_number() -> AppError {
    AppError::not_found("An agent's address has its number in it.")
}

/// Serves one of the pages of an agent.
async fn agent_page(
    state: AppState,
    scope: Scope,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    data: impl FnOnce(&AppState, AgentId, Result<AgentDetail, AppError>, ToolCatalogue) -> PageData,
) -> Response {
    let Some(id) = path.ok().and_then(|Path(id)| id.parse().ok()) else {
        return not_found(&state, &scope, &headers, "An agent's address has its number in it.").await;
    };
    match state.snapshots.agent_detail(&scope, id).await.map_err(request_id::named) {
        Err(error) if error.kind == ErrorKind::NotFound => not_found(&state, &scope, &headers, error.detail).await,
        detail => {
            let status = detail.as_ref().err().map_or(StatusCode::OK, status_code);
            page(&state, &scope, &headers, status, data(&state, id, detail, state.toolbox.catalogue())).await
        }
    }
}

async fn agent_versions(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let VersionsAddress { a, b, below } = VersionsAddress::from_query(&query.unwrap_or_default());
    let id = path.as_ref().ok().and_then(|Path(id)| id.parse().ok());
    let versions = match id {
        Some(id) => state.agents.versions(&scope, id, Asked { a, b, below }).await.map_err(request_id::named),
        None => Err(no_number()),
    };
    agent_page(state, scope, path, headers, |_, id, detail, _| AgentVersionsData { id, detail, versions }.into()).await
}

async fn agent_hooks(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let HooksAddress { hook, outcome, below } = HooksAddress::from_query(&query.unwrap_or_default());
    let id = path.as_ref().ok().and_then(|Path(id)| id.parse().ok());
    let hooks = match id {
        Some(id) => {
            state.hooks.view(&scope, id, hooks::Asked { hook, outcome, below }).await.map_err(request_id::named)
        }
        None => Err(no_number()),
    };
    let data = move |_: &AppState, id, detail, _| AgentHooksData { id, detail, hook, outcome, below, hooks }.into();
    agent_page(state, scope, path, headers, data).await
}

/// A query that its form sends becomes the address that says the same. Without a query the page opens with the default view.
async fn runs(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let is_bare = query.as_deref().unwrap_or_default().is_empty();
    let query = query.filter(|query| query != ALL).unwrap_or_default();
    if let Some(meant) = form::of_form(&query) {
        let href = match RunsQuery::read(&meant) {
            Ok(_) => RunsAddress::from_query(&meant).href(),
            // It says there what is wrong.
            Err(_) => format!("{RUNS}?{meant}"),
        };
        return Redirect::to(&href).into_response();
    }
    let read = async {
        let runs = RunsQuery::read(&query)?.view(&state, &scope).await?;
        Ok::<_, AppError>((runs, state.bulk.view(&scope, None).await?))
    };
    // Whoever cannot read them can read the runs.
    let views = state.views.list(&scope).await.unwrap_or_default();
    if let Some(view) = views.iter().find(|view| is_bare && view.is_default && !view.query.is_empty()) {
        return Redirect::to(&format!("{RUNS}?{}", view.query)).into_response();
    }
    let (runs, bulk) = match read.await.map_err(request_id::named) {
        Ok((runs, bulk)) => (Ok(runs), bulk),
        Err(error) => (Err(error), None),
    };
    let status = runs.as_ref().err().map_or(StatusCode::OK, status_code);
    page(&state, &scope, &headers, status, RunsPageData { query, runs, bulk, views }.into()).await
}

/// Whatever stands in the address, the page says what it compares or what is missing.
async fn compare(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let CompareAddress { a, b } = CompareAddress::from_query(&query.unwrap_or_default());
    let compared = async {
        let pair = a.parse().ok().zip(Other::read(&b));
        let (a, b) = pair.ok_or_else(|| AppError::malformed(CompareAddress::WANTED))?;
        state.snapshots.comparison_to_show(&scope, a, b).await.map_err(AppError::from)
    };
    let compared = compared.await.map_err(request_id::named);
    let status = compared.as_ref().err().map_or(StatusCode::OK, status_code);
    page(&state, &scope, &headers, status, CompareData { a, b, compared }.into()).await
}

async fn new_chat(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let agent = path.ok().and_then(|Path(agent)| agent.parse().ok());
    chat_page(state, scope, agent.map(|agent| (agent, None)), false, headers).await
}

async fn chat(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let ids = |Path((agent, thread)): Path<(String, String)>| Some((agent.parse().ok()?, Some(thread.parse().ok()?)));
    chat_page(state, scope, path.ok().and_then(ids), query.as_deref() == Some(WHOLE), headers).await
}

async fn chat_page(
    state: AppState,
    scope: Scope,
    ids: Option<(AgentId, Option<ThreadId>)>,
    whole: bool,
    headers: HeaderMap,
) -> Response {
    let Some((agent, thread)) = ids else {
        return not_found(&state, &scope, &headers, "A chat's address has the numbers of its agent and of itself.")
            .await;
    };
    let chat = state.snapshots.chat(&scope, agent, thread, whole).await.map_err(request_id::named);
    if let Err(AppError { kind: ErrorKind::NotFound, detail: what, .. }) = chat {
        return not_found(&state, &scope, &headers, what).await;
    }
    let status = chat.as_ref().err().map_or(StatusCode::OK, status_code);
    page(&state, &scope, &headers, status, ChatPageData { agent, thread, whole, chat }.into()).await
}

/// Returns the page for what is not there, which says what is missing.
pub async fn not_found(state: &AppState, scope: &Scope, headers: &HeaderMap, what: impl Into<String>) -> Response {
    page(state, scope, headers, StatusCode::NOT_FOUND, NotFoundData { what: what.into() }.into()).await
}

async fn page(state: &AppState, scope: &Scope, headers: &HeaderMap, status: StatusCode, data: PageData) -> Response {
    let (assets, theme) = (Arc::clone(&state.assets), theme(headers));
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

/// Returns the theme that the cookie names.
fn theme(headers: &HeaderMap) -> Option<&'static str> {
    let named = cookie(headers, "theme")?;
    THEMES.into_iter().find(|theme| *theme == named)
}

/// Returns the value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|header| header.to_str().ok());
    cookies.flat_map(|header| header.split("; ")).find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='))
}
