//! Fields that are seldom needed: a later start, a limit, a priority, metadata.

use crate::domain::money::NanoDollars;
use crate::domain::priority::Priority;
use crate::domain::request::Field;
use crate::domain::views::start::StartForm;
use crate::ui::kit::icon::Icon;
use crate::ui::model::words::priority_words;
use crate::ui::runs::start::fields::FieldError;
use crate::ui::state::start_fields::StartFields;
use leptos::prelude::*;

/// Folded, unless something in it is filled in.
#[component]
pub fn OptionalFields(fields: StartFields, form: StoredValue<StartForm>) -> impl IntoView {
    let limit = form.with_value(|form| form.run_budget_usd.map(NanoDollars::decimal));
    let is_filled = !fields.budget.read_untracked().is_empty()
        || !fields.metadata.read_untracked().is_empty()
        || fields.priority.get_untracked() != Priority::Normal;
    // A mistake must not be hidden.
    let is_wrong =
        move || [Field::NotBefore, Field::RunCost, Field::Metadata].iter().any(|field| fields.error(*field).is_some());
    view! {
        <details class="more" open=move || is_filled || is_wrong()>
            <summary><Icon name="chevron-right"/>"Start later, budget, priority, metadata"</summary>
            <div class="field-row">
                <div class="field">
                    <label for="start-later">"Not before"</label>
                    <input
                        class="input"
                        id="start-later"
                        type="datetime-local"
                        prop:value=fields.later
                        on:input=move |event| fields.later.set(event_target_value(&event))
                    />
                    <FieldError id="start-later-error" error=move || fields.error(Field::NotBefore)/>
                </div>
                <div class="field">
                    <label for="start-budget">"At most"</label>
                    <div class="affix">
                        <input
                            class="input"
                            id="start-budget"
                            inputmode="decimal"
                            autocomplete="off"
                            placeholder=limit
                            prop:value=fields.budget
                            on:input=move |event| fields.budget.set(event_target_value(&event))
                        />
                        <span class="affix__unit">"USD"</span>
                    </div>
                    <FieldError id="start-budget-error" error=move || fields.error(Field::RunCost)/>
                </div>
            </div>
            <PriorityField priority=fields.priority/>
            <div class="field">
                <label for="start-metadata">"Metadata"</label>
                <textarea
                    class="textarea textarea--code"
                    id="start-metadata"
                    rows="2"
                    spellcheck="false"
                    aria-describedby="start-metadata-help"
                    prop:value=fields.metadata
                    on:input=move |event| fields.metadata.set(event_target_value(&event))
                ></textarea>
                <FieldError id="start-metadata-error" error=move || fields.error(Field::Metadata)/>
                <p class="field__help" id="start-metadata-help">"A name and a value on each line, such as "<code>"ticket: 48213"</code>"."</p>
            </div>
        </details>
    }
}

/// Its place among the runs that wait.
#[component]
fn PriorityField(priority: RwSignal<Priority>) -> impl IntoView {
    let options = Priority::ALL.iter().map(|value| {
        view! { <option value=value.as_str() selected=move || priority.get() == *value>{priority_words(*value)}</option> }
    });
    let choose = move |event| priority.set(Priority::parse(&event_target_value(&event)).unwrap_or_default());
    view! {
        <div class="field">
            <label for="start-priority">"Priority"</label>
            <select class="select" id="start-priority" aria-describedby="start-priority-help" on:change=choose>
                {options.collect_view()}
            </select>
            <p class="field__help" id="start-priority-help">
                "High goes before runs that have waited up to 15 minutes longer, low lets those pass that come up to 15 minutes later."
            </p>
        </div>
    }
}
