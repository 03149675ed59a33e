//! Concurrency groups, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::group::ConcurrencyGroup;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns all groups that have a limit or that agents name.
#[server(prefix = "/ui", endpoint = "groups", input = GetUrl, output = Json)]
pub async fn read_groups() -> Result<Vec<ConcurrencyGroup>, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.store.groups(&scope).await?)).await
}

/// Gives a group a limit, or takes it away; returns all groups.
#[server(prefix = "/ui", endpoint = "groups/limit", protocol = PostJson)]
pub async fn limit_group(name: String, limit: Option<i32>) -> Result<Vec<ConcurrencyGroup>, AppError> {
    use crate::{domain::group::GroupLimit, domain::group::group_fault, server::doors::functions};
    use garde::Validate;
    if let Some(fault) = group_fault(&name) {
        return Err(AppError::invalid_field("name", fault));
    }
    functions::serve(async |state, scope| {
        match limit {
            Some(limit) => {
                GroupLimit { limit }.validate()?;
                state.runs.limit_group(&scope, &name, limit).await?;
            }
            None => state.runs.unlimit_group(&scope, &name).await?,
        }
        Ok(state.store.groups(&scope).await?)
    })
    .await
}
