//! The form of a webhook: how its senders prove who they are, which deliveries pass, and what their runs are given.

use crate::domain::hook::VerificationKind;
use crate::ui::agents::hooks::fields::{HmacFields, KindField, SecretField, TextField};
use crate::ui::agents::hooks::trial::Trial;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::field::Control;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Failure;
use crate::ui::model::hook_form::{Mistakes, Part};
use crate::ui::state::hooks::Hooks;
use leptos::prelude::*;

/// The dialog. The form in it is loaded when it is first opened.
#[component]
pub fn HookDialog(hooks: Hooks) -> impl IntoView {
    let title = Signal::derive(move || match hooks.edited.get().and_then(|hook| hooks.hook(hook)) {
        Some(hook) => format!("Webhook {}", hook.settings.name),
        None => "New webhook".to_owned(),
    });
    let form = move || hooks.form.get().map(|show| show(hooks));
    view! {
        <Dialog open=hooks.form_open title=title id="hook-form-h" wide=true>{form}</Dialog>
    }
}

/// Shows the form.
pub fn form(hooks: Hooks) -> AnyView {
    view! { <Form hooks=hooks/> }.into_any()
}

#[component]
fn Form(hooks: Hooks) -> impl IntoView {
    let Hooks { text, mistakes, busy, .. } = hooks;
    let kind = Memo::new(move |_| text.with(|text| text.kind));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        hooks.save();
    };
    let has_more = text.with_untracked(|text| !text.metadata.is_empty() || !text.tags.is_empty());
    // A mistake is not folded away; what somebody has opened stays open.
    let more: NodeRef<leptos::html::Details> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(more) = more.get().filter(|_| mistakes.with(Mistakes::are_folded)) {
            more.set_open(true);
        }
    });
    view! {
        <form on:submit=submit novalidate>
            <div class="dialog__fields dialog__fields--scroll">
                {move || mistakes.with(Mistakes::rest).map(|reason| view! {
                    <Failure title=hooks.failure.get_untracked() reason=reason/>
                })}
                <div class="field-row">
                    <TextField hooks=hooks part=Part::Name label="Name" control=Control::Line at=|text| &mut text.name
                        help="How lists call it." required=true autofocus=true/>
                    <KindField hooks=hooks kind=kind/>
                </div>
                {move || (kind.get() == VerificationKind::Hmac).then(|| view! { <HmacFields hooks=hooks/> })}
                {move || (kind.get() != VerificationKind::None).then(|| view! { <SecretField hooks=hooks/> })}
                <TextField hooks=hooks part=Part::Filter label="Only run if" control=Control::Text("2") at=|text| &mut text.filter
                    help="A condition on each line, all of which have to hold: /ref is refs/heads/main, header X-GitHub-Event in \
                          push, release, /draft missing, /id exists."/>
                <TextField hooks=hooks part=Part::Input label="Input" control=Control::Code at=|text| &mut text.input
                    help="A place in the body such as /head_commit/message, or text with places: {{/pusher/name}} pushed \
                          {{/ref}}. If empty: all of the body."/>
                <TextField hooks=hooks part=Part::Variables label="Variables" control=Control::Text("2")
                    at=|text| &mut text.variables
                    help="A name and a place on each line, such as branch: /ref, event: header X-GitHub-Event, or the same for \
                          every run: team: billing."/>
                <details class="more" open=has_more node_ref=more>
                    <summary><Icon name="chevron-right"/>"Tags, metadata, limit"</summary>
                    <TextField hooks=hooks part=Part::Tags label="Tags" control=Control::Code at=|text| &mut text.tags
                        help="Places and words with commas between: /labels, webhook."/>
                    <TextField hooks=hooks part=Part::Metadata label="Metadata" control=Control::Text("2")
                        at=|text| &mut text.metadata help="A name and a place on each line, such as commit: /head_commit/id."/>
                    <TextField hooks=hooks part=Part::Rate label="At most" control=Control::Number(Some("a minute"))
                        at=|text| &mut text.rate help="Deliveries beyond that get a 429 that says when to come again."/>
                </details>
                <Trial hooks=hooks/>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" on:click=move |_| hooks.form_open.set(false)>"Cancel"</button>
                <button class="btn btn--primary" type="submit" aria-busy=move || busy.get().then_some("true")>
                    "Save webhook"
                </button>
            </div>
        </form>
    }
}
