//! The axis of values: from zero to a round number, with at most four round steps.

use super::Unit;

/// Round durations of less than a day, in milliseconds.
const TIMES: [i64; 25] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000,
    1_200_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000,
];
const DAY_MS: i64 = 86_400_000;

/// Least step of dollars that can be told from nothing, in nano-dollars.
const LEAST_COST: i64 = 100_000;

/// Most steps between zero and the top.
const STEPS: i64 = 4;

/// An axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub step: i64,
    pub steps: i64,
}

impl Axis {
    /// Returns the axis on which a value fits.
    pub fn of(unit: Unit, highest: i64) -> Self {
        let highest = highest.max(1);
        let decimal = |powers: u32| (0..powers).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i64.pow(power)));
        let round: Vec<i64> = match unit {
            Unit::Runs | Unit::Tokens => decimal(19).collect(),
            Unit::Cost => decimal(19).filter(|step| *step >= LEAST_COST).collect(),
            Unit::Duration => TIMES.into_iter().chain(decimal(10).map(|days| days * DAY_MS)).collect(),
        };
        let needed = |step: i64| highest / step + i64::from(highest % step > 0);
        let step = round.into_iter().find(|step| needed(*step) <= STEPS).unwrap_or(i64::MAX / STEPS + 1);
        Self { step, steps: needed(step) }
    }

    /// Returns the highest value on it.
    pub fn top(self) -> i64 {
        self.step.saturating_mul(self.steps)
    }

    /// Returns how far below the top a value is, in per cent of the height, with two digits.
    pub fn below_top(self, value: i64) -> f64 {
        let share = value.clamp(0, self.top()) as f64 / self.top() as f64;
        ((1.0 - share) * 10_000.0).round() / 100.0
    }

    /// Returns its labels, the highest first; it has the unit. They stand in an element of this class.
    pub fn labels(self, unit: Unit, class: &str) -> String {
        let label = |at: i64| {
            let words = match unit {
                Unit::Runs if at == self.steps => " runs",
                Unit::Tokens if at == self.steps => " tokens",
                _ => "",
            };
            format!("<span>{}{words}</span>", unit.round(self.step.saturating_mul(at)))
        };
        let labels: String = (0..=self.steps).rev().map(label).collect();
        format!("<div class=\"{class}\" aria-hidden=\"true\">{labels}</div>")
    }
}
