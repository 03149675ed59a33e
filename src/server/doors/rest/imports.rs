//! Agents as TOML: `/api/agents/export`, `/api/agents/{id}/export` and `/api/agents/import`.

use super::extract::{Id, Params, read};
use crate::domain::agent::import::ImportReport;
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::server::agents::imports::Importing;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Answer, Problem};
use crate::server::state::AppState;
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use serde::Deserialize;

/// The media type of TOML (<https://www.iana.org/assignments/media-types/application/toml>).
const TOML: &str = "application/toml";

/// Has browsers save it.
const AS_FILE: &str = "attachment; filename=\"agents.toml\"";

fn file(text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, TOML), (header::CONTENT_DISPOSITION, AS_FILE)], text)
}

/// `GET /api/agents/export?name=…`: all agents, or those of these names.
pub async fn export(State(state): State<AppState>, Caller(scope): Caller, uri: Uri) -> Answer<impl IntoResponse> {
    let mut names = Vec::new();
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match &*name {
            "name" => names.push(value.into_owned()),
            other => return Err(AppError::invalid(format!("There is no parameter {other:?}: use name.")).into()),
        }
    }
    Ok(file(state.agents.export(&scope, &names).await?))
}

/// `GET /api/agents/{id}/export`.
pub async fn export_one(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<AgentId>,
) -> Answer<impl IntoResponse> {
    Ok(file(state.agents.export_one(&scope, id).await?))
}

/// A body of TOML.
pub struct TomlText(String);

impl<S: Send + Sync> FromRequest<S> for TomlText {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // As with JSON, plain HTML forms of other sites cannot send this type.
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(TOML) {
            let text = format!("Send TOML, with the header Content-Type: {TOML}.");
            return Err(AppError::wrong_media_type(text).into());
        }
        let bytes = read(request, state).await?;
        let text = String::from_utf8(bytes.into()).map_err(|_| AppError::malformed("The file is not UTF-8."))?;
        Ok(Self(text))
    }
}

/// The query of an import.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportParams {
    #[serde(default)]
    dry_run: bool,
}

/// `POST /api/agents/import?dry_run=true`: 200 with what would become or became of each agent in the file. `ETag` is the
/// report's fingerprint; `If-Match` imports only what a report with this fingerprint has shown.
pub async fn import(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Params(ImportParams { dry_run }): Params<ImportParams>,
    headers: HeaderMap,
    TomlText(text): TomlText,
) -> Answer<impl IntoResponse> {
    // One that cannot be read is that of no report.
    let expected = headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default().trim());
    let expected = expected.filter(|value| *value != "*").map(|value| value.trim_matches('"').to_owned());
    let report: ImportReport = state.agents.import(&scope, text, Importing { dry_run, expected }).await?;
    Ok(([(header::ETAG, format!("\"{}\"", report.fingerprint))], Json(report)))
}
