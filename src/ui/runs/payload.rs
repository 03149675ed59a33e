//! A step's input or output: its beginning, and the way to the rest where there is more.

use crate::api::runs::read_payload;
use crate::domain::id::RunId;
use crate::domain::step::RunStep;
use crate::domain::step::payload::{Extent, Side};
use crate::ui::dom;
use crate::ui::model::pretty::pretty;
use crate::ui::model::size::format_bytes;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Most bytes that are put into the page. What is longer opens in a tab of its own, where it weighs on nothing else.
const IN_PAGE: i64 = 256 * 1024;

/// The place where all of a text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    run: RunId,
    position: i32,
    side: Side,
}

impl Place {
    /// Returns the place of a step's input or output.
    pub fn of(step: &RunStep, side: Side) -> Self {
        Self { run: step.run_id, position: step.position, side }
    }
}

/// A text under its title. `place` says where the rest is, if it is anywhere.
#[component]
pub fn Payload(
    title: &'static str,
    #[prop(into)] text: Signal<String>,
    #[prop(into)] extent: Signal<Extent>,
    #[prop(optional)] place: Option<Place>,
) -> impl IntoView {
    let whole: RwSignal<Option<String>> = RwSignal::new(None);
    let element: NodeRef<html::Pre> = NodeRef::new();
    let rest = move || match (extent.get(), place) {
        _ if whole.read().is_some() => None,
        (Extent::Whole, _) => None,
        (Extent::Kept(bytes), Some(place)) => {
            let words = format!("Show all ({})", format_bytes(bytes));
            Some(view! { <Rest place=place bytes=bytes words=words whole=whole element=element/> }.into_any())
        }
        (Extent::Cut(bytes), Some(place)) => {
            let words = format!("Show 1 MiB of {}: no more was kept", format_bytes(bytes));
            Some(view! { <Rest place=place bytes=bytes words=words whole=whole element=element/> }.into_any())
        }
        (Extent::Lost, _) | (_, None) => Some(view! { <span data-part="fixed">"only the beginning"</span> }.into_any()),
    };
    view! {
        <div class="code-head"><span>{title}</span>{move || rest()}</div>
        <pre class="code code--wrap" dir="auto" tabindex="0" node_ref=element>
            {move || whole.get().unwrap_or_else(|| text.get())}
        </pre>
    }
}

/// A link to all of a text, which puts it into the page where it is not too long for that.
#[component]
fn Rest(
    place: Place,
    bytes: i64,
    words: String,
    whole: RwSignal<Option<String>>,
    element: NodeRef<html::Pre>,
) -> impl IntoView {
    let Place { run, position, side } = place;
    let failed: RwSignal<Option<String>> = RwSignal::new(None);
    let is_short = bytes <= IN_PAGE;
    let show = move |event: MouseEvent| {
        if !is_short || !dom::is_plain(&event) {
            return;
        }
        event.prevent_default();
        spawn_local(async move {
            // The step may have gone from the page.
            match read_payload(run, position, side).await {
                Ok(text) => {
                    _ = whole.try_set(Some(pretty(&text)));
                    // The link goes, and would take the focus along.
                    dom::focus(element.try_get_untracked().flatten().map(Into::into));
                }
                Err(error) => _ = failed.try_set(Some(error.detail)),
            }
        });
    };
    view! {
        <a
            href=format!("/api/runs/{run}/steps/{position}/{side}")
            target=(!is_short).then_some("_blank")
            // The search says that it has not seen the rest.
            data-part=""
            on:click=show
        >{words}</a>
        <span role="status">{move || failed.get()}</span>
    }
}

/// An error under its title.
pub fn error_text(text: String) -> impl IntoView {
    view! {
        <div class="code-head"><span>"Error"</span></div>
        <pre class="code code--danger" dir="auto" tabindex="0">{text}</pre>
    }
}
