//! Saved views, for the page of runs. Each change returns all of them as they are then.

use crate::codec::PostJson;
use crate::domain::id::ViewId;
use crate::domain::saved_view::SavedView;
use crate::error::AppError;
use leptos::prelude::*;

/// Saves a view, once for each `key`.
#[server(prefix = "/ui", endpoint = "views/save", protocol = PostJson)]
pub async fn save_view(name: String, query: String, is_default: bool, key: String) -> Result<Vec<SavedView>, AppError> {
    use crate::{domain::saved_view::ViewDraft, server::doors::functions};
    let draft = ViewDraft { name, query, is_default };
    functions::serve_once("save view", &key, &draft.clone(), async |state, scope| {
        state.views.save(&scope, draft).await?;
        state.views.list(&scope).await
    })
    .await
}

/// Replaces a view.
#[server(prefix = "/ui", endpoint = "views/replace", protocol = PostJson)]
pub async fn replace_view(
    id: ViewId,
    name: String,
    query: String,
    is_default: bool,
) -> Result<Vec<SavedView>, AppError> {
    use crate::{domain::saved_view::ViewDraft, server::doors::functions};
    functions::serve(async |state, scope| {
        state.views.replace(&scope, id, ViewDraft { name, query, is_default }).await?;
        state.views.list(&scope).await
    })
    .await
}

/// Deletes a view.
#[server(prefix = "/ui", endpoint = "views/delete", protocol = PostJson)]
pub async fn delete_view(id: ViewId) -> Result<Vec<SavedView>, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| {
        state.views.delete(&scope, id).await?;
        state.views.list(&scope).await
    })
    .await
}
