//! Many agents at once, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::agent::edit::{AgentEdit, EditedAgent};
use crate::domain::agent::import::ImportReport;
use crate::domain::id::AgentId;
use crate::domain::model::ModelListing;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Says what importing a file would do.
#[server(prefix = "/ui", endpoint = "agents/import/preview", protocol = PostJson)]
pub async fn preview_import(file: String) -> Result<ImportReport, AppError> {
    use crate::server::{agents::imports::Importing, doors::functions};
    let how = Importing { dry_run: true, expected: None };
    functions::serve(async |state, scope| state.agents.import(&scope, file, how).await).await
}

/// Imports a file, once for each `key`; refused if it would do anything but what the report with this fingerprint says.
#[server(prefix = "/ui", endpoint = "agents/import", protocol = PostJson)]
pub async fn import_agents(file: String, fingerprint: String, key: String) -> Result<ImportReport, AppError> {
    use crate::server::{agents::imports::Importing, doors::functions};
    functions::serve_once("import", &key, &(&file, &fingerprint), async |state, scope| {
        let how = Importing { dry_run: false, expected: Some(fingerprint.clone()) };
        state.agents.import(&scope, file.clone(), how).await
    })
    .await
}

/// Changes several agents, once for each `key`; returns a result for each agent.
#[server(prefix = "/ui", endpoint = "agents/bulk", protocol = PostJson)]
pub async fn edit_agents(ids: Vec<AgentId>, edit: AgentEdit, key: String) -> Result<Vec<EditedAgent>, AppError> {
    use crate::server::doors::functions;
    functions::serve_once("edit", &key, &(&ids, &edit), async |state, scope| {
        state.agents.edit(&scope, &ids, edit.clone()).await
    })
    .await
}

/// Returns the models on offer now.
#[server(prefix = "/ui", endpoint = "models", input = GetUrl, output = Json)]
pub async fn list_models() -> Result<ModelListing, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, _| Ok(state.catalogue.models().await)).await
}
