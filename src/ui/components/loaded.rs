//! A part of a page that waits for the server's answer: skeleton, then content, or what went wrong.
//!
//! The content is built once. Later answers go to the state it shows, so its elements stay.
//!
//! All such parts of a page stand in one `<Transition>`. The server resolves each of those in a task of its own, and
//! signals refuse, rather than wait, when two threads are at them: parts that share state must not be resolved at once.

use super::notice::LoadError;
use crate::error::AppError;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A skeleton is seen after this long (style/components/skeleton.css) …
const UNSEEN_FOR: Duration = Duration::from_millis(150);
/// … and then stays this long: less would be a flash.
const SEEN_FOR: Duration = Duration::from_millis(300);

/// What the part shows.
#[derive(Clone, PartialEq)]
enum Phase {
    Waiting,
    Ready,
    Failed(AppError),
}

/// Hands answers of `resource` to `accept` and shows the content once `ready`.
#[component]
pub fn Loaded<T>(
    resource: Resource<T>,
    /// Takes an answer in; `Some` when it is an error.
    accept: Callback<T, Option<AppError>>,
    /// Whether there is something to show; the live connection may have brought it too.
    #[prop(into)]
    ready: Signal<bool>,
    /// Names it for "… could not be loaded".
    what: &'static str,
    #[prop(into)] skeleton: ViewFn,
    #[prop(into)] content: ViewFn,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let error = RwSignal::new(None);
    let held = hold(Memo::new(move |_| !ready.get() && error.read().is_none()));
    let phase = Memo::new(move |_| match (held.get(), ready.get(), error.get()) {
        (true, ..) | (_, false, None) => Phase::Waiting,
        (_, true, _) => Phase::Ready,
        (_, false, Some(error)) => Phase::Failed(error),
    });
    let retry = Callback::new(move |()| {
        error.set(None);
        resource.refetch();
    });
    view! {
        {move || {
            // The part may have gone from the page since the answer was asked for.
            _ = error.try_set(resource.get().and_then(|answer| accept.run(answer)));
            // Shows nothing. A plain `()` would: under a Transition it leaves one comment more than is hydrated.
            None::<&str>
        }}
        {move || match phase.get() {
            Phase::Ready => content.run(),
            Phase::Waiting => skeleton.run(),
            Phase::Failed(error) => view! { <LoadError what error retry/> }.into_any(),
        }}
    }
}

/// Whether the skeleton stays though there would be something to show.
fn hold(waiting: Memo<bool>) -> RwSignal<bool> {
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
