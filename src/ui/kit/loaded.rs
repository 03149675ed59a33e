//! A part of a page that the server's response fills: its content, or what went wrong, or a skeleton while it is read.
//!
//! The content is built once. Later responses go to the state it shows, so its elements stay.

use crate::error::AppError;
use crate::ui::kit::notice::LoadError;
use crate::ui::state::part::Part;
use leptos::prelude::*;
use std::time::Duration;

/// A skeleton is seen after this long (style/components/skeleton.css) …
const UNSEEN_FOR: Duration = Duration::from_millis(150);
/// … and then stays this long: less would be a flash.
const SEEN_FOR: Duration = Duration::from_millis(300);

/// Phase of the part that is shown.
#[derive(Clone, PartialEq)]
enum Phase {
    Waiting,
    Ready,
    Failed(AppError),
}

/// Shows the content once `ready`.
#[component]
pub fn Loaded(
    part: Part,
    /// Whether there is something to show; the live connection may have brought it too.
    #[prop(into)]
    ready: Signal<bool>,
    /// Names it for "… could not be loaded".
    what: &'static str,
    #[prop(into)] skeleton: ViewFn,
    #[prop(into)] content: ViewFn,
) -> impl IntoView {
    let held = hold(Signal::derive(move || !ready.get() && part.error().is_none()));
    let phase = Memo::new(move |_| match (held.get(), ready.get(), part.error()) {
        (true, ..) | (_, false, None) => Phase::Waiting,
        (_, true, _) => Phase::Ready,
        (_, false, Some(error)) => Phase::Failed(error),
    });
    let retry = Callback::new(move |()| part.read());
    let shown = move || match phase.get() {
        Phase::Ready => content.run(),
        Phase::Waiting => skeleton.run(),
        Phase::Failed(error) => view! { <LoadError what error retry/> }.into_any(),
    };
    view! { {move || shown()} }
}

/// Whether the skeleton stays though there would be something to show.
fn hold(waiting: Signal<bool>) -> RwSignal<bool> {
    let held = RwSignal::new(false);
    let begin = move || {
        held.set(true);
        // The part may have gone from the page.
        set_timeout(move || _ = held.try_set(false), SEEN_FOR);
    };
    Effect::new(move |_| {
        if waiting.get()
            && let Ok(timer) = set_timeout_with_handle(begin, UNSEEN_FOR)
        {
            on_cleanup(move || timer.clear());
        }
    });
    held
}
