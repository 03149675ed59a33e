//! Cost and failures of all agents, as their page shows them.

use crate::domain::money::NanoDollars;
use crate::domain::run_filter::Period;
use crate::domain::stats::By;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// How many groups the page shows.
pub const MOST_ROWS: usize = 100;

/// All that the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AnalyticsView {
    pub by: By,
    pub period: Period,
    /// Charts of all agents together as HTML, from the server's own drawing: safe to show.
    pub charts: String,
    /// The group that has cost the most first.
    pub rows: Vec<AnalyticsRow>,
    /// Groups besides.
    pub more: i64,
}

/// A group of runs.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AnalyticsRow {
    pub label: String,
    /// Query of the page of runs that has these runs.
    pub query: Option<String>,
    pub runs: i64,
    pub failed: i64,
    /// success / (success + failed), 0 to 1.
    pub success_rate: Option<f64>,
    pub total_tokens: i64,
    /// US dollars, as far as they are known.
    #[serde(rename = "total_cost_usd")]
    pub cost: Option<NanoDollars>,
    pub unpriced_runs: i64,
    /// Thousandths of the cost of all rows.
    pub share: i64,
    pub p50_ms: Option<i64>,
    pub p95_ms: Option<i64>,
}
