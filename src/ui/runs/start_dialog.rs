//! The dialog in which a run is started with something, for the pages of one agent and of one run; others link there. The form
//! in it is loaded when it is first opened.

use crate::ui::kit::dialog::Dialog;
use crate::ui::state::starting::{StartInput, Started, Starting};
use leptos::prelude::*;

/// The dialog of a page. `done` gets the new run.
#[component]
pub fn StartDialog(starting: Starting, done: Callback<Started>) -> impl IntoView {
    let title = Signal::derive(move || {
        starting.new.with(|new| {
            new.as_ref().map_or_else(String::new, |new| match new.repeats {
                Some(run) => format!("Retry #{run} with changes"),
                None => format!("Run {} with…", new.form.agent_name),
            })
        })
    });
    let form = move || starting.new.get().map(|new| (new.show)(StartInput { starting, new, done }));
    view! {
        <Dialog open=starting.open title=title id="start-h" wide=true>{form}</Dialog>
    }
}
