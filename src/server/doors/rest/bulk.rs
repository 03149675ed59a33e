//! `/api/agents/bulk`: one change of many agents.

use super::extract::{Body, FromJson};
use super::json;
use crate::domain::agent::edit::{AgentEdit, EditResult, EditedAgent};
use crate::domain::id::AgentId;
use crate::error::{AppError, FieldError};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// The change to make.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pause,
    Resume,
    Tag,
    Model,
}

/// The body as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    action: Action,
    ids: Vec<AgentId>,
    add: Option<Vec<String>>,
    remove: Option<Vec<String>>,
    model: Option<String>,
}

/// Body of a request to change many agents.
pub struct Bulk {
    ids: Vec<AgentId>,
    edit: AgentEdit,
}

impl FromJson for Bulk {
    fn from_json(bytes: &[u8]) -> Result<Self, AppError> {
        let Sent { action, ids, add, remove, model } = json::read(bytes)?;
        let mut errors = Vec::new();
        let is_of = |wanted: Action| action == wanted;
        for (is_there, is_meant, name, of) in [
            (add.is_some(), is_of(Action::Tag), "add", "tag"),
            (remove.is_some(), is_of(Action::Tag), "remove", "tag"),
            (model.is_some(), is_of(Action::Model), "model", "model"),
        ] {
            if is_there && !is_meant {
                errors.push(FieldError::of(name, format!("must be left out: it belongs to the action \"{of}\"")));
            }
        }
        let edit = match action {
            Action::Pause => AgentEdit::Pause,
            Action::Resume => AgentEdit::Resume,
            Action::Tag => AgentEdit::Tag { add: add.unwrap_or_default(), remove: remove.unwrap_or_default() },
            // Without one the service says what it must be.
            Action::Model => AgentEdit::Model(model.unwrap_or_default()),
        };
        if errors.is_empty() { Ok(Self { ids, edit }) } else { Err(AppError::invalid_fields(errors)) }
    }
}

/// The response: counts, and a result for each agent.
#[derive(Serialize)]
pub struct Edited {
    changed: usize,
    unchanged: usize,
    failed: usize,
    /// One for each agent, in the order of `ids`.
    results: Vec<One>,
}

/// The result for one agent.
#[derive(Serialize)]
struct One {
    id: AgentId,
    name: Option<String>,
    result: EditResult,
    version: Option<i64>,
    /// Why it stays as it was, as in problem+json; null unless it failed.
    error: Option<Reason>,
}

#[derive(Serialize)]
struct Reason {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl From<AppError> for Reason {
    fn from(AppError { kind, detail, errors }: AppError) -> Self {
        Self { r#type: kind.problem_type(), title: kind.title(), status: kind.status(), detail, errors }
    }
}

impl From<EditedAgent> for One {
    fn from(EditedAgent { id, name, result, version, error }: EditedAgent) -> Self {
        Self { id, name, result, version, error: error.map(Reason::from) }
    }
}

/// `POST /api/agents/bulk`: 200 with a result for each agent, also where some could not be changed.
pub async fn edit(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Body(Bulk { ids, edit }): Body<Bulk>,
) -> Answer<Json<Edited>> {
    let agents = state.agents.edit(&scope, &ids, edit).await?;
    let count = |result| agents.iter().filter(|agent| agent.result == result).count();
    let (changed, unchanged, failed) =
        (count(EditResult::Changed), count(EditResult::Unchanged), count(EditResult::Failed));
    Ok(Json(Edited { changed, unchanged, failed, results: agents.into_iter().map(One::from).collect() }))
}
