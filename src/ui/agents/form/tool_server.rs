//! The tools of one server: a line that says how many are ticked, and below it, when it is opened, each of them.

use crate::domain::agent::Setting;
use crate::ui::agents::form::tool_rows::{LeftOutTools, ToolRow};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::status::Status;
use crate::ui::model::tools::{Group, chosen_words, is_found, is_partly_chosen, next_try_words};
use crate::ui::model::words::server_look;
use crate::ui::state::clock::Clock;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Servers with fewer tools need no search.
const SEARCHED: usize = 8;

/// Folded at first, unless it matters which of its tools are ticked.
#[component]
pub fn ServerTools(form: AgentForm, server: String, group: Group) -> impl IntoView {
    let Group { state, error, next_try, choices, left_out, .. } = group;
    let picks = form.value(Setting::Tools);
    let open = is_partly_chosen(&picks.read_untracked(), &choices);
    let search = RwSignal::new(String::new());
    let choices = StoredValue::new(choices);
    let chosen = Memo::new(move |_| choices.with_value(|choices| chosen_words(&picks.read(), choices)));
    let none_found = Memo::new(move |_| {
        choices.with_value(|choices| !choices.iter().any(|choice| is_found(choice, &search.read())))
    });
    let rows = choices.get_value().into_iter().map(|choice| {
        let hidden = {
            let choice = choice.clone();
            Memo::new(move |_| !is_found(&choice, &search.read()))
        };
        view! { <ToolRow form choice hidden=Some(hidden.into())/> }
    });
    let (name, label) = (server.clone(), format!("Search tools of {server}"));
    let searchable = choices.with_value(|choices| choices.len() > SEARCHED);
    view! {
        <details class="panel folds" open=open aria-label=name>
            <summary class="panel__head">
                <h3 class="mono" dir="auto">{server}</h3>
                <span class="soft">{move || chosen.get()}</span>
                {state.map(|state| view! { <Status look=server_look(state)/> })}
                <Icon name="chevron-down"/>
                {error.map(|error| view! { <span class="tool-error" dir="auto">{error}</span> })}
                {next_try.map(|at| {
                    let clock = Clock::from_context();
                    let words = move || clock.ms_since(at).map(|since| next_try_words(-since));
                    view! { <span class="tool-error soft">{move || words()}</span> }
                })}
            </summary>
            {searchable.then(|| view! {
                <div class="tool-search affix">
                    <Icon name="search"/>
                    <input
                        class="input"
                        type="search"
                        aria-label=label
                        placeholder="Search tools"
                        autocomplete="off"
                        prop:value=search
                        on:input=move |event| search.set(event_target_value(&event))
                        on:keydown=move |event| {
                            // It would submit the form.
                            if event.key() == "Enter" {
                                event.prevent_default();
                            }
                        }
                    />
                </div>
            })}
            <ul class="rows">{rows.collect_view()}</ul>
            <p class="tool-search soft" role="status">{move || none_found.get().then_some("No tool matches.")}</p>
            {(!left_out.is_empty()).then(|| view! { <LeftOutTools tools=left_out/> })}
        </details>
    }
}
