//! Tokens and cost. Unknown values are a dash; estimates say so.

use crate::domain::duration::format_count;
use crate::domain::money::NanoDollars;
use crate::ui::kit::dash::Dash;
use crate::ui::model::locale;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

/// Said beside a cost that the provider has named itself.
pub const BILLED: &str = "billed by the provider";

const ESTIMATED: &str = "Estimated: the provider reported no usage";

fn marked(text: AnyView, estimated: bool) -> AnyView {
    match estimated {
        true => view! { <span title=ESTIMATED>"~"{text}<span class="visually-hidden">" (estimated)"</span></span> }
            .into_any(),
        false => text,
    }
}

/// A number of tokens.
#[component]
pub fn Tokens(count: Option<i64>, estimated: bool, unknown: &'static str) -> impl IntoView {
    match count {
        Some(count) => {
            let hydrated = Hydrated::from_context();
            let digits = move || {
                let own = hydrated.get().then(|| locale::number(count)).flatten();
                own.unwrap_or_else(|| format_count(count))
            };
            marked(digits.into_any(), estimated)
        }
        None => view! { <Dash label=unknown/> }.into_any(),
    }
}

/// An amount of money.
#[component]
pub fn Cost(amount: Option<NanoDollars>, estimated: bool, unknown: &'static str) -> impl IntoView {
    match amount {
        // "~<$0.0001" would be two signs for one doubt.
        Some(amount) if estimated && amount.to_string().starts_with('<') => {
            view! { <span title=ESTIMATED>{amount.to_string()}<span class="estimate">" (estimate)"</span></span> }
                .into_any()
        }
        // An estimate of what is free is no guess.
        Some(amount) => marked(amount.to_string().into_any(), estimated && amount != NanoDollars(0)),
        None => view! { <Dash label=unknown/> }.into_any(),
    }
}
