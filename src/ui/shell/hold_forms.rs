//! The questions whether to hold everything and whether to release that, with their answers; loaded when one is first asked.

use crate::domain::hold::{HoldReach, HoldRequest};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Failure;
use crate::ui::kit::time::Since;
use crate::ui::model::hold::{counted, missed_words, release_words};
use crate::ui::state::hold::{HoldQuestion, Holding};
use leptos::prelude::*;

/// Longest note that the field takes.
const MAX_NOTE: &str = "200";

/// Shows what is asked.
pub fn show(question: HoldQuestion) -> AnyView {
    match question {
        HoldQuestion::Hold => view! { <HoldForm/> }.into_any(),
        HoldQuestion::Release => view! { <ReleaseForm/> }.into_any(),
    }
}

#[component]
fn HoldForm() -> impl IntoView {
    let holding = Holding::from_context();
    let reach = holding.reach.get_untracked();
    let (note, stop_running) = (RwSignal::new(String::new()), RwSignal::new(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let note = Some(note.get_untracked()).filter(|note| !note.trim().is_empty());
        holding.begin(HoldRequest { stop_running: stop_running.get_untracked(), note });
    };
    let stop = (reach.running > 0).then(|| {
        let words = match reach.running {
            1 => "Also stop the run that is running".to_owned(),
            running => format!("Also stop the {running} running runs"),
        };
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=stop_running
                    on:change=move |event| stop_running.set(event_target_checked(&event))
                />
                <span class="strong">
                    {words}
                    <small>"Model calls are cut off. Tokens already used are charged, and what tools did is not undone."</small>
                </span>
            </label>
        }
    });
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>"Until it is released, no run begins. Schedules wait, and so do runs that are started by hand, by programs or in chats. Nothing is lost."</p>
                {facts(reach)}
                {stop}
                <div class="field">
                    <label for="hold-note">"Why "<span class="field__optional">"optional, shown on every page"</span></label>
                    <input
                        class="input"
                        id="hold-note"
                        dir="auto"
                        autocomplete="off"
                        maxlength=MAX_NOTE
                        prop:value=note
                        on:input=move |event| note.set(event_target_value(&event))
                    />
                </div>
                <Refusal title="Nothing is on hold."/>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| holding.holding.set(false)>"Cancel"</button>
                <button class="btn btn--danger" type="submit" aria-busy=move || holding.busy.get().then_some("true")>
                    <Icon name="hold"/>
                    "Hold everything"
                </button>
            </div>
        </form>
    }
}

/// Counts what would be held back.
fn facts(reach: HoldReach) -> impl IntoView {
    let fact = |(count, words): (String, &'static str)| view! { <li><strong>{count}</strong>" "{words}</li> };
    view! {
        <ul class="facts facts--flush facts--two">
            {fact(counted(reach.running, "run is running", "runs are running"))}
            {fact(counted(reach.queued, "run is queued", "runs are queued"))}
            {fact(counted(reach.scheduled, "agent has a schedule", "agents have a schedule"))}
            {reach.next_due_at.map(|at| view! { <li>"next at "<strong><Since at=at/></strong></li> })}
        </ul>
    }
}

#[component]
fn ReleaseForm() -> impl IntoView {
    let holding = Holding::from_context();
    let reach = holding.reach.get_untracked();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        holding.release();
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>{release_words(&reach)}</p>
                {missed_words(&reach).map(|words| view! { <p>{words}</p> })}
                <Refusal title="The hold is still in force."/>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" on:click=move |_| holding.releasing.set(false)>"Cancel"</button>
                <button
                    class="btn btn--primary"
                    type="submit"
                    autofocus
                    aria-busy=move || holding.busy.get().then_some("true")
                >
                    "Release"
                </button>
            </div>
        </form>
    }
}

/// Says what prevented it.
#[component]
fn Refusal(title: &'static str) -> impl IntoView {
    let refused = Holding::from_context().refused;
    view! { {move || refused.get().map(|error| view! { <Failure title=title reason=error.to_string()/> })} }
}
