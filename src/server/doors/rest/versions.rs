//! `/api/agents/{id}/versions`.

use super::extract::{Id, OptionalBody, Params};
use super::if_match::from_version;
use super::list::{Cursor, Page, PageParams};
use crate::domain::agent::version::{AgentVersion, DiffLine, SettingDiff};
use crate::domain::agent::{Agent, AgentSettings};
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::server::agents::versions::{Comparison, Restoring};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::{Answer, Problem};
use crate::server::state::AppState;
use crate::server::store::versions::{RecordedVersion, Versions, VersionsFrom};
use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An agent and numbers of its versions in the path.
pub struct At<const N: usize> {
    agent: AgentId,
    numbers: [i64; N],
}

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for At<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = |texts: Vec<String>| {
            let (agent, numbers) = texts.split_first()?;
            let numbers: Vec<i64> = numbers.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
            Some(Self { agent: agent.parse().ok()?, numbers: numbers.try_into().ok()? })
        };
        let path = Path::<Vec<String>>::from_request_parts(parts, state).await.ok();
        path.and_then(|Path(texts)| read(texts)).ok_or_else(|| {
            let text = format!("There is nothing at {}: ids and versions are whole numbers.", parts.uri.path());
            AppError::not_found(text).into()
        })
    }
}

/// `GET /api/agents/{id}/versions?limit=50&cursor=…`: newest first.
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    Params(params): Params<PageParams>,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let limit = params.limit()?;
    let from = match params.cursor()? {
        None => VersionsFrom::Newest,
        Some(Cursor::Below(number)) => VersionsFrom::Below(number),
        Some(Cursor::Above(number)) => VersionsFrom::Above(number),
    };
    let Versions { versions, has_newer, has_older } = state.store.versions(&scope, agent, from, limit).await?;
    let next = versions.last().filter(|_| has_older).map(|version| Cursor::Below(version.number));
    let prev = versions.first().filter(|_| has_newer).map(|version| Cursor::Above(version.number));
    Ok(Page::new(versions, limit, next, prev).respond(&uri))
}

/// A version with its settings.
#[derive(Serialize)]
pub struct WholeVersion {
    #[serde(flatten)]
    version: AgentVersion,
    /// As they were saved.
    settings: Map<String, Value>,
}

/// `GET /api/agents/{id}/versions/{number}`.
pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, numbers: [number] }: At<1>,
) -> Answer<Json<WholeVersion>> {
    let RecordedVersion { version, settings } = state.store.version(&scope, agent, number).await?;
    Ok(Json(WholeVersion { version, settings }))
}

/// How one version differs from another.
#[derive(Serialize)]
pub struct Diff {
    a: i64,
    b: i64,
    /// The settings that differ.
    settings: Vec<Differing>,
}

/// A setting that differs.
#[derive(Serialize)]
pub struct Differing {
    name: String,
    label: String,
    before: Value,
    after: Value,
    /// Only of a text of several lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<DiffLine>,
}

/// `GET /api/agents/{id}/versions/{a}/diff/{b}`: the settings of b that are not those of a.
pub async fn diff(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, numbers: [a, b] }: At<2>,
) -> Answer<Json<Diff>> {
    let Comparison { before, after, settings } = state.agents.compare(&scope, agent, a, b).await?;
    let (mut before, mut after) = (values(&before), values(&after));
    let differing = |SettingDiff { name, label, lines, .. }: SettingDiff| Differing {
        before: before.remove(&name).unwrap_or_default(),
        after: after.remove(&name).unwrap_or_default(),
        name,
        label,
        lines,
    };
    Ok(Json(Diff { a, b, settings: settings.into_iter().map(differing).collect() }))
}

fn values(settings: &AgentSettings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    }
}

/// Body of a request to restore a version.
#[derive(Default, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RestoreBody {
    /// The agent's present version, as far as whoever asks knows.
    #[serde(default)]
    #[garde(skip)]
    version: Option<i64>,
    #[serde(default)]
    #[garde(skip)]
    note: Option<String>,
}

/// `POST /api/agents/{id}/versions/{number}/restore`: makes a version with the settings of this one; 200 with the agent.
pub async fn restore(
    State(state): State<AppState>,
    Caller(scope): Caller,
    At { agent, numbers: [number] }: At<1>,
    headers: HeaderMap,
    OptionalBody(RestoreBody { version, note }): OptionalBody<RestoreBody>,
) -> Answer<Json<Agent>> {
    let from = from_version(version, &headers)?;
    Ok(Json(state.agents.restore(&scope, agent, number, Restoring { from, note }).await?))
}
