//! Order of the table's agents, and the choice of them by how they stand. Pure.

pub use crate::domain::agent::listing::{Column, Sort, Standing};

use crate::domain::agent::AgentRow;
use crate::ui::model::lower::lower;
use std::cmp::{Ordering, Reverse};

impl Sort {
    /// Orders the rows; returns whether any moved. Rows that cannot be compared come last either way, and equals stay
    /// as they were created.
    pub fn apply(self, rows: &mut [AgentRow]) -> bool {
        let key = |row: &AgentRow| (self.group(row), self.place(row), row.id);
        if rows.is_sorted_by_key(key) {
            return false;
        }
        sort_by_key(rows, key);
        true
    }

    /// Groups are in the order of their names, in any case.
    fn group(self, row: &AgentRow) -> Option<(bool, String)> {
        self.by_tag.then(|| (row.tags.is_empty(), row.tags.first().map(|tag| lower(tag)).unwrap_or_default()))
    }

    fn place(self, row: &AgentRow) -> (bool, Place) {
        let last_run = row.pulse.last_run.as_ref();
        let number = match self.by {
            Column::Name => return (false, self.directed(lower(&row.name))),
            Column::Status => Some(i64::from(!needs_attention(row))),
            // In hundredths of a percent: a rate is no finer than that where it is shown.
            Column::Rate => row.pulse.success_rate.map(|rate| (rate * 10_000.0) as i64),
            Column::LastRun => last_run.map(|run| -run.started_at.unwrap_or(run.queued_at).ms()),
            Column::NextRun => row.pulse.next_run_at.map(|at| at.ms()),
        };
        let number = number.map(|number| if self.reversed { -number } else { number });
        (number.is_none(), Place::Number(number.unwrap_or_default()))
    }

    fn directed(self, text: String) -> Place {
        if self.reversed { Place::TextDown(Reverse(text)) } else { Place::Text(text) }
    }
}

/// Sort key of a row.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Number(i64),
    Text(String),
    TextDown(Reverse<String>),
}

/// Orders rows by their keys; equals stay in their order. What sorts is the same for all keys: `slice::sort_by_cached_key` is
/// compiled several times for each, which every page loads.
pub fn sort_by_key<K: Ord>(rows: &mut [AgentRow], key: impl Fn(&AgentRow) -> K) {
    let keys: Vec<K> = rows.iter().map(key).collect();
    let places = sorted(keys.len(), &|one, other| keys[one].cmp(&keys[other]));
    for (to, &from) in places.iter().enumerate() {
        // Who was there before has been swapped away, once or several times.
        let mut from = from;
        while from < to {
            from = places[from];
        }
        rows.swap(to, from);
    }
}

/// Returns the places from 0 on in their order; equals in the order of their numbers.
fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_unstable_by(|one, other| compare(*one, *other).then(one.cmp(other)));
    places
}

/// Whether the run that ended last has failed and nobody has paused the agent since. Runs under way do not count, or an agent
/// would leave its place each time it tries again; nor do runs that were skipped, which say nothing of how it does.
pub fn needs_attention(row: &AgentRow) -> bool {
    !row.paused && row.pulse.last_error.is_some()
}

impl Standing {
    /// Returns the label of the standing.
    pub fn label(self) -> &'static str {
        match self {
            Self::Attention => "Needs attention",
            Self::Running => "Running",
            Self::Scheduled => "Scheduled",
            Self::Paused => "Paused",
        }
    }

    /// Returns the text shown where there are none.
    pub fn none(self) -> &'static str {
        match self {
            Self::Attention => "No agent needs attention: no last run failed.",
            Self::Running => "No agent is running.",
            Self::Scheduled => "No agent has a schedule that is not paused.",
            Self::Paused => "No agent is paused.",
        }
    }

    /// Whether the agent stands so.
    pub fn has(self, row: &AgentRow) -> bool {
        match self {
            Self::Attention => needs_attention(row),
            Self::Running => row.pulse.running_count > 0,
            Self::Scheduled => row.pulse.next_run_at.is_some(),
            Self::Paused => row.paused,
        }
    }

    /// Returns how many of the agents stand so, for each in order.
    pub fn counts(rows: &[AgentRow]) -> [usize; 4] {
        Self::ALL.map(|standing| rows.iter().filter(|row| standing.has(row)).count())
    }
}

#[cfg(test)]
mod tests;
