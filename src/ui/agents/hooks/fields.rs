//! The fields of the form of a webhook.

use crate::domain::hook::{Encoding, HashAlgorithm, VerificationKind};
use crate::ui::kit::field::{Control, Field};
use crate::ui::model::hook_form::{HookText, Part};
use crate::ui::model::hooks::{kind_help, kind_words};
use crate::ui::state::hooks::Hooks;
use leptos::prelude::*;

/// A field of text; `at` says which.
#[component]
pub fn TextField(
    hooks: Hooks,
    part: Part,
    label: &'static str,
    control: Control,
    at: fn(&mut HookText) -> &mut String,
    help: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let value = Memo::new(move |_| at(&mut hooks.text.get()).clone());
    let error = Memo::new(move |_| hooks.mistakes.with(|mistakes| mistakes.at(part)));
    let change = Callback::new(move |typed| hooks.change(part, |text| *at(text) = typed));
    view! {
        <Field
            id=part.id()
            label=label
            control=control
            value=value
            error=error
            change=change
            leave=Callback::new(|()| ())
            help=move || help
            required=required
            autofocus=autofocus
        />
    }
}

/// How senders prove who they are.
#[component]
pub fn KindField(hooks: Hooks, kind: Memo<VerificationKind>) -> impl IntoView {
    let choose = move |event| {
        if let Some(kind) = VerificationKind::parse(&event_target_value(&event)) {
            hooks.change(Part::Header, |text| text.kind = kind);
        }
    };
    let option = move |choice: &'static VerificationKind| {
        view! {
            <option value=choice.as_str() selected=move || kind.get() == *choice>{kind_words(*choice)}</option>
        }
    };
    view! {
        <div class="field">
            <label for="hook-kind">"Verification"</label>
            <select class="select" id="hook-kind" aria-describedby="hook-kind-help" on:change=choose>
                {VerificationKind::ALL.iter().map(option).collect_view()}
            </select>
            <p class="field__help" id="hook-kind-help">{move || kind_help(kind.get())}</p>
        </div>
    }
}

/// The secret, which is typed and never shown.
#[component]
pub fn SecretField(hooks: Hooks) -> impl IntoView {
    let text = hooks.text;
    let error = Memo::new(move |_| hooks.mistakes.with(|mistakes| mistakes.at(Part::Secret)));
    let has_one = move || hooks.edited.get().and_then(|hook| hooks.hook(hook)).is_some_and(|hook| hook.secret_set);
    let help = move || match has_one() {
        true => "It has one. If empty, that stays.",
        false => "The one that the sender signs with.",
    };
    view! {
        <div class="field">
            <label for="hook-secret">"Secret"</label>
            <input
                class="input input--code"
                id="hook-secret"
                type="password"
                autocomplete="off"
                spellcheck="false"
                aria-describedby="hook-secret-help"
                aria-invalid=move || error.read().is_some().then_some("true")
                prop:value=move || text.with(|text| text.secret.clone())
                on:input=move |event| hooks.change(Part::Secret, |text| text.secret = event_target_value(&event))
            />
            <p class=move || if error.read().is_some() { "field__error" } else { "field__help" } id="hook-secret-help">
                {move || error.get().unwrap_or_else(|| help().to_owned())}
            </p>
        </div>
    }
}

/// The fields for an HMAC in a header.
#[component]
pub fn HmacFields(hooks: Hooks) -> impl IntoView {
    let text = hooks.text;
    let algorithm = move |event| {
        if let Some(algorithm) = HashAlgorithm::parse(&event_target_value(&event)) {
            hooks.change(Part::Header, |text| text.algorithm = algorithm);
        }
    };
    let encoding = move |event| {
        if let Some(encoding) = Encoding::parse(&event_target_value(&event)) {
            hooks.change(Part::Header, |text| text.encoding = encoding);
        }
    };
    view! {
        <div class="field-row">
            <TextField hooks=hooks part=Part::Header label="Header" control=Control::Code at=|text| &mut text.header
                help="It has the signature, such as X-Signature." required=true/>
            <TextField hooks=hooks part=Part::Prefix label="Prefix" control=Control::Code at=|text| &mut text.prefix
                help="Before the signature, such as sha256=."/>
            <div class="field">
                <label for="hook-algorithm">"Hash"</label>
                <select class="select" id="hook-algorithm" on:change=algorithm>
                    {HashAlgorithm::ALL.iter().map(|choice| view! {
                        <option value=choice.as_str() selected=move || text.read().algorithm == *choice>{choice.as_str()}</option>
                    }).collect_view()}
                </select>
            </div>
            <div class="field">
                <label for="hook-encoding">"Written in"</label>
                <select class="select" id="hook-encoding" on:change=encoding>
                    {Encoding::ALL.iter().map(|choice| view! {
                        <option value=choice.as_str() selected=move || text.read().encoding == *choice>{choice.as_str()}</option>
                    }).collect_view()}
                </select>
            </div>
        </div>
    }
}
