//! The last inputs of the agent, to begin from; and a search in them.

use crate::api::starts::{find_inputs, read_request};
use crate::domain::id::{AgentId, RunId};
use crate::domain::request::PastInput;
use crate::error::AppError;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::moment;
use crate::ui::model::start::past_words;
use crate::ui::state::search::searcher;
use crate::ui::state::start_fields::StartFields;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Picking one fills in the fields; the focus stays.
#[component]
pub fn PastInputs(agent: AgentId, fields: StartFields, first: Vec<PastInput>) -> impl IntoView {
    let is_empty = first.is_empty();
    let (list, failed) = (RwSignal::new(first), RwSignal::new(None::<AppError>));
    let picked: RwSignal<Option<RunId>> = RwSignal::new(None);
    let take = move |found| match found {
        Ok(found) => {
            _ = list.try_set(found);
            _ = failed.try_set(None);
        }
        Err(error) => _ = failed.try_set(Some(error)),
    };
    let search = searcher(move |text| find_inputs(agent, text), take);
    let pick = Callback::new(move |run: RunId| {
        picked.set(Some(run));
        spawn_local(async move {
            let given = read_request(run).await;
            // Another may have been picked meanwhile.
            if picked.try_get_untracked() == Some(Some(run)) {
                match given {
                    Ok(given) => {
                        fields.fill(&given);
                        _ = failed.try_set(None);
                    }
                    Err(error) => _ = failed.try_set(Some(error)),
                }
            }
        });
    });
    let item = move |past: PastInput| view! { <li><Pick past=past picked=picked pick=pick/></li> };
    let none = if is_empty { "None yet." } else { "None contains that." };
    view! {
        <section class="dialog__side" aria-labelledby="start-past">
            <h3 id="start-past">"Last inputs"</h3>
            {(!is_empty).then(|| view! {
                <input class="input" type="search" aria-label="Search the last inputs" placeholder="Search" on:input=move |event| search(event_target_value(&event))/>
            })}
            {move || failed.get().map(|error| view! {
                <p class="field__error"><Icon name="error"/><span>{error.to_string()}</span></p>
            })}
            <ul>{move || list.get().into_iter().map(item).collect_view()}</ul>
            <p class="muted" role="status">{move || list.read().is_empty().then_some(none)}</p>
        </section>
    }
}

#[component]
fn Pick(past: PastInput, picked: RwSignal<Option<RunId>>, pick: Callback<RunId>) -> impl IntoView {
    let run = past.run_id;
    let when = moment(Signal::stored(past.queued_at));
    let cost = past.total_cost.map(|cost| format!(", {cost}"));
    view! {
        <button
            class="pick"
            type="button"
            aria-pressed=move || (picked.get() == Some(run)).to_string()
            on:click=move |_| pick.run(run)
        >
            <span dir="auto">{past_words(&past)}</span>
            <small>{when}{cost}</small>
        </button>
    }
}
