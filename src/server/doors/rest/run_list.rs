//! `/api/runs`: runs over all agents.

use crate::domain::views::runs::RunTotals;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::doors::rest::list::Page;
use crate::server::doors::runs_query::RunsQuery;
use crate::server::state::AppState;
use axum::extract::{OriginalUri, RawQuery, State};
use axum::response::Response;

/// `GET /api/runs?status=failed&period=24h&limit=50&cursor=…`: newest first. With `include=totals` also what all of them come to.
/// With `q`, each says where it has the words (`match`), and the page how many runs are over and not searched yet (`unsearched_runs`).
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let asked = RunsQuery::read(&query.unwrap_or_default())?;
    // Before the runs: one that is indexed between the two readings would otherwise be neither found nor counted.
    let unsearched = state.store.unsearched_by(&scope, &asked.filter).await?;
    let mut page = state.store.listed_runs(&scope, &asked.filter, asked.from, asked.limit).await?;
    state.store.mark_found(&scope, &asked.filter, &mut page.runs).await?;
    let totals = match asked.totals {
        true => Some(state.store.run_totals(&scope, &asked.filter).await?),
        false => None,
    };
    let json = |totals: RunTotals| serde_json::to_value(totals).map_err(|_| AppError::internal());
    let totals = totals.map(json).transpose()?;
    let (next, prev) = RunsQuery::cursors(&page);
    let unsearched = unsearched.map(|runs| ("unsearched_runs".to_owned(), runs.into())).into_iter().collect();
    let (filters, query) = (asked.filter.pairs(), asked.filter.to_query());
    let page = Page::new(page.runs, asked.limit, next, prev).of(unsearched);
    Ok(page.narrowed(filters, query).with_totals(totals).respond(&uri))
}
