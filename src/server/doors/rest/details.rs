//! `/api/agents/{id}/details`: an agent with what one asks to have included.

use super::extract::{Id, Params};
use crate::domain::agent::{Agent, RECENT_RUNS};
use crate::domain::id::AgentId;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::thread::Thread;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailParams {
    #[serde(default)]
    include: String,
}

/// Statistics of an agent's runs.
#[derive(Serialize)]
pub struct Stats {
    /// Runs of all time.
    total_runs: i64,
    /// Runs by status; every status is there.
    runs: BTreeMap<&'static str, i64>,
    running_count: i64,
    /// success / (success + failed) of the last 24 hours; null without such runs.
    success_rate: Option<f64>,
}

/// The agent, and each part only if it was asked for.
#[derive(Serialize)]
pub struct Details {
    agent: Agent,
    /// Newest 20, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<Vec<AgentRun>>,
    /// Newest first, at most 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    threads: Option<Vec<Thread>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stats: Option<Stats>,
}

/// `GET /api/agents/{id}/details?include=runs,threads,stats`.
pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<AgentId>,
    Params(params): Params<DetailParams>,
) -> Answer<Json<Details>> {
    let (agent, _) = state.store.agent(&scope, id).await?;
    let mut details = Details { agent, runs: None, threads: None, stats: None };
    for part in params.include.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part {
            "runs" => details.runs = Some(state.runs.list_runs(&scope, id, RECENT_RUNS as u64).await?),
            "threads" => details.threads = Some(state.store.threads(&scope, id).await?),
            "stats" => {
                let counts = state.store.run_counts(&scope, id).await?;
                let count = |status: &RunStatus| counts.get(status).copied().unwrap_or(0);
                details.stats = Some(Stats {
                    total_runs: counts.values().sum(),
                    runs: RunStatus::ALL.iter().map(|status| (status.as_str(), count(status))).collect(),
                    running_count: details.agent.running_count,
                    success_rate: details.agent.success_rate,
                });
            }
            other => {
                let text = format!("{other:?} is none of \"runs\", \"threads\" and \"stats\".");
                return Err(AppError::invalid_field("include", text).into());
            }
        }
    }
    Ok(Json(details))
}
