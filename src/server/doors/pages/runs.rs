//! The pages of many runs: the list of all agents', and two compared.

use super::cookies;
use super::visit::Visit;
use crate::domain::run_filter::form;
use crate::domain::views::page::{CompareData, RunsPageData};
use crate::error::AppError;
use crate::server::doors::runs_query::RunsQuery;
use crate::server::reads::comparisons::Other;
use crate::ui::model::comparison::CompareAddress;
use crate::ui::model::runs_page::{ALL, RUNS, RunsAddress};
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Redirect, Response};

/// A query that its form sends becomes the address that says the same. Without a query the page opens with the default view.
pub async fn list(RawQuery(query): RawQuery, visit: Visit) -> Response {
    let Visit { state, scope, headers } = &visit;
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
        let runs = RunsQuery::read(&query)?.view(state, scope).await?;
        Ok::<_, AppError>((runs, state.bulk.view(scope, None).await?))
    };
    // Whoever cannot read them can read the runs.
    let views = state.views.list(scope).await.unwrap_or_default();
    if let Some(view) = views.iter().find(|view| is_bare && view.is_default && !view.query.is_empty()) {
        return Redirect::to(&format!("{RUNS}?{}", view.query)).into_response();
    }
    let columns = cookies::run_columns(headers);
    let data = |read: Result<_, AppError>| {
        let (runs, bulk) = match read {
            Ok((runs, bulk)) => (Ok(runs), bulk),
            Err(error) => (Err(error), None),
        };
        RunsPageData { query: query.clone(), runs, bulk, views, columns }
    };
    visit.page_of(read.await, data).await
}

/// Whatever stands in the address, the page says what it compares or what is missing.
pub async fn compare(RawQuery(query): RawQuery, visit: Visit) -> Response {
    let CompareAddress { a, b } = CompareAddress::from_query(&query.unwrap_or_default());
    let compared = async {
        let pair = a.parse().ok().zip(Other::read(&b));
        let (a, b) = pair.ok_or_else(|| AppError::malformed(CompareAddress::WANTED))?;
        visit.state.snapshots.comparison_to_show(&visit.scope, a, b).await.map_err(AppError::from)
    };
    let compared = compared.await;
    visit.page_of(compared, |compared| CompareData { a, b, compared }).await
}
