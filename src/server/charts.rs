//! Charts as HTML that is whole as it is: a stretched drawing with words around it, each point's values for whoever points at it or
//! goes there by the arrow keys, and a table of all. No script is needed to read one. Pure; knows numbers, units and words, and
//! nothing of agents or runs.
//!
//! Values are there by radio buttons over the points: one stop for the tabulator, arrow keys from one to the next, and names that
//! are read out, all of it the browser's own.

mod axis;
mod parts;
mod plot;
#[cfg(test)]
mod tests;
mod text;
pub mod waterfall;

pub use self::text::{escaped, format_day};

use self::axis::Axis;

/// The unit of a chart's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Runs,
    Tokens,
    /// Milliseconds.
    Duration,
    /// Nano-dollars.
    Cost,
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// The series stand on one another, the first at the bottom.
    Bars,
    /// A line for each series, interrupted where a value is not known.
    Lines,
}

/// Looks of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Good,
    Bad,
    Main,
    Second,
    Third,
    /// Another unit's, over bars.
    Line,
}

/// The values of one kind, one for each point.
#[derive(Clone, Debug)]
pub struct Series {
    pub name: &'static str,
    pub look: Look,
    /// `None` where a value is not known. None is negative.
    pub values: Vec<Option<i64>>,
    /// What they come to, for the legend; empty for nothing.
    pub figure: String,
}

/// A line over the bars, on an axis of its own.
#[derive(Clone, Debug)]
pub struct Over {
    pub unit: Unit,
    pub series: Series,
}

/// A value that is not to be exceeded.
#[derive(Clone, Debug)]
pub struct Limit {
    pub value: i64,
    pub words: String,
}

/// Something that happened at a point, with where it is shown.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The point, from 0.
    pub at: usize,
    pub short: String,
    pub words: String,
    pub href: String,
}

/// A chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Unique within the page; letters and hyphens.
    pub id: &'static str,
    pub title: &'static str,
    /// Beside the title; may be empty.
    pub about: String,
    /// What it shows, in a sentence.
    pub summary: String,
    /// The same where it says more than the chart, below it; may be empty.
    pub note: String,
    pub drawing: Drawing,
    pub unit: Unit,
    /// The kind of the points, as the head of a column.
    pub points_are: &'static str,
    /// A label for each point, such as its day.
    pub points: Vec<String>,
    /// From this point on values are expected ones.
    pub expected_from: usize,
    pub series: Vec<Series>,
    /// Only with bars.
    pub over: Option<Over>,
    pub limit: Option<Limit>,
    pub marks: Vec<Mark>,
    /// Says that there is nothing to draw.
    pub empty: &'static str,
}

impl Chart {
    /// Returns the panel with the chart.
    pub fn html(&self) -> String {
        let Self { id, title, .. } = self;
        let about = match self.about.is_empty() {
            true => String::new(),
            false => format!("<p>{}</p>", escaped(&self.about)),
        };
        let note = match self.note.is_empty() {
            true => String::new(),
            false => format!("<p class=\"chart-note\">{}</p>", escaped(&self.note)),
        };
        let axis = Axis::of(self.unit, self.highest());
        let is_large = self.drawing == Drawing::Bars && matches!(self.unit, Unit::Runs | Unit::Tokens);
        let small = if is_large { "" } else { " chart--s" };
        format!(
            "<section class=\"panel\" aria-labelledby=\"{id}-h\"><div class=\"panel__head\"><h2 id=\"{id}-h\">{title}</h2>{about}</div>\
             <div class=\"panel__body\"><div class=\"chart{small}\" role=\"group\" aria-labelledby=\"{id}-h\" aria-describedby=\"{id}-s\">\
             <p class=\"visually-hidden\" id=\"{id}-s\">{}</p>{}{}{}{}{}</div>{note}{}</div></section>",
            escaped(&self.summary),
            self.legend(),
            axis.labels(self.unit, "chart__y"),
            self.over.as_ref().map(|over| over.axis().labels(over.unit, "chart__y2")).unwrap_or_default(),
            self.plot(&axis),
            self.values(),
            self.table(),
        )
    }

    /// Whether there is anything to draw.
    fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.values.iter().all(|value| value.unwrap_or(0) == 0))
    }

    /// Returns all series, each with its unit.
    fn all_series(&self) -> impl Iterator<Item = (&Series, Unit)> + Clone {
        let over = self.over.iter().map(|over| (&over.series, over.unit));
        self.series.iter().map(|series| (series, self.unit)).chain(over)
    }

    /// Returns the highest value that has to fit.
    fn highest(&self) -> i64 {
        let at =
            |point: usize| self.series.iter().filter_map(move |series| series.values.get(point).copied().flatten());
        let of_point = |point: usize| match self.drawing {
            Drawing::Bars => at(point).fold(0, i64::saturating_add),
            Drawing::Lines => at(point).max().unwrap_or(0),
        };
        let values = (0..self.points.len()).map(of_point).max().unwrap_or(0);
        // A limit far above everything would press the lines to the ground.
        let limit = self.limit.as_ref().map(|limit| limit.value).filter(|limit| *limit <= values.saturating_mul(4));
        values.max(limit.unwrap_or(0))
    }
}

impl Over {
    fn axis(&self) -> Axis {
        Axis::of(self.unit, self.series.values.iter().copied().flatten().max().unwrap_or(0))
    }
}

impl Look {
    /// Returns the class of its key in legends.
    fn key(self) -> &'static str {
        match self {
            Self::Good => "key--success",
            Self::Bad => "key--failed",
            Self::Main => "key--1",
            Self::Second => "key--2",
            Self::Third => "key--3",
            Self::Line => "key--line",
        }
    }
}
