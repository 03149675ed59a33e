//! The likely cost of the run, and the buttons.

use crate::domain::views::start::StartForm;
use crate::ui::kit::icon::Icon;
use crate::ui::model::start::cost_words;
use crate::ui::state::start_fields::StartFields;
use crate::ui::state::starting::Starting;
use leptos::prelude::*;

/// Cancel and Run; a retry says how much is otherwise.
#[component]
pub fn StartFoot(
    starting: Starting,
    fields: StartFields,
    form: StoredValue<StartForm>,
    repeats: bool,
) -> impl IntoView {
    let (normal, own) = form.with_value(|form| (form.normal, form.model.clone()));
    let cost = Memo::new(move |_| {
        let model = fields.model.read();
        cost_words(normal, model.is_empty() || *model == own)
    });
    let label = Memo::new(move |_| match (repeats, fields.changes()) {
        (true, 0) => "Run again".to_owned(),
        (true, 1) => "Run with 1 change".to_owned(),
        (true, changes) => format!("Run with {changes} changes"),
        (false, _) => "Run".to_owned(),
    });
    view! {
        <div class="dialog__foot">
            <p class="dialog__note" role="status">
                <Icon name="coin"/>
                <span>
                    {move || cost.get().0.map(|amount| view! { <strong>{amount}</strong>" " })}
                    {move || cost.get().1}
                </span>
            </p>
            <button class="btn" type="button" on:click=move |_| starting.open.set(false)>"Cancel"</button>
            <button
                class="btn btn--primary"
                type="submit"
                aria-busy=move || starting.busy.get().then_some("true")
            >
                <Icon name="play"/>
                {label}
            </button>
        </div>
    }
}
