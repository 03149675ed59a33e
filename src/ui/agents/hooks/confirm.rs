//! "Delete Pushes?" and "New address for Pushes?": says what will come of it, and begins with the safe choice.

use crate::ui::kit::dialog::Dialog;
use crate::ui::state::hooks::{Doubtful, Hooks};
use leptos::prelude::*;

/// The dialog.
#[component]
pub fn ConfirmDialog(hooks: Hooks) -> impl IntoView {
    let open = hooks.confirm_open;
    let what = move || hooks.doubtful.get().0;
    let title = Signal::derive(move || {
        let (what, hook) = hooks.doubtful.get();
        let name = hook.and_then(|hook| hooks.hook(hook)).map(|hook| hook.settings.name).unwrap_or_default();
        match what {
            Doubtful::Rotate => format!("New address for {name}?"),
            Doubtful::Delete => format!("Delete {name}?"),
        }
    });
    let text = move || match what() {
        Doubtful::Rotate => {
            "The address that it has stops working at once. Senders need the new one, which is shown once."
        }
        Doubtful::Delete => "Its address stops working at once, and the list of its deliveries goes. Its runs stay.",
    };
    let (class, verb) = (
        move || if what() == Doubtful::Delete { "btn btn--danger" } else { "btn btn--primary" },
        move || if what() == Doubtful::Delete { "Delete webhook" } else { "Make a new address" },
    );
    view! {
        <Dialog open=open title=title id="confirm-hook-h">
            <div class="dialog__body"><p>{move || text()}</p></div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                <button class=move || class() type="button" on:click=move |_| hooks.confirm()>{move || verb()}</button>
            </div>
        </Dialog>
    }
}
