//! The bar of actions for the selected agents. It stays in view at the foot of the page.

use crate::domain::agent::edit::AgentEdit;
use crate::ui::agents::select::dialogs::{ModelDialog, TagDialog};
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::state::selection::Selection;
use leptos::prelude::*;

/// Appears with the first agent that is selected.
#[component]
pub fn Bar(selection: Selection) -> impl IntoView {
    let (tagging, choosing) = (RwSignal::new(false), RwSignal::new(false));
    let busy = move || selection.busy.get().then_some("true");
    let nothing = Callback::new(|()| ());
    let says = move || match selection.count() {
        1 => "1 agent selected".to_owned(),
        count => format!("{count} agents selected"),
    };
    view! {
        <p class="visually-hidden" role="status">{move || says()}</p>
        <div class="bulkbar" role="region" aria-label="Selection" hidden=move || selection.count() == 0>
            <p aria-hidden="true">{move || says()}</p>
            <button class="btn btn--s" type="button" aria-busy=busy on:click=move |_| selection.edit(AgentEdit::Pause, nothing)>
                <Icon name="pause"/>
                "Pause schedules"
            </button>
            <button class="btn btn--s" type="button" aria-busy=busy on:click=move |_| selection.edit(AgentEdit::Resume, nothing)>
                <Icon name="play"/>
                "Resume schedules"
            </button>
            <button class="btn btn--s" type="button" aria-haspopup="dialog" on:click=move |_| tagging.set(true)>
                <Icon name="list"/>
                "Tags…"
            </button>
            <button class="btn btn--s" type="button" aria-haspopup="dialog" on:click=move |_| choosing.set(true)>
                <Icon name="model"/>
                "Model…"
            </button>
            <button
                class="btn btn--ghost btn--s btn--icon"
                type="button"
                aria-label="Clear the selection"
                on:click=move |_| {
                    selection.choose_all(false);
                    // The button goes with the selection.
                    dom::focus_id("main");
                }
            >
                <Icon name="close"/>
            </button>
        </div>
        <TagDialog selection=selection open=tagging/>
        <ModelDialog selection=selection open=choosing/>
    }
}
