//! A button that copies a text.

use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;
use std::time::Duration;

/// How long it says what has become of it.
const SAID_FOR: Duration = Duration::from_secs(2);

/// Copies `text`. Where the page may not write to the clipboard, because it did not come over HTTPS, it selects the
/// element `source`, so that a key copies it.
#[component]
pub fn CopyButton(label: &'static str, #[prop(into)] text: Signal<String>, source: &'static str) -> impl IntoView {
    let said: RwSignal<Option<&'static str>> = RwSignal::new(None);
    let copy = move |_| {
        let words = match dom::copy(&text.get_untracked()) {
            true => "Copied",
            false => {
                dom::select(source);
                "Selected: press Ctrl+C"
            }
        };
        said.set(Some(words));
        set_timeout(move || _ = said.try_set(None), SAID_FOR);
    };
    view! {
        <button class="btn btn--s" type="button" data-script="" on:click=copy>
            <Icon name="copy"/>
            <span role="status">{move || said.get().unwrap_or(label)}</span>
        </button>
    }
}
