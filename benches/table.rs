//! Figures, and the table they make. Knows nothing of how they come about.

use std::fmt::Write;
use std::time::Duration;

/// The unit of a figure. Times are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    PerSecond,
    Milliseconds,
    Bytes,
    Count,
}

impl Unit {
    pub fn show(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{}/s", three_digits(value)),
            Self::Milliseconds if value < 1.0 => format!("{} µs", three_digits(value * 1e3)),
            Self::Milliseconds => format!("{} ms", three_digits(value)),
            Self::Bytes if value < 1e6 => format!("{} kB", three_digits(value / 1e3)),
            Self::Bytes => format!("{} MB", three_digits(value / 1e6)),
            Self::Count => three_digits(value),
        }
    }
}

/// Returns a number to three digits: more would be noise.
fn three_digits(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

/// The goal of a figure. A ratio is of the figure to its reference.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    RatioAtLeast(f64),
    RatioAtMost(f64),
}

/// One measurement: the figure, and its reference where it has one.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    pub figure: f64,
    pub reference: Option<f64>,
}

impl Round {
    pub fn alone(figure: f64) -> Self {
        Self { figure, reference: None }
    }

    pub fn beside(figure: f64, reference: f64) -> Self {
        Self { figure, reference: Some(reference) }
    }
}

/// A line of the table: the medians of several rounds.
#[derive(Clone, Debug)]
pub struct Figure {
    pub name: &'static str,
    pub unit: Unit,
    pub goal: Goal,
    /// Its reference, measured in the same rounds; empty where there is none.
    pub against: &'static str,
    pub rounds: Vec<Round>,
}

impl Figure {
    fn figure(&self) -> f64 {
        median(self.rounds.iter().map(|round| round.figure))
    }

    fn reference(&self) -> Option<f64> {
        let all: Option<Vec<f64>> = self.rounds.iter().map(|round| round.reference).collect();
        all.map(|all| median(all.into_iter()))
    }

    /// Each round's ratio first, then their median: what slows a round down slows both of its sides.
    fn ratio(&self) -> Option<f64> {
        let of = |round: &Round| round.reference.map(|reference| round.figure / reference);
        let all: Option<Vec<f64>> = self.rounds.iter().map(of).collect();
        all.map(|all| median(all.into_iter()))
    }

    /// Returns the goal in words, and whether it is met.
    fn judged(&self) -> (String, &'static str) {
        let met = |is_met: bool| if is_met { "yes" } else { "no" };
        let ratio = self.ratio().unwrap_or(f64::NAN);
        match self.goal {
            Goal::AtLeast(goal) => (format!("≥ {}", self.unit.show(goal)), met(self.figure() >= goal)),
            Goal::AtMost(goal) => (format!("≤ {}", self.unit.show(goal)), met(self.figure() <= goal)),
            Goal::RatioAtLeast(goal) => (format!("ratio ≥ {goal}"), met(ratio >= goal)),
            Goal::RatioAtMost(goal) => (format!("ratio ≤ {goal}"), met(ratio <= goal)),
        }
    }

    fn cells(&self) -> [String; 7] {
        let (goal, met) = self.judged();
        let reference = self.reference().map_or(String::new(), |value| self.unit.show(value));
        let ratio = self.ratio().map_or(String::new(), |ratio| format!("{ratio:.2}"));
        [
            self.name.to_owned(),
            self.unit.show(self.figure()),
            goal,
            met.to_owned(),
            self.against.to_owned(),
            reference,
            ratio,
        ]
    }
}

const HEADS: [&str; 7] = ["Figure", "Measured", "Goal", "Met", "Reference", "Measured", "Ratio"];

/// Lays the figures out as a table, which is Markdown as well.
pub fn layout(figures: &[Figure]) -> String {
    let mut rows = vec![HEADS.map(str::to_owned)];
    rows.extend(figures.iter().map(Figure::cells));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; HEADS.len()] = std::array::from_fn(width);
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
        if at == 0 {
            text.extend(widths.map(|width| format!("|{}", "-".repeat(width + 2))));
            text.push_str("|\n");
        }
    }
    text
}

/// Returns the middle one; of an even number the higher of the two.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the median in milliseconds.
pub fn p50(times: &[Duration]) -> f64 {
    median(times.iter().map(|time| time.as_secs_f64() * 1e3))
}
