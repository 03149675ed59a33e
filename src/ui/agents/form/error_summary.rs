//! Summary above a form's fields when a submit did not work.

use crate::ui::dom;
use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// Id of the summary, to move the focus to.
pub const SUMMARY: &str = "errors";

/// Takes the focus when a submit did not work; its links lead to the fields.
#[component]
pub fn ErrorSummary(
    form: AgentForm,
    /// Says what did not happen, where the server gives the reason.
    failed: &'static str,
) -> impl IntoView {
    let shown = move || {
        let (fields, refusal) = (form.submitted_errors(), form.refusal());
        let title = match fields.len() {
            0 => refusal.as_ref().map(|_| failed.to_owned())?,
            1 => "One field needs attention.".to_owned(),
            n => format!("{n} fields need attention."),
        };
        let mut first = true;
        let links = fields.into_iter().map(|setting| {
            let comma = (!std::mem::take(&mut first)).then_some(", ");
            // A plain jump would scroll but leave the focus.
            let go = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                dom::focus_id(setting.name());
            };
            view! { {comma}<a href=format!("#{}", setting.name()) on:click=go>{setting.label()}</a> }
        });
        let links = links.collect_view();
        Some(view! {
            <Notice tone=Tone::Danger alert=true id=SUMMARY>
                <p><strong>{title}</strong></p>
                <p dir="auto">{links}{refusal}</p>
            </Notice>
        })
    };
    view! { {move || shown()} }
}
