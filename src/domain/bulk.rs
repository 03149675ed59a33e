//! One action on many runs: how it is asked for, and how it stands. Knows neither how it is carried out nor where it is kept.

use super::id::{BulkId, RunId};
use super::run_filter::RunFilter;
use super::tags::TagChange;
use super::time::Timestamp;
use super::wire::FromWire;
use super::wire_enum::wire_enum;
use crate::error::FieldError;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many runs one action may be carried out on.
pub const MAX_RUNS: usize = 10_000;

wire_enum! {
    /// The action.
    BulkAction {
        Stop = "stop",
        /// As the button of a run that is over.
        Retry = "retry",
        /// Adds and removes tags.
        Tag = "tag",
        /// Removes runs that are over, with all that belongs to them.
        Delete = "delete",
    }
}

wire_enum! {
    /// The effect of an action on one of its runs.
    BulkResult {
        Done = "done",
        /// There was nothing to do.
        Unchanged = "unchanged",
        /// It could not be carried out; `detail` says why.
        Failed = "failed",
        /// The action was cancelled before it came to the run.
        Cancelled = "cancelled",
    }
}

wire_enum! {
    /// The state of an action.
    BulkState {
        Running = "running",
        Finished = "finished",
        /// Some of its runs were left as they are.
        Cancelled = "cancelled",
    }
}

/// The runs of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    Runs(Vec<RunId>),
    /// All that it has at the moment at which the action is asked for.
    Filter(Box<RunFilter>),
}

/// A request for an action on many runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRequest {
    pub action: BulkAction,
    pub selection: Selection,
    /// Of the action that changes tags; empty otherwise.
    pub tags: TagChange,
}

impl BulkRequest {
    /// Returns the same as it is kept: each run once, tags tidied.
    ///
    /// # Errors
    /// Points at `ids`, `tags` and `remove` where they are out of their bounds or belong to another action.
    pub fn checked(self) -> Result<Self, Vec<FieldError>> {
        let Self { action, selection, tags } = self;
        let mut errors = Vec::new();
        let selection = match selection {
            Selection::Runs(mut runs) => {
                runs.sort_unstable();
                runs.dedup();
                if !(1..=MAX_RUNS).contains(&runs.len()) {
                    errors.push(FieldError::of("ids", format!("must be a list of 1 to {MAX_RUNS} runs")));
                }
                Selection::Runs(runs)
            }
            filter @ Selection::Filter(_) => filter,
        };
        let tags = match action {
            BulkAction::Tag => {
                tags.checked("tags", "remove").map_err(|faults| errors.extend(faults)).unwrap_or_default()
            }
            BulkAction::Stop | BulkAction::Retry | BulkAction::Delete => {
                for (name, list) in [("tags", &tags.add), ("remove", &tags.remove)] {
                    if !list.is_empty() {
                        errors.push(FieldError::of(name, "must be left out: it belongs to the action \"tag\""));
                    }
                }
                TagChange::default()
            }
        };
        if errors.is_empty() { Ok(Self { action, selection, tags }) } else { Err(errors) }
    }
}

/// An action on many runs, and how far it has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct BulkJob {
    pub id: BulkId,
    pub action: BulkAction,
    pub state: BulkState,
    /// To add and to remove.
    pub tags: Vec<String>,
    pub remove: Vec<String>,
    /// The filter by which its runs were chosen when it was asked for, as names and values; null where they were named.
    pub filter: Option<BTreeMap<String, String>>,
    pub total: i64,
    pub done: i64,
    pub unchanged: i64,
    pub failed: i64,
    /// Runs that it was cancelled before.
    pub cancelled: i64,
    /// Runs that it has not come to yet.
    pub left: i64,
    pub created_at: Timestamp,
    /// Null until nothing is left.
    pub finished_at: Option<Timestamp>,
}

/// One run of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct BulkItem {
    pub run_id: RunId,
    /// Null until the action has come to it.
    pub result: Option<BulkResult>,
    /// Why it failed, or why there was nothing to do.
    pub detail: Option<String>,
    /// The run that repeats it, where it was retried.
    pub new_run_id: Option<RunId>,
}

/// How many runs that failed are shown with an action.
pub const SHOWN_FAILURES: u64 = 5;

/// How many results a reader is shown at a time.
pub const SHOWN_RESULTS: u64 = 100;

/// An action as the page of runs shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct BulkView {
    pub job: BulkJob,
    /// The first runs that it could not be carried out on.
    pub failures: Vec<BulkItem>,
}

/// Some of an action's runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct BulkResults {
    /// Highest number first.
    pub items: Vec<BulkItem>,
    /// Whether there are others below.
    pub more: bool,
}

#[cfg(test)]
mod tests;
