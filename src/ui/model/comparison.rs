//! The page that compares two runs: its address, and what it shows in words and figures. Pure.

use crate::domain::agent::version::DiffPart;
use crate::domain::decimal::rounded;
use crate::domain::duration::{format_count, format_ms};
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::step::StepKind;
use crate::domain::views::comparison::{CostChange, PairedStep, RunComparison, StepDifference, StepPair, WordDiff};

/// The page.
pub const COMPARE: &str = "/runs/compare";
/// Stands for the last good run in an address.
pub const LAST_GOOD: &str = "last_good";
/// Width of the plot of a pair of steps, in its own units.
pub const PLOT: i64 = 1_000;
/// Characters of an address's part that are kept: ids are shorter.
const LONGEST: usize = 20;
/// Milliseconds from which on a step that takes longer, or shorter, is worth a colour, if that is a fifth of what it took.
const WORTH_A_COLOUR: i64 = 1_000;

/// Which runs the page compares: `/runs/compare?a=7&b=last_good`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompareAddress {
    /// The run in question.
    pub a: String,
    /// The one that it is compared with.
    pub b: String,
}

impl CompareAddress {
    /// Says what an address has to name.
    pub const WANTED: &str =
        "Name two runs by their numbers: the run in question, and the one to compare it with or last_good.";

    /// Reads the query of an address, without its question mark. What it does not say is empty.
    pub fn from_query(query: &str) -> Self {
        let mut address = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value: String = value.trim().trim_start_matches('#').chars().take(LONGEST).collect();
            match &*key {
                "a" => address.a = value,
                "b" => address.b = value,
                _ => {}
            }
        }
        address
    }
}

/// Returns where a run is compared with the last good one.
pub fn good_href(a: RunId) -> String {
    format!("{COMPARE}?a={a}&b={LAST_GOOD}")
}

/// Returns where two runs are compared.
pub fn compare_href(a: RunId, b: RunId) -> String {
    format!("{COMPARE}?a={a}&b={b}")
}

/// A piece of two texts in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    /// Only in the run that is compared with.
    Gone(String),
    /// Only in the run in question.
    New(String),
}

/// Returns two texts as one: what is in both once, and what was replaced before what took its place.
pub fn merged(diff: &WordDiff) -> Vec<Piece> {
    let (mut now, mut then) = (Parts::of(&diff.a), Parts::of(&diff.b));
    let mut pieces = Vec::new();
    loop {
        if let Some(gone) = then.changed() {
            pieces.push(Piece::Gone(gone));
        } else if let Some(new) = now.changed() {
            pieces.push(Piece::New(new));
        } else {
            let len = now.left().min(then.left());
            if len == 0 {
                return pieces;
            }
            then.take(len);
            pieces.push(Piece::Same(now.take(len)));
        }
    }
}

/// The pieces of a text that are left.
struct Parts<'a> {
    parts: &'a [DiffPart],
    /// Bytes of the first that are taken.
    taken: usize,
}

impl<'a> Parts<'a> {
    fn of(parts: &'a [DiffPart]) -> Self {
        Self { parts, taken: 0 }
    }

    /// Takes the next piece if it is changed.
    fn changed(&mut self) -> Option<String> {
        let (first, rest) = self.parts.split_first()?;
        first.changed.then(|| {
            self.parts = rest;
            first.text.clone()
        })
    }

    /// Bytes that are left of the next piece.
    fn left(&self) -> usize {
        self.parts.first().map_or(0, |part| part.text.len().saturating_sub(self.taken))
    }

    /// Takes so many bytes of the next piece, which are the same as in the other text, so no character is cut.
    fn take(&mut self, len: usize) -> String {
        let Some((first, rest)) = self.parts.split_first() else { return String::new() };
        let end = self.taken + len;
        let text = first.text.get(self.taken..end).unwrap_or_default().to_owned();
        (self.parts, self.taken) = if end >= first.text.len() { (rest, 0) } else { (self.parts, end) };
        text
    }
}

/// A difference of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `+3.7 s`, `=`; empty where it is not known.
    pub text: String,
    pub class: &'static str,
}

fn sign(n: i64) -> &'static str {
    if n < 0 { "−" } else { "+" }
}

fn change(n: Option<i64>, text: impl Fn(i64) -> String) -> Change {
    let text = match n {
        None => String::new(),
        Some(0) => "=".to_owned(),
        Some(n) => format!("{}{}", sign(n), text(n.saturating_abs())),
    };
    Change { text, class: "delta" }
}

/// Returns by how much longer something took than `then` milliseconds.
pub fn time_change(by: Option<i64>, then: Option<i64>) -> Change {
    let is_much = |by: i64| by.saturating_abs() >= WORTH_A_COLOUR && by.saturating_abs() >= then.unwrap_or(0) / 5;
    let class = match by {
        Some(by) if is_much(by) && by > 0 => "delta delta--worse",
        Some(by) if is_much(by) => "delta delta--better",
        _ => "delta",
    };
    Change { class, ..change(by, format_ms) }
}

pub fn token_change(by: Option<i64>) -> Change {
    change(by, format_count)
}

pub fn cost_change(by: Option<CostChange>) -> Change {
    change(by.map(|by| by.0), |nano| NanoDollars(nano).to_string())
}

/// Returns the name of a call, with the numbers that it has in both runs: `Model call 3, here 4`.
pub fn call_words(pair: &StepPair) -> String {
    let name = match pair.kind {
        StepKind::ModelCall => "Model call",
        StepKind::ToolCall => &pair.name,
    };
    let number = |step: &Option<PairedStep>| step.as_ref().map(|step| step.number);
    let shown = |number: i64| match pair.kind {
        StepKind::ToolCall if number == 1 => name.to_owned(),
        _ => format!("{name} {number}"),
    };
    match (number(&pair.b), number(&pair.a)) {
        (Some(then), Some(now)) if then != now => format!("{}, here {now}", shown(then)),
        (Some(number), _) | (None, Some(number)) => shown(number),
        (None, None) => name.to_owned(),
    }
}

/// Returns the note on a pair of steps; `None` where there is nothing to note.
pub fn pair_note(pair: &StepPair, a: RunId, b: RunId) -> Option<String> {
    match pair.differs? {
        StepDifference::OnlyA => Some(format!("Only in #{a}")),
        StepDifference::OnlyB => Some(format!("Only in #{b}")),
        StepDifference::Status => Some(format!("Failed in #{}", if failed(&pair.a) { a } else { b })),
        StepDifference::Arguments => Some("Other arguments".to_owned()),
    }
}

fn failed(step: &Option<PairedStep>) -> bool {
    step.as_ref().is_some_and(|step| step.error.is_some())
}

/// Returns a sentence on where the runs part: the call, and what became of it in either.
pub fn fork_words(pair: &StepPair, a: RunId, b: RunId) -> String {
    let took = |step: &Option<PairedStep>| step.as_ref().and_then(|step| step.figures.duration_ms).map(format_ms);
    let fate = |step: &Option<PairedStep>| match (failed(step), took(step)) {
        (true, Some(took)) => format!("failed after {took}"),
        (true, None) => "failed".to_owned(),
        (false, Some(took)) => format!("succeeded in {took}"),
        (false, None) => "did not fail".to_owned(),
    };
    match pair.differs {
        Some(StepDifference::OnlyA) => format!("was made in #{a} and not in #{b}."),
        Some(StepDifference::OnlyB) => format!("was made in #{b} and not in #{a}."),
        _ => format!("{} in #{b}, and {} in #{a}.", fate(&pair.b), fate(&pair.a)),
    }
}

/// Returns how long the plot of the steps is, in milliseconds: as long as the longer run.
pub fn span_ms(compared: &RunComparison) -> i64 {
    let ends = compared.steps.iter().flat_map(|pair| [&pair.a, &pair.b]).flatten();
    let ends = ends.map(|step| step.offset_ms.saturating_add(step.figures.duration_ms.unwrap_or(0)));
    ends.chain([compared.a.run.duration_ms, compared.b.run.duration_ms].into_iter().flatten()).max().unwrap_or(0).max(1)
}

/// Returns where a step begins in the plot, and how wide it is: never too narrow to be seen.
pub fn bar(step: &PairedStep, span: i64) -> (i64, i64) {
    let at = |ms: i64| rounded(ms.clamp(0, span).saturating_mul(PLOT), span);
    let start = at(step.offset_ms).min(PLOT - 4);
    let end = at(step.offset_ms.saturating_add(step.figures.duration_ms.unwrap_or(0)));
    (start, (end - start).max(4))
}

/// `28 words removed, 19 added`.
pub fn word_counts(diff: &WordDiff) -> String {
    let words = |count: i64| if count == 1 { "1 word".to_owned() } else { format!("{} words", format_count(count)) };
    match (diff.removed, diff.added) {
        (0, 0) => "The same".to_owned(),
        (removed, 0) => format!("{} removed", words(removed)),
        (0, added) => format!("{} added", words(added)),
        (removed, added) => format!("{} removed, {} added", words(removed), format_count(added)),
    }
}

#[cfg(test)]
mod tests;
