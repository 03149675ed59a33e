//! Holds, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::hold::{HoldReach, HoldRequest, HoldStatus};
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns what a hold would hold back, or its release let go.
#[server(prefix = "/ui", endpoint = "hold/reach", input = GetUrl, output = Json)]
pub async fn read_hold_reach() -> Result<HoldReach, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.store.hold_reach(&scope).await?)).await
}

/// Puts everything on hold, once for each `key`; returns what it is now.
#[server(prefix = "/ui", endpoint = "hold/begin", protocol = PostJson)]
pub async fn hold_everything(request: HoldRequest, key: String) -> Result<HoldStatus, AppError> {
    use crate::{domain::run::Trigger, server::doors::functions};
    functions::serve_once("hold", &key, &request, async |state, scope| {
        state.runs.hold(&scope, Trigger::Manual, request.clone()).await?;
        Ok(state.store.hold_status(&scope).await?)
    })
    .await
}

/// Releases the hold, if there is one.
#[server(prefix = "/ui", endpoint = "hold/release", protocol = PostJson)]
pub async fn release_hold() -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.runs.release(&scope).await?)).await
}
