//! An agent's usual duration and cost, from its latest successes, and what is far beyond them. Pure.

use super::money::NanoDollars;
use super::wire::FromWire;
use serde::Serialize;

/// How many of the latest successes count.
pub const LATEST: usize = 20;
/// How many of the newest runs they are looked for among: an agent that has failed for so long has no norm.
pub const AMONG: usize = 200;
/// With fewer successes than this nothing is called normal yet.
pub const LEAST: usize = 3;
/// Multiple of the normal that is worth a word.
pub const FACTOR: i64 = 3;
/// Least excess that is worth a word, in milliseconds.
pub const LEAST_EXCESS_MS: i64 = 1_000;

/// Medians of an agent's latest successes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Normal {
    /// How many successes it comes from, 3 to 20.
    pub runs: i64,
    /// Milliseconds.
    pub duration_ms: i64,
    /// Cost in US dollars; null where not enough of the costs are known.
    #[serde(rename = "cost_usd")]
    pub cost: Option<NanoDollars>,
}

impl Normal {
    /// Computes it from durations in milliseconds and costs of the latest successes; `None` for fewer than three.
    pub fn of(successes: &[(i64, Option<NanoDollars>)]) -> Option<Self> {
        let duration_ms = median(successes.iter().map(|(duration, _)| *duration).collect())?;
        let costs = successes.iter().filter_map(|(_, cost)| cost.map(|cost| cost.0)).collect();
        Some(Self { runs: successes.len() as i64, duration_ms, cost: median(costs).map(NanoDollars) })
    }

    /// Returns how many times the normal duration this is, when that is 3 times or more, and more than a second beyond
    /// it.
    pub fn times_as_long(&self, duration_ms: i64) -> Option<i64> {
        let times = duration_ms / self.duration_ms.max(1);
        (times >= FACTOR && duration_ms - self.duration_ms > LEAST_EXCESS_MS).then_some(times)
    }

    /// Returns how many times the normal cost this is, when that is 3 times or more. Nothing compares with what is
    /// free.
    pub fn times_the_cost(&self, cost: NanoDollars) -> Option<i64> {
        let normal = self.cost.filter(|normal| normal.0 > 0)?;
        Some(cost.0 / normal.0).filter(|times| *times >= FACTOR)
    }
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    match values.len() {
        0..LEAST => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(values[middle - 1].midpoint(values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(durations: &[i64]) -> Option<Normal> {
        Normal::of(&durations.iter().map(|ms| (*ms, Some(NanoDollars(*ms)))).collect::<Vec<_>>())
    }

    #[test]
    fn two_successes_are_no_norm() {
        assert_eq!(normal(&[1_000, 2_000]), None);
    }

    #[test]
    fn one_that_stands_out_does_not_move_it() {
        assert_eq!(normal(&[1_000, 90_000, 2_000]).unwrap().duration_ms, 2_000);
        assert_eq!(normal(&[4_000, 1_000, 90_000, 2_000]).unwrap().duration_ms, 3_000);
    }

    #[test]
    fn three_times_as_long_is_worth_a_word() {
        let normal = normal(&[2_000; 3]).unwrap();
        assert_eq!((normal.times_as_long(5_999), normal.times_as_long(6_000)), (None, Some(3)));
        assert_eq!(normal.times_the_cost(NanoDollars(9_000)), Some(4));
    }

    #[test]
    fn moments_are_not_worth_one() {
        assert_eq!(normal(&[100; 3]).unwrap().times_as_long(900), None);
    }

    #[test]
    fn unknown_costs_are_left_out_and_nothing_compares_with_what_is_free() {
        let mixed = Normal::of(&[(1, None), (1, Some(NanoDollars(5))), (1, None)]).unwrap();
        assert_eq!(mixed.cost, None);
        let free = Normal::of(&[(1, Some(NanoDollars(0))); 3]).unwrap();
        assert_eq!((free.cost, free.times_the_cost(NanoDollars(9))), (Some(NanoDollars(0)), None));
    }
}
