//! A part of a page that waits for the server's answer: skeleton, then content, or what went wrong.
//!
//! The content is built once. Later answers go to the state it shows, so its elements stay.

use super::notice::LoadError;
use crate::error::AppError;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

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
    let phase = Memo::new(move |_| match (ready.get(), error.get()) {
        (true, _) => Phase::Ready,
        (false, Some(error)) => Phase::Failed(error),
        (false, None) => Phase::Waiting,
    });
    let retry = Callback::new(move |()| {
        error.set(None);
        resource.refetch();
    });
    let waiting = skeleton.clone();
    view! {
        <Transition fallback=move || waiting.run()>
            {move || error.set(resource.get().and_then(|answer| accept.run(answer)))}
            {
                let (skeleton, content) = (skeleton.clone(), content.clone());
                move || match phase.get() {
                    Phase::Ready => content.run(),
                    Phase::Waiting => skeleton.run(),
                    Phase::Failed(error) => view! { <LoadError what error retry/> }.into_any(),
                }
            }
        </Transition>
    }
}
