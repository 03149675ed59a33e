//! Waterfalls: a row for each part of something that took time, its bars on one axis of milliseconds from the beginning. A table for
//! those who do not see it, with each row's times in words. Knows nothing of steps or runs.
//!
//! Rows are independent of each other and of one height, so a style can leave those out of view undrawn, however many there are.

use super::axis::Axis;
use super::{Unit, escaped};
use crate::domain::duration::format_ms;
use std::fmt::Write;

/// Least width of a bar, in thousandths of the axis.
const LEAST: f64 = 2.0;

/// Looks of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Main,
    Second,
    Failed,
    /// Goes on.
    Open,
    /// Nothing was done: a pause between two attempts.
    Wait,
}

/// A time within a row, in milliseconds from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    pub from: i64,
    pub to: i64,
    pub fill: Fill,
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub label: String,
    /// Whether the label is a name rather than words.
    pub is_name: bool,
    /// Whether it is part of the row above that is not.
    pub is_inner: bool,
    pub icon: &'static str,
    /// A word beside the label; may be empty.
    pub note: String,
    pub has_failed: bool,
    pub href: String,
    /// One after the other.
    pub bars: Vec<Bar>,
    /// Its times in words.
    pub words: String,
    /// The figures in the last two columns; where one is empty there is none.
    pub figures: [String; 2],
}

/// A waterfall.
#[derive(Clone, Debug)]
pub struct Waterfall {
    /// Unique within the page; letters and hyphens.
    pub id: &'static str,
    pub title: &'static str,
    /// Beside the title; may be empty.
    pub about: String,
    /// Milliseconds from the beginning to the end.
    pub took: i64,
    /// Heads of the column of labels and of the figures.
    pub heads: [&'static str; 3],
    pub rows: Vec<Row>,
}

impl Waterfall {
    /// Returns the panel with the waterfall.
    pub fn html(&self) -> String {
        let Self { id, title, heads: [first, second, third], .. } = self;
        let axis = Axis::of(Unit::Duration, self.took);
        let labels: String = (0..axis.steps)
            .map(|at| format!("<span>{}</span>", Unit::Duration.round(axis.step.saturating_mul(at))))
            .collect();
        let rows: String = self.rows.iter().map(|row| row.html(axis)).collect();
        format!(
            "<section class=\"panel\" aria-labelledby=\"{id}-h\"><div class=\"panel__head\"><h2 id=\"{id}-h\">{title}</h2><p>{}</p></div>\
             <div class=\"waterfall-box\"><table class=\"waterfall waterfall--{}\" role=\"table\" aria-labelledby=\"{id}-h\">\
             <thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">{first}</th>\
             <th role=\"columnheader\" scope=\"col\" class=\"waterfall__cell\"><span class=\"visually-hidden\">Time</span>\
             <span class=\"waterfall__axis\" aria-hidden=\"true\">{labels}</span></th>\
             <th role=\"columnheader\" scope=\"col\" class=\"num\">{second}</th>\
             <th role=\"columnheader\" scope=\"col\" class=\"num\">{third}</th></tr></thead>\
             <tbody role=\"rowgroup\">{rows}</tbody></table></div></section>",
            escaped(&self.about),
            axis.steps,
        )
    }
}

impl Row {
    fn html(&self, axis: Axis) -> String {
        let class = |is: bool, class: &'static str| if is { class } else { "" };
        let note = match self.note.is_empty() {
            true => String::new(),
            false => format!("<span class=\"step__note\">{}</span>", escaped(&self.note)),
        };
        let figure = |text: &String| match text.is_empty() {
            true => {
                "<td role=\"cell\" class=\"num\"><span class=\"dash\" role=\"img\" aria-label=\"none\">—</span></td>"
                    .to_owned()
            }
            false => format!("<td role=\"cell\" class=\"num\">{}</td>", escaped(text)),
        };
        let figures: String = self.figures.iter().map(figure).collect();
        format!(
            "<tr role=\"row\"{}><th role=\"rowheader\" scope=\"row\"><a class=\"step{}\" href=\"{}\"><svg class=\"icon\" \
             aria-hidden=\"true\"><use href=\"/icons.svg#i-{}\"/></svg><span{} dir=\"auto\">{}</span>{note}</a></th>\
             <td role=\"cell\" class=\"waterfall__cell\"><svg class=\"waterfall__plot\" viewBox=\"0 0 1000 30\" \
             preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">{}</svg></td>{figures}</tr>",
            class(self.has_failed, " class=\"is-failed\""),
            class(self.is_inner, " step--2"),
            escaped(&self.href),
            self.icon,
            class(self.is_name, " class=\"mono\""),
            escaped(&self.label),
            escaped(&self.words),
            self.drawn(axis),
        )
    }

    fn drawn(&self, axis: Axis) -> String {
        let (y, height) = if self.is_inner { (11, 8) } else { (9, 12) };
        let mut svg = String::new();
        for Bar { from, to, fill } in &self.bars {
            let (x, end) = (place(axis, *from), place(axis, *to));
            let width = two_digits((end - x).max(LEAST));
            let x = two_digits(x.min(1_000.0 - LEAST));
            let _ = write!(
                svg,
                "<rect class=\"wf {}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>",
                fill.class()
            );
        }
        svg
    }
}

impl Fill {
    fn class(self) -> &'static str {
        match self {
            Self::Main => "wf--model",
            Self::Second => "wf--tool",
            Self::Failed => "wf--failed",
            Self::Open => "wf--running",
            Self::Wait => "wf--wait",
        }
    }
}

/// Returns where a time is on an axis of which the whole is 1,000.
fn place(axis: Axis, ms: i64) -> f64 {
    ms.clamp(0, axis.top()) as f64 / axis.top() as f64 * 1_000.0
}

fn two_digits(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// Returns a time span in words: `from 3.8 s to 5.0 s`.
pub fn span_words(from: i64, to: Option<i64>) -> String {
    match to {
        Some(to) => format!("from {} to {}", format_ms(from), format_ms(to)),
        None => format!("from {}, still running", format_ms(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(bars: Vec<Bar>) -> Row {
        Row {
            label: "<b>Call".to_owned(),
            is_name: true,
            is_inner: false,
            icon: "model",
            note: String::new(),
            has_failed: false,
            href: "#step-1".to_owned(),
            bars,
            words: span_words(0, Some(9_000)),
            figures: ["9.0 s".to_owned(), String::new()],
        }
    }

    fn drawn(took: i64, rows: Vec<Row>) -> String {
        let heads = ["Step", "Duration", "Tokens"];
        Waterfall { id: "wf", title: "Timeline", about: "<i>".to_owned(), took, heads, rows }.html()
    }

    #[test]
    fn bars_stand_where_the_axis_says() {
        let bar = |from, to, fill| Bar { from, to, fill };
        let bars = vec![bar(0, 9_500, Fill::Failed), bar(9_500, 10_000, Fill::Wait), bar(10_000, 38_600, Fill::Main)];
        let html = drawn(38_600, vec![row(bars)]);
        assert!(html.contains("<span>0</span><span>10 s</span><span>20 s</span><span>30 s</span></span>"), "{html}");
        assert!(html.contains("waterfall--4"), "the grid has as many parts as the axis: {html}");
        for bar in [
            "wf--failed\" x=\"0\" y=\"9\" width=\"237.5\"",
            "wf--wait\" x=\"237.5\" y=\"9\" width=\"12.5\"",
            "wf--model\" x=\"250\" y=\"9\" width=\"715\"",
        ] {
            assert!(html.contains(bar), "{bar}: {html}");
        }
    }

    #[test]
    fn a_bar_of_no_time_is_still_seen_and_none_leaves_the_axis() {
        let html = drawn(1_000, vec![row(vec![Bar { from: 1_000, to: 1_000, fill: Fill::Second }])]);
        assert!(html.contains("x=\"998\" y=\"9\" width=\"2\""), "{html}");
        let html = drawn(1_000, vec![row(vec![Bar { from: -50, to: 900_000, fill: Fill::Open }])]);
        assert!(html.contains("x=\"0\" y=\"9\" width=\"1000\""), "{html}");
        assert!(drawn(0, Vec::new()).contains("waterfall--1"), "nothing took no time");
    }

    #[test]
    fn a_row_is_read_out_and_leads_somewhere_and_its_words_are_text() {
        let html = drawn(9_000, vec![row(Vec::new())]);
        assert!(html.contains("aria-label=\"from 0 ms to 9.0 s\"") && html.contains("href=\"#step-1\""), "{html}");
        assert!(html.contains("&lt;b&gt;Call") && html.contains("&lt;i&gt;"), "{html}");
        assert!(html.contains("<td role=\"cell\" class=\"num\">9.0 s</td>") && html.contains("aria-label=\"none\""));
    }
}
