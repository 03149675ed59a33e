//! `/api/stats` and `/api/agents/{id}/stats`: figures from roll-ups.

use super::extract::Id;
use crate::domain::id::AgentId;
use crate::domain::run_filter::Choice;
use crate::domain::stats::Group;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::doors::stats_query::StatsQuery;
use crate::server::state::AppState;
use crate::server::store::rollups::grouped::{MOST_CELLS, Wanted};
use crate::server::store::scope::Scope;
use axum::Json;
use axum::extract::{RawQuery, State};
use serde::Serialize;
use serde_json::{Map, Value};

/// Figures of the runs that ended within a time.
#[derive(Serialize)]
pub struct Stats {
    /// The query as it was understood, defaults included.
    applied_filters: Map<String, Value>,
    /// The groups, the one with the most runs first; empty where none were asked for.
    data: Vec<Group>,
    /// Of all groups together; null by tag, since an agent counts in each of its tags.
    total: Option<Group>,
    /// What to know about the figures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<&'static str>,
}

/// `GET /api/stats?by=agent&bucket=day&period=30d&tz=Europe/Berlin`.
pub async fn of_all(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
) -> Answer<Json<Stats>> {
    let query = StatsQuery::read(&query.unwrap_or_default())?;
    let (wanted, applied) = query.at(state.store.now())?;
    Ok(Json(read(&state, &scope, wanted, applied).await?))
}

/// `GET /api/agents/{id}/stats?by=version&bucket=day`.
pub async fn of_agent(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    RawQuery(query): RawQuery,
) -> Answer<Json<Stats>> {
    let query = StatsQuery::read(&query.unwrap_or_default())?.of_one_agent()?;
    let (wanted, applied) = query.at(state.store.now())?;
    state.store.agent(&scope, agent).await?;
    let wanted = Wanted { agents: Some(Choice::of([agent])), ..wanted };
    Ok(Json(read(&state, &scope, wanted, applied).await?))
}

async fn read(
    state: &AppState,
    scope: &Scope,
    wanted: Wanted,
    applied: Vec<(&'static str, String)>,
) -> Result<Stats, AppError> {
    let Some(found) = state.store.grouped(scope, &wanted).await? else {
        let fault = format!("would make more than {MOST_CELLS} figures. Ask for less time, days or fewer agents.");
        return Err(AppError::invalid_field("bucket", fault));
    };
    let uneven = "Midnight of this time zone divides an hour (UTC), which counts in the day in which it begins.";
    let tags = "An agent with several tags counts in each of them, so there is no total.";
    let notes =
        [wanted.spans.is_uneven.then_some(uneven), (wanted.by.is_some() && found.total.is_none()).then_some(tags)];
    Ok(Stats {
        applied_filters: applied.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
        data: found.groups,
        total: found.total,
        notes: notes.into_iter().flatten().collect(),
    })
}
