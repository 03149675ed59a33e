//! An agent's budgets, and what it has used this month.

use crate::domain::budget::{Budgets, Spent};
use crate::domain::duration::format_count;
use crate::ui::kit::fact::fact;
use crate::ui::model::words::join;
use leptos::prelude::*;

/// Facts about its budgets.
pub fn budget_facts(budgets: Budgets, spent: Spent) -> impl IntoView {
    let run = join(budgets.run_cost.map(|cost| cost.to_string()), budgets.run_tokens.map(tokens));
    let run = match run {
        None => view! { <span class="muted">"None"</span> }.into_any(),
        Some(run) => view! { {run}<small>"at most"</small> }.into_any(),
    };
    let note = spent.has_unknown_cost.then(|| view! { <small>"Without calls of unknown cost"</small> });
    let cost = spent.cost.to_string();
    let dollars = match budgets.month_cost {
        None => view! { <p>{cost}</p> }.into_any(),
        Some(limit) => meter(format!("{cost} of {limit}"), share(spent.cost.0, limit.0)).into_any(),
    };
    let used = match budgets.month_tokens {
        None => view! { <p>{tokens(spent.tokens)}</p> }.into_any(),
        Some(limit) => {
            meter(format!("{} of {}", format_count(spent.tokens), tokens(limit)), share(spent.tokens, limit)).into_any()
        }
    };
    view! { {fact("Budget per run", run)}{fact("Spent this month", view! { {dollars}{note}{used} })} }
}

/// The used part of a limit, in words and as a bar.
fn meter(words: String, percent: i64) -> impl IntoView {
    view! {
        <p>{words.clone()}</p>
        <meter
            class="meter"
            aria-label=words
            min="0"
            max="100"
            low="80"
            high="95"
            optimum="0"
            value=percent.to_string()
        >
            {format!("{percent}%")}
        </meter>
    }
}

/// `12,000 tokens`.
pub fn tokens(count: i64) -> String {
    format!("{} tokens", format_count(count))
}

/// Returns the share in percent, at most 100.
fn share(used: i64, limit: i64) -> i64 {
    (i128::from(used) * 100 / i128::from(limit.max(1))).clamp(0, 100) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_stays_within_the_meter() {
        assert_eq!(
            [share(0, 10), share(5, 10), share(99, 10), share(i64::MAX, 1), share(1, 0)],
            [0, 50, 100, 100, 100]
        );
    }
}
