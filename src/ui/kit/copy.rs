//! Buttons that copy a text and say for a moment what has become of it. It knows no clipboard but the browser's.

use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;
use std::time::Duration;

/// How long it says what has become of it.
const SAID_FOR: Duration = Duration::from_secs(2);

/// The outcome of a press, in words; `None` most of the time.
#[derive(Clone, Copy)]
pub struct Outcome(RwSignal<Option<&'static str>>);

impl Default for Outcome {
    fn default() -> Self {
        Self(RwSignal::new(None))
    }
}

impl Outcome {
    /// Says it for [`SAID_FOR`]. The button may have gone from the page.
    pub fn say(self, words: &'static str) {
        _ = self.0.try_set(Some(words));
        set_timeout(move || _ = self.0.try_set(None), SAID_FOR);
    }
}

/// Copies `text`. Where the page may not write to the clipboard, because it did not come over HTTPS, it selects the
/// element `source`, so that a key copies it.
#[component]
pub fn CopyButton(label: &'static str, #[prop(into)] text: Signal<String>, source: &'static str) -> impl IntoView {
    let outcome = Outcome::default();
    let copy = move || {
        let is_copied = dom::copy(&text.get_untracked());
        if !is_copied {
            dom::select(source);
        }
        outcome.say(if is_copied { "Copied" } else { "Selected: press Ctrl+C" });
    };
    view! { <CopyFace label=label class="btn btn--s" outcome=outcome copy=copy/> }
}

/// The button as it looks: `label`, or what has become of a press, which a status beside it says aloud. (Within the
/// button the status would take its name away: ARIA 1.2 gives a status none from what it holds.)
#[component]
pub fn CopyFace(
    label: &'static str,
    class: &'static str,
    outcome: Outcome,
    copy: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button class=class type="button" data-script="" on:click=move |_| copy()>
            <Icon name="copy"/>
            <span>{move || outcome.0.get().unwrap_or(label)}</span>
        </button>
        <span class="visually-hidden" role="status">{move || outcome.0.get()}</span>
    }
}
