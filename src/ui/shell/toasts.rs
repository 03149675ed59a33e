//! The messages at the page's end corner.

use crate::ui::kit::icon::Icon;
use crate::ui::state::toasts::{Toast, Toasts};
use leptos::prelude::*;

/// At most three; errors are alerts and stay.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = Toasts::from_context();
    view! {
        <div class="toasts">
            <For each=move || toasts.list() key=|toast| toast.id let:toast>
                <ToastCard toast/>
            </For>
        </div>
    }
}

#[component]
fn ToastCard(toast: Toast) -> impl IntoView {
    let toasts = Toasts::from_context();
    let Toast { id, is_error, title, detail, run } = toast;
    let (class, role, icon) = match is_error {
        true => ("toast toast--danger", "alert", "failed"),
        false => ("toast toast--success", "status", "success"),
    };
    let link = run.map(|run| view! { ", "<a href=format!("/runs/{run}")>{format!("#{run}")}</a> });
    view! {
        <div
            class=class
            role=role
            on:pointerenter=move |_| toasts.hold(Some(id))
            on:pointerleave=move |_| toasts.hold(None)
            on:focusin=move |_| toasts.hold(Some(id))
            on:focusout=move |_| toasts.hold(None)
        >
            <Icon name=icon/>
            <div class="toast__text">
                <p dir="auto">{title}</p>
                <p dir="auto">{detail}{link}</p>
            </div>
            <button
                class="btn btn--ghost btn--xs btn--icon"
                type="button"
                aria-label="Dismiss"
                on:click=move |_| toasts.dismiss(id)
            >
                <Icon name="close"/>
            </button>
        </div>
    }
}
