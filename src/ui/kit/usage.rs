//! Tokens and cost of a run or a step. What is not known is a dash; what is estimated says so.

use crate::domain::duration::format_count;
use crate::domain::money::NanoDollars;
use crate::domain::run::Usage;
use crate::ui::kit::dash::Dash;
use leptos::prelude::*;

/// Said beside a cost that the provider has named itself.
pub const BILLED: &str = "billed by the provider";

const ESTIMATED: &str = "Estimated: the provider reported no usage";

fn marked(text: String, estimated: bool) -> AnyView {
    match estimated {
        true => view! { <span title=ESTIMATED>"~"{text}<span class="visually-hidden">" (estimated)"</span></span> }
            .into_any(),
        false => text.into_any(),
    }
}

/// A number of tokens.
#[component]
pub fn Tokens(count: Option<i64>, estimated: bool, unknown: &'static str) -> impl IntoView {
    match count {
        Some(count) => marked(format_count(count), estimated),
        None => view! { <Dash label=unknown/> }.into_any(),
    }
}

/// An amount of money.
#[component]
pub fn Cost(amount: Option<NanoDollars>, estimated: bool, unknown: &'static str) -> impl IntoView {
    match amount {
        Some(amount) => marked(amount.to_string(), estimated),
        None => view! { <Dash label=unknown/> }.into_any(),
    }
}

/// What a dash stands for: a run that is over gets no more tokens.
pub fn unknown(is_over: bool) -> &'static str {
    if is_over { "not known" } else { "not yet known" }
}

/// What a table shows of a run's usage: nothing until the run is over, when it is final.
pub fn shown(usage: &Usage, is_over: bool) -> Usage {
    if is_over { *usage } else { Usage::default() }
}
