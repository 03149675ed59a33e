//! The bar under a form: whether there is something to save, and the buttons for that.

use crate::ui::kit::icon::Icon;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

/// State of the bar while there is nothing to save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing yet: the bar is not seen.
    Nothing,
    Saved,
    Discarded,
}

/// Keeps its place when it is not seen, so that nothing jumps when it comes; and stays once it was used, so that the
/// focus is not lost.
#[component]
pub fn SaveBar(
    dirty: Memo<bool>,
    busy: RwSignal<bool>,
    done: RwSignal<Done>,
    /// Somebody else has changed what the form is about.
    conflict: Memo<bool>,
    discard: Callback<()>,
    /// Leads to what they have changed.
    look: Callback<()>,
) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let idle = move || !dirty.get() && done.get() == Done::Nothing;
    let words = move || match (dirty.get(), done.get()) {
        (true, _) => "Unsaved changes",
        (false, Done::Nothing) => "",
        (false, Done::Saved) => "Changes saved",
        (false, Done::Discarded) => "Changes discarded",
    };
    let icon = Signal::derive(move || if !dirty.get() && done.get() == Done::Saved { "success" } else { "info" });
    let is_off = move || (!dirty.get()).then_some("true");
    let on_discard = move |_| {
        if dirty.get_untracked() && !busy.get_untracked() {
            discard.run(());
        }
    };
    view! {
        <div class="savebar" class:is-idle=move || idle()>
            <p><Icon name=icon/><span role="status">{move || words()}</span></p>
            {move || conflict.get().then(|| view! {
                <button class="link-btn savebar__conflict" type="button" on:click=move |_| look.run(())>
                    <Icon name="error"/>
                    "Changed by someone else"
                </button>
            })}
            <button class="btn btn--ghost" type="button" aria-disabled=move || is_off() on:click=on_discard>
                "Discard"
            </button>
            <button
                class="btn btn--primary"
                type="submit"
                disabled=move || !hydrated.get()
                aria-disabled=move || is_off()
                aria-busy=move || busy.get().then_some("true")
            >
                "Save changes"
            </button>
        </div>
    }
}
