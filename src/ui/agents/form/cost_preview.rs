//! What a schedule is likely to cost a month with the model beside it, before either is saved. The server reckons.

use crate::api::agents::estimate_cost;
use crate::domain::agent::Setting;
use crate::domain::id::AgentId;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Pause before it is asked for, since not every letter is worth a question.
const PAUSE: Duration = Duration::from_millis(600);

/// Settings that it depends on.
const OF: [Setting; 4] = [Setting::Model, Setting::Schedule, Setting::TimeZone, Setting::MonthCost];

/// A line; nothing without a schedule. An agent that is not there yet is none. A response that was overtaken is dropped.
#[component]
pub fn CostPreview(form: AgentForm, agent: Option<AgentId>) -> impl IntoView {
    // The form may have gone.
    let asked = move || -> Option<Vec<String>> {
        OF.iter().map(|setting| Some(form.value(*setting).try_get()?.trim().to_owned())).collect()
    };
    let said: RwSignal<Option<String>> = RwSignal::new(None);
    let ask = move || {
        spawn_local(async move {
            let Some(question) = untrack(asked) else { return };
            let [model, schedule, zone, budget] = &question[..] else { return };
            let answer = estimate_cost(agent, model.clone(), schedule.clone(), zone.clone(), budget.clone()).await;
            if untrack(asked) == Some(question) {
                // It is an extra: where there is none, nothing is amiss.
                _ = said.try_set(answer.ok().flatten());
            }
        });
    };
    Effect::new(move |before: Option<()>| {
        if asked().is_none_or(|asked| asked[1].is_empty()) {
            said.set(None);
            return;
        }
        let wait = if before.is_none() { Duration::ZERO } else { PAUSE };
        if let Ok(timer) = set_timeout_with_handle(ask, wait) {
            on_cleanup(move || timer.clear());
        }
    });
    // The region is there before it has anything to say, or it would not be read out.
    view! { <p class="field__help" role="status" hidden=move || said.read().is_none()>{move || said.get()}</p> }
}
