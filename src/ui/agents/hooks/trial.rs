//! Tries the settings in the form of a webhook on its newest delivery, and shows the result.

use crate::domain::hook::Outcome;
use crate::domain::views::hooks::HookTrial;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::ShortTime;
use crate::ui::model::hooks::given_words;
use crate::ui::state::hooks::Hooks;
use leptos::prelude::*;

/// The button that asks, and what came of it; nothing for a new webhook.
#[component]
pub fn Trial(hooks: Hooks) -> impl IntoView {
    let is_new = Memo::new(move |_| hooks.edited.get().is_none());
    view! {
        {move || (!is_new.get()).then(|| view! {
            <div class="stack">
                <div>
                    <button class="btn btn--s" type="button" on:click=move |_| hooks.try_out()>
                        "Try it on the last delivery"
                    </button>
                </div>
                <div role="status">{move || hooks.trial.get().map(said)}</div>
            </div>
        })}
    }
}

fn said(trial: Option<HookTrial>) -> AnyView {
    let Some(HookTrial { received_at, outcome, detail, given, .. }) = trial else {
        return view! { <p class="soft">"Nothing has arrived yet whose body is kept."</p> }.into_any();
    };
    let (class, icon, verb) = match outcome {
        Outcome::Accepted => ("notice notice--success", "success", "run"),
        Outcome::Filtered => ("notice", "info", "be filtered"),
        Outcome::Refused => ("notice notice--danger", "failed", "be refused"),
    };
    let more = detail.or_else(|| given.as_ref().and_then(given_words));
    view! {
        <div class=class>
            <Icon name=icon/>
            <div class="notice__text">
                <p><strong>"The last delivery, "<ShortTime at=received_at/>", would "{verb}"."</strong></p>
                {more.map(|more| view! { <p dir="auto">{more}</p> })}
            </div>
        </div>
    }
    .into_any()
}
