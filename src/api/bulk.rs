//! Actions on many runs, for the page of runs.

use crate::codec::{Json, PostJson};
use crate::domain::bulk::{BulkAction, BulkResults, BulkView};
use crate::domain::id::{BulkId, RunId};
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Asks for an action, once for each `key`: on these runs or, without any, on all that the filter of the query has now. If that has
/// more than `expected` by now, nothing is done.
#[server(prefix = "/ui", endpoint = "runs/bulk", protocol = PostJson)]
pub async fn ask_bulk(
    action: BulkAction,
    ids: Vec<RunId>,
    query: Option<String>,
    expected: Option<i64>,
    add: Vec<String>,
    remove: Vec<String>,
    key: String,
) -> Result<BulkView, AppError> {
    use crate::domain::bulk::{BulkRequest, Selection};
    use crate::domain::{run::Trigger, run_filter::RunFilter, tags::TagChange};
    use crate::server::doors::functions;
    functions::serve_once("bulk", &key, &(action, &ids, &query, &add, &remove), async |state, scope| {
        let selection = match &query {
            Some(query) => Selection::Filter(Box::new(RunFilter::from_query(query)?)),
            None => Selection::Runs(ids.clone()),
        };
        if let (Selection::Filter(filter), Some(expected)) = (&selection, expected) {
            let now = state.store.run_totals(&scope, filter).await?.runs;
            if now > expected {
                let detail =
                    format!("There are {now} runs by now, not {expected}: select them again. Nothing was done.");
                return Err(AppError::invalid(detail));
            }
        }
        let tags = TagChange { add: add.clone(), remove: remove.clone() };
        let job = state.bulk.ask(&scope, BulkRequest { action, selection, tags }, Trigger::Manual).await?;
        Ok(BulkView { job, failures: Vec::new() })
    })
    .await
}

/// Returns how an action stands.
#[server(prefix = "/ui", endpoint = "bulk", input = GetUrl, output = Json)]
pub async fn read_bulk(id: BulkId) -> Result<BulkView, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| {
        let view = state.bulk.view(&scope, Some(id)).await?;
        view.ok_or_else(AppError::internal)
    })
    .await
}

/// Cancels an action: what it has not come to is left as it is.
#[server(prefix = "/ui", endpoint = "bulk/cancel", protocol = PostJson)]
pub async fn cancel_bulk(id: BulkId) -> Result<BulkView, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| {
        state.bulk.cancel(&scope, id).await?;
        let view = state.bulk.view(&scope, Some(id)).await?;
        view.ok_or_else(AppError::internal)
    })
    .await
}

/// Returns what came of an action's runs, those below a number, highest first.
#[server(prefix = "/ui", endpoint = "bulk/results", input = GetUrl, output = Json)]
pub async fn read_bulk_results(id: BulkId, below: Option<RunId>) -> Result<BulkResults, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.bulk.results(&scope, id, below).await).await
}

/// Returns how many runs the filter of a query has.
#[server(prefix = "/ui", endpoint = "runs/count", input = GetUrl, output = Json)]
pub async fn count_runs(query: String) -> Result<i64, AppError> {
    use crate::{domain::run_filter::RunFilter, server::doors::functions};
    functions::serve(async |state, scope| {
        Ok(state.store.run_totals(&scope, &RunFilter::from_query(&query)?).await?.runs)
    })
    .await
}
