//! Runs as one JSON object a line, each as lists have it.

use crate::domain::views::runs::ListedRun;

pub const MEDIA_TYPE: &str = "application/x-ndjson";
pub const DISPOSITION: &str = "attachment; filename=\"runs.ndjson\"";

/// Returns a line for each of these runs.
pub fn lines(runs: &[ListedRun]) -> serde_json::Result<String> {
    runs.iter().map(|run| serde_json::to_string(run).map(|line| line + "\n")).collect()
}
