//! Webhooks, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::hook::{NewAddress, Outcome};
use crate::domain::id::{AgentId, DeliveryId, HookId, RunId};
use crate::domain::views::hooks::{HookTrial, HooksView};
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde_json::{Map, Value};

/// Returns an agent's webhooks, and deliveries of one of them, or those with an outcome: from the newest on, or below an id.
#[server(prefix = "/ui", endpoint = "hooks", input = GetUrl, output = Json)]
pub async fn read_hooks(
    agent: AgentId,
    hook: Option<HookId>,
    outcome: Option<Outcome>,
    below: Option<i64>,
) -> Result<HooksView, AppError> {
    use crate::server::{doors::functions, hooks::Asked};
    functions::serve(async |state, scope| state.hooks.view(&scope, agent, Asked { hook, outcome, below }).await).await
}

/// Says what settings would make of a webhook's newest delivery that is kept; null where there is none.
#[server(prefix = "/ui", endpoint = "hooks/try", protocol = PostJson)]
pub async fn try_hook(
    agent: AgentId,
    hook: HookId,
    settings: Map<String, Value>,
) -> Result<Option<HookTrial>, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.hooks.trial(&scope, agent, hook, settings).await).await
}

/// Creates a webhook of what REST takes, once for each `key`.
#[server(prefix = "/ui", endpoint = "hooks/create", protocol = PostJson)]
pub async fn create_hook(agent: AgentId, settings: Map<String, Value>, key: String) -> Result<NewAddress, AppError> {
    use crate::server::doors::functions;
    let arguments = (agent, settings.clone());
    functions::serve_once("create hook", &key, &arguments, async |state, scope| {
        state.hooks.create(&scope, agent, settings).await
    })
    .await
}

/// Replaces the settings of a webhook; the secret stays where none is given.
#[server(prefix = "/ui", endpoint = "hooks/replace", protocol = PostJson)]
pub async fn replace_hook(agent: AgentId, hook: HookId, settings: Map<String, Value>) -> Result<(), AppError> {
    use crate::{domain::hook::HookChange, server::doors::functions};
    functions::serve(async |state, scope| {
        state.hooks.change(&scope, agent, hook, HookChange::Whole(settings)).await.map(drop)
    })
    .await
}

/// Enables or disables a webhook.
#[server(prefix = "/ui", endpoint = "hooks/enable", protocol = PostJson)]
pub async fn enable_hook(agent: AgentId, hook: HookId, enabled: bool) -> Result<(), AppError> {
    use crate::{domain::hook::HookChange, server::doors::functions};
    let change = HookChange::Patch([("enabled".to_owned(), enabled.into())].into_iter().collect());
    functions::serve(async |state, scope| state.hooks.change(&scope, agent, hook, change).await.map(drop)).await
}

/// Gives a webhook another address, once for each `key`.
#[server(prefix = "/ui", endpoint = "hooks/rotate", protocol = PostJson)]
pub async fn rotate_hook(agent: AgentId, hook: HookId, key: String) -> Result<NewAddress, AppError> {
    use crate::server::doors::functions;
    functions::serve_once("rotate hook", &key, &(agent, hook), async |state, scope| {
        state.hooks.rotate(&scope, agent, hook).await
    })
    .await
}

/// Deletes a webhook.
#[server(prefix = "/ui", endpoint = "hooks/delete", protocol = PostJson)]
pub async fn delete_hook(agent: AgentId, hook: HookId) -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.hooks.delete(&scope, agent, hook).await).await
}

/// Does again what a delivery asks for, once for each `key`; returns the run, if it starts one.
#[server(prefix = "/ui", endpoint = "hooks/replay", protocol = PostJson)]
pub async fn replay_delivery(
    agent: AgentId,
    hook: HookId,
    delivery: DeliveryId,
    key: String,
) -> Result<Option<RunId>, AppError> {
    use crate::server::doors::functions;
    functions::serve_once("replay", &key, &(agent, hook, delivery), async |state, scope| {
        Ok(state.hooks.replay(&scope, agent, hook, delivery).await?.delivery.run_id)
    })
    .await
}
