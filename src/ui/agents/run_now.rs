//! The button that starts a run of an agent's task.

use crate::domain::id::AgentId;
use crate::ui::kit::icon::Icon;
use crate::ui::state::actions::Actions;
use crate::ui::state::hold::Holding;
use leptos::prelude::*;

/// "Run now", or "Queue run" while everything is on hold. `class` says how much it stands out. Its label begins with the words people see, so that they can also be
/// spoken (WCAG 2.5.3).
#[component]
pub fn RunNow(agent: AgentId, #[prop(into)] name: Signal<String>, class: &'static str) -> impl IntoView {
    let actions = Actions::from_context();
    let (busy, holding) = (RwSignal::new(false), Holding::from_context());
    let label = move || if holding.is_on() { "Queue run" } else { "Run now" };
    let start = move |_| {
        // Stays focusable while it waits, so that the focus is not lost; a second click does nothing.
        if !busy.get_untracked() {
            actions.run_now(agent, name.get_untracked(), busy);
        }
    };
    view! {
        <button
            class=class
            type="button"
            aria-label=move || format!("{}: {}", label(), name.get())
            aria-busy=move || busy.get().then_some("true")
            data-script=""
            on:click=start
        >
            <Icon name=Signal::derive(move || if holding.is_on() { "plus" } else { "play" })/>
            <span>{label}</span>
        </button>
    }
}
