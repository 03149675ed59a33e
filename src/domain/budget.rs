//! Budgets: what runs may use, and which limit has been reached. Pure.

use super::failure::{Failure, FailureCause};
use super::money::NanoDollars;
use super::run::Usage;
use super::wire::FromWire;
use serde::{Deserialize, Serialize};

/// Limits of one agent; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budgets {
    /// Most that one run may cost, in US dollars.
    #[serde(rename = "run_budget_usd")]
    pub run_cost: Option<NanoDollars>,
    /// Tokens one run may use.
    #[serde(rename = "run_budget_tokens")]
    pub run_tokens: Option<i64>,
    /// Most that the runs of one calendar month (UTC) may cost together, in US dollars.
    #[serde(rename = "month_budget_usd")]
    pub month_cost: Option<NanoDollars>,
    /// Tokens the runs of one calendar month (UTC) may use together.
    #[serde(rename = "month_budget_tokens")]
    pub month_tokens: Option<i64>,
}

/// The part of a budget that has been used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct Spent {
    /// The known part of the cost.
    pub cost: NanoDollars,
    pub tokens: i64,
    /// Whether the cost of some of it is not known.
    pub has_unknown_cost: bool,
}

impl Spent {
    /// Returns this usage as a part of a budget.
    pub fn of(usage: &Usage) -> Self {
        let tokens = usage.total_tokens.unwrap_or(0);
        Self {
            cost: usage.total_cost.unwrap_or_default(),
            tokens,
            has_unknown_cost: usage.total_cost.is_none() && tokens > 0,
        }
    }
}

impl Budgets {
    /// Returns the limits on what all runs of a month may use together, without any on one run.
    pub fn of_month(cost: Option<NanoDollars>, tokens: Option<i64>) -> Self {
        Self { month_cost: cost, month_tokens: tokens, ..Self::default() }
    }

    /// Whether any limit is in dollars, so that prices must be known.
    pub fn is_in_dollars(&self) -> bool {
        self.run_cost.is_some() || self.month_cost.is_some()
    }

    /// Whether there is a limit for the month.
    pub fn is_monthly(&self) -> bool {
        self.month_cost.is_some() || self.month_tokens.is_some()
    }

    /// Returns why a run that has used this much may not go on; `None` when it may. Reaching a limit is allowed, what
    /// is beyond it is not.
    pub fn run_exceeded(&self, run: Spent) -> Option<Failure> {
        if let Some(limit) = self.run_cost {
            if run.has_unknown_cost {
                return Some(Failure::new(FailureCause::UnknownPrice, UNPRICED));
            }
            if run.cost > limit {
                return Some(over(format!("The run has cost {}, more than its budget of {limit}.", run.cost)));
            }
        }
        let limit = self.run_tokens.filter(|limit| run.tokens > *limit)?;
        Some(over(format!("The run has used {} tokens, more than its budget of {limit}.", run.tokens)))
    }

    /// Returns why no run may begin after this month's runs have used this much; `None` when one may.
    pub fn month_spent(&self, month: Spent) -> Option<String> {
        self.month(self.month_cost.is_some_and(|limit| month.cost >= limit), |limit| month.tokens >= limit, month)
    }

    /// Returns why a run may not go on after this month's runs, itself included, have used this much; `None` when it
    /// may.
    pub fn month_exceeded(&self, month: Spent) -> Option<String> {
        self.month(self.month_cost.is_some_and(|limit| month.cost > limit), |limit| month.tokens > limit, month)
    }

    fn month(&self, is_over: bool, is_over_tokens: impl Fn(i64) -> bool, month: Spent) -> Option<String> {
        if let Some(limit) = self.month_cost.filter(|_| is_over) {
            let cost = month.cost;
            return Some(format!("The agent's runs of this month (UTC) have cost {cost}; its budget is {limit}."));
        }
        let limit = self.month_tokens.filter(|limit| is_over_tokens(*limit))?;
        let tokens = month.tokens;
        Some(format!("The agent's runs of this month (UTC) have used {tokens} tokens; its budget is {limit}."))
    }
}

const UNPRICED: &str = "The price of the model's answer is not known, so a budget in dollars cannot be kept.";

fn over(error: String) -> Failure {
    Failure::new(FailureCause::RunBudget, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(cost: i64, tokens: i64) -> Spent {
        Spent { cost: NanoDollars(cost), tokens, has_unknown_cost: false }
    }

    #[test]
    fn what_is_beyond_a_run_budget_is_told_with_both_figures() {
        let budgets =
            Budgets { run_cost: Some(NanoDollars(2_000_000_000)), run_tokens: Some(100), ..Budgets::default() };
        assert_eq!(budgets.run_exceeded(spent(2_000_000_000, 100)), None);
        let said = budgets.run_exceeded(spent(2_500_000_000, 1)).unwrap().error;
        assert!(said.contains("$2.50") && said.contains("$2.00"), "{said}");
        let failure = budgets.run_exceeded(spent(1, 101)).unwrap();
        assert!(failure.error.contains("101 tokens") && failure.cause == FailureCause::RunBudget, "{failure:?}");
    }

    #[test]
    fn a_dollar_budget_does_not_take_unknown_for_nothing() {
        let unknown = Spent { has_unknown_cost: true, ..spent(0, 5) };
        let dollars = Budgets { run_cost: Some(NanoDollars(1)), ..Budgets::default() };
        assert_eq!(dollars.run_exceeded(unknown).map(|failure| failure.cause), Some(FailureCause::UnknownPrice));
        assert_eq!(Budgets { run_tokens: Some(9), ..Budgets::default() }.run_exceeded(unknown), None);
    }

    #[test]
    fn a_month_is_spent_when_its_budget_is_reached_and_exceeded_beyond_it() {
        let budgets = Budgets { month_tokens: Some(100), ..Budgets::default() };
        assert_eq!(budgets.month_spent(spent(9, 99)), None);
        assert!(budgets.month_spent(spent(9, 100)).is_some_and(|says| says.contains("100 tokens")));
        assert_eq!(budgets.month_exceeded(spent(9, 100)), None);
        assert!(budgets.month_exceeded(spent(9, 101)).is_some());
        assert_eq!(Budgets::default().month_spent(spent(9, 100)), None);
    }

    #[test]
    fn a_month_may_be_limited_in_dollars() {
        let budgets = Budgets { month_cost: Some(NanoDollars(5_000_000_000)), ..Budgets::default() };
        assert_eq!(budgets.month_exceeded(spent(5_000_000_000, 1)), None);
        let said = budgets.month_exceeded(spent(5_100_000_000, 1)).unwrap();
        assert!(said.contains("$5.10") && said.contains("$5.00"), "{said}");
    }
}
