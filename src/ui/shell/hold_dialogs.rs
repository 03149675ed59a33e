//! "Hold everything?" and "Release the hold?": each says what it is about. What is in them is loaded when one is first opened.

use crate::ui::kit::dialog::Dialog;
use crate::ui::state::hold::{HoldQuestion, Holding};
use leptos::prelude::*;

/// Both dialogs; of one page, either is open at most.
#[component]
pub fn HoldDialogs() -> impl IntoView {
    let holding = Holding::from_context();
    let form = move |question| holding.form.get().map(|show| show(question));
    view! {
        <Dialog open=holding.holding title="Hold everything?" id="hold-h">
            {move || form(HoldQuestion::Hold)}
        </Dialog>
        <Dialog open=holding.releasing title="Release the hold?" id="release-h">
            {move || form(HoldQuestion::Release)}
        </Dialog>
    }
}
