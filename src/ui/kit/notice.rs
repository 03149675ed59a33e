//! A message in the place it is about.

use crate::error::AppError;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// How much weight a notice has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Warning,
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "notice",
            Self::Warning => "notice notice--warning",
            Self::Danger => "notice notice--danger",
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::Plain => "info",
            Self::Warning => "error",
            Self::Danger => "failed",
        }
    }
}

/// Icon, text, and what can be done about it.
#[component]
pub fn Notice(
    tone: Tone,
    /// In place of the tone's own.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Whether it is read out as soon as it appears.
    #[prop(optional)]
    alert: bool,
    /// Id by which the focus is moved to it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Whether it reaches from edge to edge of the panel it stands in.
    #[prop(optional)]
    flush: bool,
    /// Buttons and links beside the text.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let flush = if flush { " notice--flush" } else { "" };
    view! {
        <div
            class=format!("{}{flush}", tone.class())
            role=alert.then_some("alert")
            id=id
            tabindex=id.is_some().then_some("-1")
        >
            <Icon name=icon.unwrap_or_else(|| tone.icon())/>
            <div class="notice__text">{children()}</div>
            {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
        </div>
    }
}

/// Shows at once what did not work, and why.
#[component]
pub fn Failure(#[prop(into)] title: String, #[prop(into)] reason: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Danger alert=true>
            <p><strong>{title}</strong></p>
            <p dir="auto">{reason}</p>
        </Notice>
    }
}

/// Says what could not be loaded and why, and offers to try again.
#[component]
pub fn LoadError(what: &'static str, error: AppError, retry: Callback<()>) -> impl IntoView {
    let again = move |_| {
        retry.run(());
        // The button goes; what comes in its place is on the page.
        dom::focus_id("main");
    };
    let actions = move || {
        view! {
            <button class="btn btn--s" type="button" data-script="" on:click=again>
                <Icon name="retry"/>
                "Try again"
            </button>
        }
    };
    view! {
        <Notice tone=Tone::Danger alert=true actions=actions>
            <p><strong>{what}" could not be loaded."</strong></p>
            <p dir="auto">{error.to_string()}</p>
        </Notice>
    }
}
