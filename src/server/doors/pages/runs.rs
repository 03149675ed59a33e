//! The pages of many runs: the list of all agents', and two compared.

use super::{cookies, page};
use crate::domain::run_filter::form;
use crate::domain::views::page::{CompareData, RunsPageData};
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::status_code;
use crate::server::doors::request_id;
use crate::server::doors::runs_query::RunsQuery;
use crate::server::reads::comparisons::Other;
use crate::server::state::AppState;
use crate::ui::model::comparison::CompareAddress;
use crate::ui::model::runs_page::{ALL, RUNS, RunsAddress};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

/// A query that its form sends becomes the address that says the same. Without a query the page opens with the default view.
pub async fn list(
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
    let data = RunsPageData { query, runs, bulk, views, columns: cookies::run_columns(&headers) };
    page(&state, &scope, &headers, status, data.into()).await
}

/// Whatever stands in the address, the page says what it compares or what is missing.
pub async fn compare(
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
