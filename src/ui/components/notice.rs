//! What a part of a page says in its own place when it could not be loaded.

use super::icon::Icon;
use crate::error::AppError;
use crate::ui::dom;
use leptos::prelude::*;

/// Says what could not be loaded and why, and offers to try again.
#[component]
pub fn LoadError(what: &'static str, error: AppError, retry: Callback<()>) -> impl IntoView {
    let again = move |_| {
        retry.run(());
        // The button goes; what comes in its place is on the page.
        dom::focus_id("main");
    };
    view! {
        <div class="notice notice--danger" role="alert">
            <Icon name="failed"/>
            <div class="notice__text">
                <p><strong>{what}" could not be loaded."</strong></p>
                <p dir="auto">{error.to_string()}</p>
            </div>
            <div class="actions">
                <button class="btn btn--s" type="button" data-script="" on:click=again>
                    <Icon name="retry"/>
                    "Try again"
                </button>
            </div>
        </div>
    }
}
