//! The drawing: grid, bars or lines, limit. Its width is 1,000 and its height 100, stretched to the place that there is; lines keep
//! their width.

use super::axis::Axis;
use super::{Chart, Drawing, Look, Series};
use std::fmt::Write;

/// Least height of what is more than nothing, in per cent.
const LEAST: f64 = 0.9;
/// Gap between two parts of a bar.
const GAP: f64 = 0.7;

impl Chart {
    pub(super) fn plot(&self, axis: &Axis) -> String {
        let mut svg = String::new();
        for at in 0..=axis.steps {
            let class = if at == 0 { "axis" } else { "grid" };
            line(&mut svg, class, axis.below_top(axis.step.saturating_mul(at)));
        }
        if !self.is_empty() {
            match self.drawing {
                Drawing::Bars => self.bars(&mut svg, axis),
                Drawing::Lines => self.lines(&mut svg, axis),
            }
        }
        if let Some(over) = &self.over {
            self.line_of(&mut svg, &over.series, &over.axis());
        }
        if let Some(limit) = self.limit.as_ref().filter(|limit| limit.value <= axis.top()) {
            line(&mut svg, "limit", axis.below_top(limit.value));
        }
        format!(
            "<svg class=\"chart__plot\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{svg}</svg>"
        )
    }

    /// Returns the width of a point, and where its middle is.
    pub(super) fn place(&self, point: usize) -> (f64, f64) {
        let width = 1_000.0 / self.points.len().max(1) as f64;
        (width, two_digits(width * (point as f64 + 0.5)))
    }

    fn bars(&self, svg: &mut String, axis: &Axis) {
        for point in 0..self.points.len() {
            let (width, middle) = self.place(point);
            // A single bar is no wall.
            let wide = two_digits((width * 0.56).min(60.0));
            let x = two_digits(middle - wide / 2.0);
            let values = self.series.iter().map(|series| (series.look, series.values.get(point).copied().flatten()));
            let values: Vec<_> = values.filter_map(|(look, value)| Some((look, value?))).collect();
            let is_expected = point >= self.expected_from;
            if values.is_empty() {
                continue;
            }
            if values.iter().all(|(_, value)| *value == 0) && !is_expected {
                let _ = write!(svg, "<rect class=\"zero\" x=\"{x}\" y=\"99\" width=\"{wide}\" height=\"1\"/>");
            }
            let mut bottom = 100.0;
            for (look, value) in values.into_iter().filter(|(_, value)| *value > 0) {
                let gap = if bottom < 100.0 { GAP } else { 0.0 };
                let height = two_digits((100.0 - axis.below_top(value) - gap).max(LEAST));
                let y = two_digits((bottom - gap - height).max(0.0));
                let class = if is_expected { "ghost" } else { look.fill() };
                let _ =
                    write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{height}\"/>");
                bottom = y;
            }
        }
    }

    fn lines(&self, svg: &mut String, axis: &Axis) {
        for series in self.series.iter().rev() {
            self.line_of(svg, series, axis);
        }
    }

    fn line_of(&self, svg: &mut String, series: &Series, axis: &Axis) {
        let at = |point: usize| Some((self.place(point).1, axis.below_top(series.values.get(point).copied()??)));
        let places: Vec<Option<(f64, f64)>> = (0..self.points.len()).map(at).collect();
        for part in places.split(Option::is_none).filter(|part| !part.is_empty()) {
            let part: Vec<(f64, f64)> = part.iter().copied().flatten().collect();
            let class = series.look.line();
            // One that stands alone has no line.
            if let [(x, y)] = part[..] {
                let point = series.look.point();
                let _ = write!(svg, "<line class=\"{point}\" x1=\"{x}\" x2=\"{x}\" y1=\"{y}\" y2=\"{y}\"/>");
                continue;
            }
            let path: Vec<String> = part.iter().map(|(x, y)| format!("{x} {y}")).collect();
            let path = path.join("L");
            if let (Look::Main, Some((first, _)), Some((last, _))) = (series.look, part.first(), part.last()) {
                let _ = write!(svg, "<path class=\"area\" d=\"M{path}L{last} 100L{first} 100Z\"/>");
            }
            let _ = write!(svg, "<path class=\"{class}\" d=\"M{path}\"/>");
        }
    }
}

fn line(svg: &mut String, class: &str, y: f64) {
    let _ = write!(svg, "<line class=\"{class}\" x1=\"0\" x2=\"1000\" y1=\"{y}\" y2=\"{y}\"/>");
}

fn two_digits(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

impl Look {
    fn fill(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Bad => "bad",
            Self::Main => "s1",
            Self::Second => "s2",
            Self::Third | Self::Line => "s3",
        }
    }

    fn line(self) -> &'static str {
        match self {
            Self::Main => "line line--accent",
            Self::Line => "line line--over",
            Self::Good | Self::Bad | Self::Second | Self::Third => "line line--median",
        }
    }

    fn point(self) -> &'static str {
        match self {
            Self::Main => "point",
            Self::Line => "point point--over",
            Self::Good | Self::Bad | Self::Second | Self::Third => "point point--median",
        }
    }
}
