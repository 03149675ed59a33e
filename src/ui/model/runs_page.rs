//! The page of runs over all agents: its address, and its filters in words. Pure.

use crate::domain::failure::FailureKind;
use crate::domain::id::AgentId;
use crate::domain::run::RunStatus;
use crate::domain::run_filter::{Choice, METADATA, Period, RunFilter, ThroughHook, Within};
use crate::domain::signal::Signal;
use crate::domain::time::Timestamp;
use crate::domain::views::runs::{AgentName, RunTotals};
use crate::ui::model::words::trigger_words;
use std::fmt::Display;

/// Address of the page without any filter.
pub const RUNS: &str = "/runs";

/// Address of all runs. Without any query the page opens with the default view, where somebody has saved one.
pub const ALL_RUNS: &str = "/runs?view=all";

/// The query of [`ALL_RUNS`].
pub const ALL: &str = "view=all";

/// The state of the page: `/runs?status=failed&period=24h&cursor=…`, by the same names as `GET /api/runs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunsAddress {
    pub filter: RunFilter,
    /// How many runs a page has, where that is said.
    pub limit: Option<String>,
    pub cursor: Option<String>,
    /// Whether totals are shown.
    pub totals: bool,
}

impl RunsAddress {
    /// Returns the first page of what a filter has.
    pub fn of(filter: RunFilter) -> Self {
        Self { filter, ..Self::default() }
    }

    /// Reads the query of an address, without its question mark. What cannot be read is as if it were not there: the server
    /// has said so.
    pub fn from_query(query: &str) -> Self {
        let (mut address, mut filters) = (Self::default(), Vec::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "limit" => address.limit = Some(value.into_owned()),
                "cursor" => address.cursor = Some(value.into_owned()),
                "include" => address.totals = value == "totals",
                _ => filters.push((name, value)),
            }
        }
        let pairs = filters.iter().map(|(name, value)| (&**name, &**value));
        address.filter = RunFilter::from_pairs(pairs).unwrap_or_default();
        address
    }

    /// Returns it as a query, without a question mark.
    pub fn query(&self) -> String {
        let more = [
            self.limit.as_ref().map(|limit| format!("limit={limit}")),
            self.cursor.as_ref().map(|cursor| format!("cursor={cursor}")),
            self.totals.then(|| "include=totals".to_owned()),
        ];
        let filters = Some(self.filter.to_query()).filter(|query| !query.is_empty());
        filters.into_iter().chain(more.into_iter().flatten()).collect::<Vec<_>>().join("&")
    }

    /// Returns the address of the page.
    pub fn href(&self) -> String {
        match self.query() {
            query if query.is_empty() => ALL_RUNS.to_owned(),
            query => format!("{RUNS}?{query}"),
        }
    }

    /// Returns another page of the same.
    #[must_use]
    pub fn at(&self, cursor: Option<String>) -> Self {
        Self { cursor, ..self.clone() }
    }
}

/// Where the runs of the last 24 hours are that failed.
pub const FAILED: &str = "/runs?status=failed&period=24h";

/// Returns where the runs of an agent are.
pub fn runs_href(agent: AgentId) -> String {
    // Not by way of a filter: pages that only lead there need not load what reads one.
    format!("{RUNS}?agent={agent}")
}

/// Returns where the runs of a saved view are.
pub fn view_href(query: &str) -> String {
    match query {
        "" => ALL_RUNS.to_owned(),
        query => format!("{RUNS}?{query}"),
    }
}

/// Returns where all runs of what a page shows are exported.
pub fn export_href(address: &RunsAddress, format: &str) -> String {
    let filter = Some(address.filter.to_query()).filter(|query| !query.is_empty());
    let filter = filter.map(|query| format!("&{query}")).unwrap_or_default();
    format!("/api/runs/export?format={format}{filter}")
}

/// Runs that succeeded, and may have done nothing all the same.
const SUSPECT: &str = "status=success&signal=looping,slow,expensive,empty_answer,cut,refused,context_nearly_full,failing_tool,other_model";

/// Parts of the runs that are one click away: what each is called, and its query.
pub const VIEWS: [(&str, &str); 5] = [
    ("All runs", ""),
    ("Under way", "status=queued,running"),
    ("Failed, last 24 h", "status=failed&period=24h"),
    ("Failed, not retried", "status=failed&retried=false"),
    ("Succeeded with a signal", SUSPECT),
];

/// A filter that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterChip {
    pub key: String,
    pub value: ChipValue,
    /// The address of the page without it.
    pub href: String,
}

/// The values of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChipValue {
    Text(String),
    /// Instants, which are written in the reader's zone.
    Times {
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    },
}

/// Returns the filters that are in force, in the order of their names.
pub fn chips(address: &RunsAddress, agents: &[AgentName]) -> Vec<FilterChip> {
    let filter = &address.filter;
    let mut names: Vec<String> = filter.pairs().into_iter().map(|(name, _)| name).collect();
    if names.iter().any(|name| name == "from") {
        // Both ends are one filter.
        names.retain(|name| name != "to");
    }
    let chip = |name: String| {
        let (key, value) = described(filter, &name, agents)?;
        let href = RunsAddress { filter: filter.clone().without(&name), cursor: None, ..address.clone() }.href();
        Some(FilterChip { key, value, href })
    };
    names.into_iter().filter_map(chip).collect()
}

fn described(filter: &RunFilter, name: &str, agents: &[AgentName]) -> Option<(String, ChipValue)> {
    let text = |key: &str, text: String| Some((key.to_owned(), ChipValue::Text(text)));
    match name {
        "agent" => text("Agent", chosen(filter.agent.as_ref()?, |id| agent_words(*id, agents))),
        "agent_tag" => text("Agent's tag", chosen(filter.agent_tag.as_ref()?, Clone::clone)),
        "status" => text("Status", chosen(filter.status.as_ref()?, |status| status_word(*status).to_owned())),
        "failure_kind" => text("Failure", chosen(filter.failure_kind.as_ref()?, |kind| kind_word(*kind).to_owned())),
        "trigger" => text("Trigger", chosen(filter.trigger.as_ref()?, |trigger| trigger_words(*trigger).1.to_owned())),
        "hook" => text(
            "Webhook",
            match filter.hook.as_ref()? {
                ThroughHook::Any => "any".to_owned(),
                ThroughHook::None => "none".to_owned(),
                ThroughHook::These(hooks) => chosen(hooks, |hook| format!("#{hook}")),
            },
        ),
        "model" => text("Model", chosen(filter.model.as_ref()?, Clone::clone)),
        "version" => text("Version", chosen(filter.version.as_ref()?, ToString::to_string)),
        "tag" => text("Tag", chosen(filter.tag.as_ref()?, Clone::clone)),
        "period" | "from" | "to" => match filter.within {
            Within::Last(period) => text("Accepted", period_words(period).to_owned()),
            Within::Range { from, to } => Some(("Accepted".to_owned(), ChipValue::Times { from, to })),
            Within::Always => None,
        },
        "min_duration_s" => text("Duration", format!("at least {} s", filter.min_duration_s?)),
        "min_cost_usd" => text("Cost", format!("at least {}", filter.min_cost?)),
        "retried" => text("Retried", if filter.retried? { "yes" } else { "no" }.to_owned()),
        "signal" => text("Signal", signal_words(filter.signal.as_ref()?)),
        "q" => text("Search", filter.q.clone()?),
        name => {
            let key = name.strip_prefix(METADATA)?;
            text(key, chosen(filter.metadata.get(key)?, Clone::clone))
        }
    }
}

fn signal_words(choice: &Choice<Signal>) -> String {
    match choice.values.len() == Signal::ALL.len() {
        true => if choice.negated { "none" } else { "any" }.to_owned(),
        false => chosen(choice, |signal| signal.label()),
    }
}

fn chosen<T: Display>(choice: &Choice<T>, word: impl Fn(&T) -> String) -> String {
    let words: Vec<_> = choice.values.iter().map(word).collect();
    format!("{}{}", if choice.negated { "not " } else { "" }, words.join(", "))
}

fn agent_words(id: AgentId, agents: &[AgentName]) -> String {
    agents.iter().find(|agent| agent.id == id).map_or_else(|| format!("#{id}"), |agent| agent.name.clone())
}

/// Returns a status in the word that rows have for it.
pub fn status_word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Queued => "Queued",
        RunStatus::Running => "Running",
        RunStatus::Success => "Success",
        RunStatus::Failed => "Failed",
        RunStatus::Cancelled => "Stopped",
        RunStatus::Skipped => "Skipped",
    }
}

/// Returns a kind of failure in a word.
pub fn kind_word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Error => "Error",
        FailureKind::Timeout => "Timed out",
        FailureKind::Interrupted => "Interrupted",
        FailureKind::Budget => "Over budget",
    }
}

/// `Last 24 h`.
pub fn period_words(period: Period) -> &'static str {
    match period {
        Period::Hour => "Last hour",
        Period::Day => "Last 24 h",
        Period::Week => "Last 7 days",
        Period::Month => "Last 30 days",
    }
}

/// Returns what all runs cost: `≥` where not all of it is known, a dash where nothing is.
pub fn totals_cost(totals: &RunTotals) -> String {
    let least = if totals.unpriced_runs > 0 { "≥ " } else { "" };
    totals.total_cost.map_or_else(|| "—".to_owned(), |cost| format!("{least}{cost}"))
}

/// `12 new runs`, `99+ new runs`.
pub fn new_words(new: i64) -> String {
    match new {
        1 => "1 new run".to_owned(),
        100.. => "99+ new runs".to_owned(),
        new => format!("{new} new runs"),
    }
}

#[cfg(test)]
mod tests;
