//! Whether a run is kept for good: the button on its page, and what is said of inputs and outputs that were removed.

use crate::api::runs::keep_run;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::kit::time::Ago;
use crate::ui::model::run_view::RunView;
use crate::ui::state::actions::Reload;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// "Keep", and "Kept" while it is.
#[component]
pub fn KeepButton(view: Memo<RunView>) -> impl IntoView {
    let toasts = Toasts::from_context();
    let reload: Option<Reload> = use_context();
    let busy = RwSignal::new(false);
    let is_kept = Memo::new(move |_| view.with(|view| view.detail.run.kept_at.is_some()));
    let turn = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (id, keep) = (view.with_untracked(|view| view.detail.run.id), !is_kept.get_untracked());
        spawn_local(async move {
            let answer = keep_run(id, keep).await;
            _ = busy.try_set(false);
            match answer {
                Ok(()) => _ = reload.and_then(|Reload(reload)| reload.try_run(())),
                Err(error) => toasts.error(format!("Could not keep run #{id}"), error),
            }
        });
    };
    view! {
        <button
            class="btn"
            type="button"
            title="A run that is kept is not removed when it is old"
            aria-pressed=move || if is_kept.get() { "true" } else { "false" }
            aria-disabled=move || busy.get().then_some("true")
            data-script=""
            on:click=turn
        >
            <Icon name="bookmark"/>
            {move || if is_kept.get() { "Kept" } else { "Keep" }}
        </button>
    }
}

/// Says since when inputs and outputs are gone; nothing for most runs.
#[component]
pub fn PayloadsRemoved(view: Memo<RunView>) -> impl IntoView {
    let removed_at = Memo::new(move |_| view.with(|view| view.detail.payloads_removed_at));
    move || {
        let at = Signal::stored(removed_at.get()?);
        Some(view! {
            <Notice tone=Tone::Plain>
                <strong>"Inputs and outputs were removed "<Ago at=at/></strong>
                <p>"They are kept for less long than runs. Times, tokens, costs and errors are still here, and so is the conversation."</p>
            </Notice>
        })
    }
}
