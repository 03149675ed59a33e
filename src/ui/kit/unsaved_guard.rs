//! Asks before what was typed is lost: a dialog of ours for the page's own links, the browser's for everything else.

use crate::ui::dom;
use crate::ui::kit::dialog::Dialog;
use leptos::ev;
use leptos::prelude::*;

/// For as long as the form differs from what it was.
#[component]
pub fn UnsavedGuard(
    dirty: Memo<bool>,
    /// The names of the fields that have been changed.
    #[prop(into)]
    changed: Signal<String>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let asked = RwSignal::new(String::new());
    let leaving = StoredValue::new(false);
    Effect::new(move |_| {
        let unload = window_event_listener(ev::beforeunload, move |event| {
            if dirty.get_untracked() && !leaving.get_value() {
                event.prevent_default();
            }
        });
        let click = window_event_listener(ev::click, move |event| {
            let leads_away = |href: &String| !href.starts_with('#');
            if !dirty.get_untracked() || event.default_prevented() || !dom::is_plain(&event) {
                return;
            }
            if let Some(href) = dom::link_at(event.target()).filter(leads_away) {
                event.prevent_default();
                asked.set(href);
                open.set(true);
            }
        });
        on_cleanup(move || {
            unload.remove();
            click.remove();
        });
    });
    let leave = move |_| {
        leaving.set_value(true);
        dom::leave_for(&asked.get_untracked());
    };
    view! {
        <Dialog open=open title="Leave without saving?" id="leave-h">
            <div class="dialog__body">
                <p>"You have changed "<strong>{move || changed.get()}</strong>". Leaving discards that."</p>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| open.set(false)>"Stay"</button>
                <button class="btn btn--danger" type="button" on:click=leave>"Discard and leave"</button>
            </div>
        </Dialog>
    }
}
