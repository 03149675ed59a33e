//! What stands around the drawing and over it: legend, values, marks, labels of points, the table.

use super::{Chart, Drawing, Limit, Series, Unit, escaped};
use std::fmt::Write;

/// Points between two labels of marks, so that neither covers the other.
const APART: f64 = 55.0;
/// Most points whose values lie over them: of more, none is wide enough to be pointed at. The table has them.
const SLOTS: usize = 100;
/// Labels below the drawing.
const LABELS: usize = 4;

impl Chart {
    pub(super) fn legend(&self) -> String {
        let item = |Series { name, look, figure, .. }: &Series| {
            let figure = match figure.is_empty() {
                true => String::new(),
                false => format!(" <strong>{}</strong>", escaped(figure)),
            };
            format!("<li><span class=\"key {}\"></span>{}{figure}</li>", look.key(), escaped(name))
        };
        let mut items: String = self.all_series().map(|(series, _)| item(series)).collect();
        if let Some(Limit { words, .. }) = &self.limit {
            let _ = write!(items, "<li><span class=\"key key--limit\"></span>{}</li>", escaped(words));
        }
        format!("<ul class=\"chart__legend\">{items}</ul>")
    }

    /// Returns what lies over the drawing and below it.
    pub(super) fn values(&self) -> String {
        if self.is_empty() {
            return format!("<p class=\"chart__none\">{}</p>{}", escaped(self.empty), self.labels());
        }
        if self.points.len() > SLOTS {
            return format!("{}{}", self.marked(), self.labels());
        }
        let slots: String = (0..self.points.len()).map(|point| self.slot(point)).collect();
        format!(
            "<div class=\"chart__slots\" role=\"radiogroup\" aria-label=\"{}, values\">{slots}</div>{}{}",
            escaped(self.title),
            self.marked(),
            self.labels(),
        )
    }

    fn slot(&self, point: usize) -> String {
        let label = self.label(point);
        let values = self.all_series().map(|(series, unit)| (series, self.shown(series, unit, point)));
        let read: Vec<String> = values.clone().map(|(series, value)| format!("{} {value}", series.name)).collect();
        let row = |(series, value): (&Series, String)| {
            let key = format!("<span class=\"key {}\"></span>", series.look.key());
            format!("<span class=\"tip__row\">{key}{}<b>{}</b></span>", escaped(series.name), escaped(&value))
        };
        let rows: String = values.map(row).collect();
        let checked = if point + 1 == self.points.len() { " checked" } else { "" };
        format!(
            "<label><input type=\"radio\" name=\"{}-at\" aria-label=\"{}: {}\"{checked}>\
             <span class=\"tip\" aria-hidden=\"true\"><strong>{}</strong>{rows}</span></label>",
            self.id,
            escaped(&label),
            escaped(&read.join(", ")),
            escaped(&label),
        )
    }

    /// Returns a point's label, which says where its values are expected ones.
    fn label(&self, point: usize) -> String {
        let label = self.points.get(point).cloned().unwrap_or_default();
        match point >= self.expected_from {
            true => format!("{label}, expected"),
            false => label,
        }
    }

    fn shown(&self, series: &Series, unit: Unit, point: usize) -> String {
        match series.values.get(point).copied().flatten() {
            Some(value) => unit.shown(value),
            None => match self.drawing {
                Drawing::Bars => "not known".to_owned(),
                Drawing::Lines => "no runs".to_owned(),
            },
        }
    }

    fn marked(&self) -> String {
        if self.marks.is_empty() {
            return String::new();
        }
        let mut labelled = f64::NEG_INFINITY;
        let mut marks = String::new();
        for mark in &self.marks {
            let (_, middle) = self.place(mark.at);
            let x = (middle * 10.0).round() / 100.0;
            let text = match middle - labelled >= APART {
                true => {
                    labelled = middle;
                    format!("<text x=\"{x}%\" y=\"-6\">{}</text>", escaped(&mark.short))
                }
                false => String::new(),
            };
            let _ = write!(
                marks,
                // Within the link, the title would count as a text of it that its label does not have.
                "<g><title>{}</title><a href=\"{}\" aria-label=\"{}\"><line x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"100%\"/>{text}</a></g>",
                escaped(&mark.words),
                escaped(&mark.href),
                escaped(&mark.words),
            );
        }
        format!("<svg class=\"chart__marks\" role=\"group\" aria-label=\"Versions\">{marks}</svg>")
    }

    /// Returns some of the points' labels, the first and the last among them.
    fn labels(&self) -> String {
        let last = self.points.len().saturating_sub(1);
        let count = LABELS.min(self.points.len());
        let at = |label: usize| if count < 2 { 0 } else { label * last / (count - 1) };
        let label = |label: usize| {
            let words = self.points.get(at(label)).map(|label| escaped(label)).unwrap_or_default();
            format!("<li>{words}</li>")
        };
        let labels: String = (0..count).map(label).collect();
        format!("<ol class=\"chart__x chart__x--ends\" aria-hidden=\"true\">{labels}</ol>")
    }

    /// Returns all values as a table, the newest first.
    pub(super) fn table(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let head: String = self
            .all_series()
            .map(|(series, _)| format!("<th scope=\"col\" class=\"num\">{}</th>", escaped(series.name)))
            .collect();
        let cells = |point: usize| {
            let cell = |(series, unit)| format!("<td class=\"num\">{}</td>", escaped(&self.shown(series, unit, point)));
            self.all_series().map(cell).collect::<String>()
        };
        let row =
            |point: usize| format!("<tr><th scope=\"row\">{}</th>{}</tr>", escaped(&self.label(point)), cells(point));
        let rows: String = (0..self.points.len()).rev().map(row).collect();
        format!(
            "<details class=\"chart-data\"><summary><svg class=\"icon\" aria-hidden=\"true\">\
             <use href=\"/icons.svg#i-chevron-right\"/></svg>Show as table</summary><table class=\"table table--s\">\
             <caption class=\"visually-hidden\">{}</caption><thead><tr><th scope=\"col\">{}</th>{head}</tr></thead>\
             <tbody>{rows}</tbody></table></details>",
            escaped(self.title),
            self.points_are,
        )
    }
}
