//! Saved views: filters of the page of runs that have a name. Everybody of an owner has the same. Knows not where they are kept.

use super::id::ViewId;
use super::rules::{NO_NUL, length};
use super::run_filter::RunFilter;
use super::text::one_line;
use super::time::Timestamp;
use super::wire::FromWire;
use crate::error::AppError;
use serde::{Deserialize, Serialize};

/// Longest name, in characters.
pub const MAX_VIEW_NAME: usize = 64;
/// How many views an owner may have.
pub const MAX_VIEWS: i64 = 100;
/// Longest query, in bytes.
const MAX_QUERY: usize = 8 * 1024;

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct SavedView {
    pub id: ViewId,
    pub name: String,
    /// The filter, as the query of `GET /api/runs` has it; empty where it has all runs.
    pub query: String,
    /// Whether the page opens with it. At most one view of an owner is the default.
    pub is_default: bool,
    pub created_at: Timestamp,
}

/// A view as it is to be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewDraft {
    pub name: String,
    #[serde(default)]
    pub query: String,
    #[serde(default)]
    pub is_default: bool,
}

impl ViewDraft {
    /// Returns the same as it is kept: the name on one line, the filter as it is written everywhere.
    ///
    /// # Errors
    /// `Invalid`, and points at `name` and `query` where they are out of their bounds.
    pub fn checked(self) -> Result<Self, AppError> {
        let name = one_line(&self.name);
        let mut errors = Vec::new();
        if name.contains('\0') {
            errors.extend(AppError::invalid_field("name", NO_NUL).errors);
        } else if !(1..=MAX_VIEW_NAME).contains(&length(&name)) {
            let detail = format!("must be text of 1 to {MAX_VIEW_NAME} characters");
            errors.extend(AppError::invalid_field("name", detail).errors);
        }
        let filter = match self.query.len() {
            0..=MAX_QUERY => RunFilter::from_query(self.query.trim_start_matches('?')),
            _ => Err(AppError::invalid(format!("The filter is longer than {MAX_QUERY} bytes."))),
        };
        match filter {
            Ok(filter) if errors.is_empty() => Ok(Self { name, query: filter.to_query(), ..self }),
            Ok(_) => Err(AppError::invalid_fields(errors)),
            Err(error) => {
                errors.extend(AppError::invalid_field("query", error.detail).errors);
                Err(AppError::invalid_fields(errors))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, query: &str) -> ViewDraft {
        ViewDraft { name: name.to_owned(), query: query.to_owned(), is_default: false }
    }

    #[test]
    fn a_view_is_kept_as_filters_are_written_everywhere() {
        let kept = draft("  Failed\ntoday ", "?period=24h&status=failed").checked().unwrap();
        assert_eq!(kept, draft("Failed today", "status=failed&period=24h"));
        assert_eq!(draft("All", "").checked().unwrap(), draft("All", ""));
    }

    #[test]
    fn what_no_view_can_be_is_pointed_at() {
        let faults = |draft: ViewDraft| -> Vec<String> {
            draft.checked().unwrap_err().errors.into_iter().map(|error| error.pointer).collect()
        };
        assert_eq!(faults(draft(" ", "status=broken")), ["/name", "/query"]);
        assert_eq!(faults(draft(&"n".repeat(65), "")), ["/name"]);
        assert_eq!(faults(draft("a\0b", "")), ["/name"]);
        // A place in the list is no part of a view.
        assert_eq!(faults(draft("Page", "cursor=b12")), ["/query"]);
        assert_eq!(faults(draft("Long", &format!("q={}", "x".repeat(9_000)))), ["/query"]);
    }
}
