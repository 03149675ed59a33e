//! The search within a transcript: how many places there are, one after the other, each marked where it stands.

mod page;

use self::page::{mark, marks_are_gone, parts, reveal, search};
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::model::finding::{found_words, next, unsearched_words};
use crate::ui::runs::find_button::BUTTON;
use crate::ui::state::finding::FindInput;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use std::time::Duration;

/// Id of the field.
const FIELD: &str = "find-text";

/// Typing that pauses for this long is searched for.
const PAUSE: Duration = Duration::from_millis(150);

/// How the last search went.
#[derive(Clone, Default)]
struct Found {
    wanted: String,
    /// The present place among so many.
    at: usize,
    count: usize,
    /// How many texts were searched in part only, and of how many of them the page can show no more.
    parts: (usize, usize),
}

/// The bar.
pub fn show(FindInput { open }: FindInput) -> AnyView {
    let wanted = RwSignal::new(String::new());
    let found = RwSignal::new(Found::default());
    // Each time anew: a transcript grows.
    let look = move |step: fn(usize, usize) -> usize| {
        let Some(wanted) = wanted.try_get_untracked() else { return };
        let ranges = search(&wanted);
        let (count, before) = (ranges.len(), found.get_untracked());
        let at = if before.wanted == wanted { step(before.at, count).min(count.saturating_sub(1)) } else { 0 };
        found.set(Found { wanted, at, count, parts: parts() });
        mark(&ranges, at);
        if let Some(range) = ranges.get(at) {
            reveal(range);
        }
    };
    let mut typed = debounce(PAUSE, move |()| look(|at, _| at));
    let close = move || {
        open.set(false);
        dom::focus_id(BUTTON);
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => close(),
        "Enter" if event.shift_key() => {
            event.prevent_default();
            look(|at, count| next(at, count, true));
        }
        _ => {}
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        look(|at, count| next(at, count, false));
    };
    Effect::new(|_| dom::focus_id(FIELD));
    on_cleanup(marks_are_gone);
    // Of the text that was searched for, not of one that is still being typed.
    let words = move || found.with(|found| found_words(&found.wanted, found.at, found.count));
    let nothing = move || found.with(|found| (found.count == 0).then_some("true"));
    let unsearched = move || {
        let Found { wanted, parts: (parts, fixed), .. } = &*found.read();
        unsearched_words(*parts, *fixed).filter(|_| !wanted.is_empty())
    };
    view! {
        <form class="find" role="search" aria-label="Transcript" on:submit=submit on:keydown=key>
            <div class="affix affix--s">
                <Icon name="search"/>
                <input
                    class="input"
                    id=FIELD
                    type="search"
                    aria-label="Search the transcript"
                    autocomplete="off"
                    on:input=move |event| {
                        wanted.set(event_target_value(&event));
                        typed(());
                    }
                />
            </div>
            <span role="status">{move || words()}</span>
            <button class="btn btn--s" type="button" aria-disabled=nothing on:click=move |_| look(|at, count| next(at, count, true))>
                "Previous"
            </button>
            <button class="btn btn--s" type="submit" aria-disabled=nothing>"Next"</button>
            <button class="btn btn--ghost btn--s btn--icon" type="button" aria-label="Close the search" on:click=move |_| close()>
                <Icon name="close"/>
            </button>
            {move || unsearched().map(|words| view! { <p class="soft">{words}</p> })}
        </form>
    }
    .into_any()
}
