//! Runs over all agents, as their page and their list show them.

use crate::domain::id::AgentId;
use crate::domain::money::NanoDollars;
use crate::domain::run::AgentRun;
use crate::domain::run_filter::found::Match;
use crate::domain::time::Timestamp;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// A run in a list of several agents' runs.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct ListedRun {
    #[serde(flatten)]
    pub run: AgentRun,
    /// The name that its agent has now.
    pub agent_name: String,
    /// Where a search has found it; absent where none did, and of one that was found by its number.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub found: Option<Match>,
}

/// Totals of all runs of a list, on all of its pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct RunTotals {
    pub runs: i64,
    /// As far as they are known; null where none are.
    pub total_tokens: Option<i64>,
    /// US dollars, as far as they are known; null where none are.
    #[serde(rename = "total_cost_usd")]
    pub total_cost: Option<NanoDollars>,
    /// Runs that began and are over, whose cost is not known.
    pub unpriced_runs: i64,
}

/// An agent that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct AgentName {
    pub id: AgentId,
    pub name: String,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunsView {
    pub server_now: Timestamp,
    /// Newest first.
    pub runs: Vec<ListedRun>,
    /// Where the next page, of older runs, begins; null on the last.
    pub next_cursor: Option<String>,
    /// Where the page before, of newer runs, ends; null on the first.
    pub prev_cursor: Option<String>,
    /// Where they were asked for.
    pub totals: Option<RunTotals>,
    /// Agents by name: those that the filter names and the first of the others.
    pub agents: Vec<AgentName>,
    /// Whether there are agents besides.
    pub has_more_agents: bool,
    /// Runs that are over and not searched yet; 0 where nothing is searched for.
    pub unsearched: i64,
}

/// News of a list of which a page is shown.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunsNews {
    /// Those that are shown and still there, as they are now, whether or not the filter would have them.
    pub runs: Vec<ListedRun>,
    /// How many others the filter has by now that would be on the page or before it; counted up to [`MOST_NEW`].
    pub new: i64,
}

/// How many new runs are counted.
pub const MOST_NEW: i64 = 100;

/// How many runs a page has at most.
pub const MOST_SHOWN: usize = 200;
