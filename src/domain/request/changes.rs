//! Differences between what two runs were started with.

use super::{Field, RunRequest};
use crate::domain::duration::format_count;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// Something that differs, and both values as people read them; null where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct RequestChange {
    /// Its name, such as `Input` or the name of a variable.
    pub label: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// How much of a text is shown, in characters, and how much of it before the first difference.
const SHOWN: usize = 200;
const BEFORE: usize = 40;

impl RunRequest {
    /// Returns what differs afterwards: the input, each variable, and the other fields in their order.
    pub fn changes(&self, after: &Self) -> Vec<RequestChange> {
        let mut changes = Vec::new();
        for field in Field::ALL {
            match field {
                Field::Variables => {
                    let mut names: Vec<&String> = self.variables.keys().chain(after.variables.keys()).collect();
                    names.sort_unstable();
                    names.dedup();
                    for name in names {
                        let value = |of: &Self| of.variables.get(name).cloned();
                        changes.extend(change(name, value(self), value(after)));
                    }
                }
                field => changes.extend(change(field.label(), field.shown(self), field.shown(after))),
            }
        }
        changes
    }
}

impl Field {
    /// Returns its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Variables => "Variables",
            Self::Tags => "Tags",
            Self::Metadata => "Metadata",
            Self::Model => "Model",
            Self::RunCost => "Max cost",
            Self::RunTokens => "Max tokens",
            Self::NotBefore => "Not before",
            Self::TriggerNote => "Note",
            Self::Priority => "Priority",
        }
    }

    /// Returns its value as people read it; `None` where there is none.
    fn shown(self, request: &RunRequest) -> Option<String> {
        let listed = |words: Vec<String>| Some(words.join(", ")).filter(|text| !text.is_empty());
        match self {
            Self::Input => request.input.clone(),
            Self::Variables => None,
            Self::Tags => listed(request.tags.clone()),
            Self::Metadata => listed(request.metadata.iter().map(|(name, value)| format!("{name}: {value}")).collect()),
            Self::Model => request.model.clone(),
            Self::RunCost => request.run_budget_usd.map(|limit| limit.to_string()),
            Self::RunTokens => request.run_budget_tokens.map(format_count),
            Self::NotBefore => request.not_before.map(|at| at.to_string()),
            Self::TriggerNote => request.trigger_note.clone(),
            Self::Priority => Some(request.priority.to_string()),
        }
    }
}

fn change(label: &str, before: Option<String>, after: Option<String>) -> Option<RequestChange> {
    if before == after {
        return None;
    }
    let same = match (&before, &after) {
        (Some(before), Some(after)) => before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    let cut = |text: String| cut(&text, same);
    Some(RequestChange { label: label.to_owned(), before: before.map(cut), after: after.map(cut) })
}

/// Returns a text, or the part of a long one round the place where it begins to differ.
fn cut(text: &str, same: usize) -> String {
    let length = text.chars().count();
    if length <= SHOWN {
        return text.to_owned();
    }
    let first = same.saturating_sub(BEFORE).min(length - SHOWN);
    let shown: String = text.chars().skip(first).take(SHOWN).collect();
    let (start, end) = (if first > 0 { "…" } else { "" }, if first + SHOWN < length { "…" } else { "" });
    format!("{start}{shown}{end}")
}
