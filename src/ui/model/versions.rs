//! The page of an agent's versions: its address, and its figures in words. Pure.

use crate::domain::agent::version::{AgentVersion, DiffLine, LineKind, VersionFigures};
use crate::domain::decimal::{fixed, rounded};
use crate::domain::id::AgentId;
use crate::domain::money::NanoDollars;

/// Runs that a version needs before it is compared with the one before it.
const ENOUGH: i64 = 20;

/// Which versions the page shows: `/agents/4/versions?a=3&b=5`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VersionsAddress {
    /// The version that is compared with…
    pub a: Option<i64>,
    /// …this one.
    pub b: Option<i64>,
    /// The list begins below this number.
    pub below: Option<i64>,
}

impl VersionsAddress {
    /// Returns the page with these two compared.
    pub fn of(a: i64, b: i64) -> Self {
        Self { a: Some(a), b: Some(b), below: None }
    }

    /// Reads the query of an address, without its question mark. What is no number is as if it were not there.
    pub fn from_query(query: &str) -> Self {
        let mut address = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "a" => address.a = value.parse().ok(),
                "b" => address.b = value.parse().ok(),
                "below" => address.below = value.parse().ok(),
                _ => {}
            }
        }
        address
    }

    /// Returns the address of the page of an agent.
    pub fn href(self, agent: AgentId) -> String {
        let param = |name: &str, number: Option<i64>| number.map(|number| format!("{name}={number}"));
        let params = [param("a", self.a), param("b", self.b), param("below", self.below)];
        let query: Vec<String> = params.into_iter().flatten().collect();
        match query.is_empty() {
            true => format!("/agents/{agent}/versions"),
            false => format!("/agents/{agent}/versions?{}", query.join("&")),
        }
    }
}

/// Returns where a run's version is shown: what it changed.
pub fn version_href(agent: AgentId, version: i64) -> String {
    VersionsAddress { b: Some(version), ..VersionsAddress::default() }.href(agent)
}

/// How a figure differs from that of the version before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// `−5.6 pp`.
    pub text: String,
    pub class: &'static str,
}

/// Returns how the success rate differs, once both versions have enough runs. Less than half a point is left out.
pub fn success_delta(now: &VersionFigures, before: &VersionFigures) -> Option<Delta> {
    let thousandths = |figures: &VersionFigures| figures.success_rate.map(|rate| (rate * 1_000.0).round() as i64);
    let (after, from) = thousandths(now).zip(thousandths(before)).filter(|_| are_enough(now, before))?;
    let tenths = after - from;
    (tenths.abs() >= 5).then(|| Delta {
        text: format!("{}{} pp", sign(tenths), fixed(tenths.abs(), 1)),
        class: if tenths > 0 { "delta delta--better" } else { "delta delta--worse" },
    })
}

/// Returns how the cost of a run differs, once both versions have enough runs. Less than 5 % is left out.
pub fn cost_delta(now: &VersionFigures, before: &VersionFigures) -> Option<Delta> {
    let (after, from) = cost_per_run(now).zip(cost_per_run(before)).filter(|_| are_enough(now, before))?;
    let is_known = now.unpriced == 0 && before.unpriced == 0 && from.0 > 0;
    let percent = is_known.then(|| rounded((after.0 - from.0).abs().saturating_mul(100), from.0))?;
    let grows = after.0 > from.0;
    (percent >= 5).then(|| Delta {
        text: format!("{}{percent}%", if grows { "+" } else { "−" }),
        class: if grows { "delta delta--worse" } else { "delta delta--better" },
    })
}

fn are_enough(now: &VersionFigures, before: &VersionFigures) -> bool {
    now.runs >= ENOUGH && before.runs >= ENOUGH
}

fn sign(number: i64) -> &'static str {
    if number < 0 { "−" } else { "+" }
}

/// Returns what a run of a version cost on average, as far as it is known.
pub fn cost_per_run(figures: &VersionFigures) -> Option<NanoDollars> {
    let cost = figures.cost?;
    (figures.runs > 0).then(|| NanoDollars(rounded(cost.0, figures.runs)))
}

/// `$0.016`, or `≥ $0.016` where not all of it is known.
pub fn cost_words(figures: &VersionFigures) -> Option<String> {
    let least = if figures.unpriced > 0 { "≥ " } else { "" };
    cost_per_run(figures).map(|cost| format!("{least}{cost}"))
}

/// `3 lines added, 2 removed`.
pub fn line_words(lines: &[DiffLine]) -> String {
    let count = |kind| lines.iter().filter(|line| line.kind == kind).count();
    let words = |count: usize| if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
    match (count(LineKind::Added), count(LineKind::Removed)) {
        (0, 0) => "the same but for how it ends".to_owned(),
        (added, 0) => format!("{} added", words(added)),
        (0, removed) => format!("{} removed", words(removed)),
        (added, removed) => format!("{} added, {removed} removed", words(added)),
    }
}

/// Returns which of two compared versions can be restored: the first, unless that is the present one.
pub fn restorable(a: i64, b: i64, present: i64) -> Option<i64> {
    [a, b].into_iter().find(|number| *number != present)
}

/// Returns the version before one of a list, which is sorted, newest first; `None` where it is not known to be there.
pub fn before(versions: &[AgentVersion], at: usize, has_older: bool) -> Option<i64> {
    match versions.get(at + 1) {
        Some(version) => Some(version.number),
        None => versions.get(at).filter(|_| has_older).map(|version| version.number - 1),
    }
}

#[cfg(test)]
mod tests;
