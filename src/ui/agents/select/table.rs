//! The agents of the page, each with a box to tick.

use crate::domain::agent::AgentRow;
use crate::domain::agent::edit::EditResult;
use crate::domain::id::AgentId;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::status::Status;
use crate::ui::model::edits::result_words;
use crate::ui::model::words::agent_look;
use crate::ui::runs::tags::Tags;
use crate::ui::state::page::Hydrated;
use crate::ui::state::selection::Selection;
use leptos::html;
use leptos::prelude::*;

/// Tags that a row has room for.
const TAGS: usize = 3;

/// Head and rows. The explicit roles keep the table a table where narrow rows become grids.
#[component]
pub fn SelectTable(selection: Selection) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let all: NodeRef<html::Input> = NodeRef::new();
    let shown = Memo::new(move |_| selection.rows.read().len());
    let is_all = move || shown.get() > 0 && selection.count() == shown.get();
    Effect::new(move |_| {
        let some = selection.count() > 0 && !is_all();
        if let Some(all) = all.get() {
            all.set_indeterminate(some);
        }
    });
    let ids = Memo::new(move |_| selection.rows.read().iter().map(|row| row.id).collect::<Vec<_>>());
    view! {
        <section class="panel table-box" aria-label="Agents">
            <table class="table select-agents" role="table">
                <caption class="visually-hidden">"Agents to select"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" class="col-check">
                            <input
                                type="checkbox"
                                node_ref=all
                                aria-label="Select all shown"
                                disabled=move || !hydrated.get() || shown.get() == 0
                                prop:checked=move || is_all()
                                on:change=move |event| selection.choose_all(event_target_checked(&event))
                            />
                        </th>
                        <th role="columnheader" scope="col">"Agent"</th>
                        <th role="columnheader" scope="col">"Status"</th>
                        <th role="columnheader" scope="col">"Model"</th>
                        <th role="columnheader" scope="col">"Tags"</th>
                        <th role="columnheader" scope="col">"Result"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For each=move || ids.get() key=|id| *id children=move |id| view! { <Row selection=selection id=id/> }/>
                </tbody>
            </table>
            {move || (shown.get() == 0).then(|| view! {
                <div class="empty"><h3>"No matching agents"</h3></div>
            })}
            <div class="table-foot"><span>{move || format!("{} agents shown", shown.get())}</span></div>
        </section>
    }
}

#[component]
fn Row(selection: Selection, id: AgentId) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let row = Memo::new(move |_| selection.rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()));
    let of = move |read: fn(&AgentRow) -> String| move || row.with(|row| row.as_ref().map(read).unwrap_or_default());
    let name = of(|row| row.name.clone());
    let label = move || format!("Select {}", name());
    let looks = move || {
        row.with(|row| row.as_ref().map(|row| agent_look(row.pulse.status, row.pulse.running_count, row.paused)))
    };
    let status = move || {
        let (look, text) = looks()?;
        Some(view! { <Status look=look text=Signal::stored(text)/> })
    };
    let tags = move || view! { <Tags tags=row.with(|row| row.as_ref().map(|row| row.tags.clone()).unwrap_or_default()) shown=TAGS/> };
    let result = move || {
        let result = selection.result(id)?;
        let failed = result.result == EditResult::Failed;
        Some(view! {
            <span class:is-error=failed dir="auto">{failed.then(|| view! { <Icon name="error"/> })}{result_words(&result)}</span>
        })
    };
    view! {
        <tr role="row">
            <td role="cell" class="col-check">
                <input
                    type="checkbox"
                    aria-label=move || label()
                    disabled=move || !hydrated.get()
                    prop:checked=move || selection.has(id)
                    on:change=move |event| selection.choose(id, event_target_checked(&event))
                />
            </td>
            <th role="rowheader" scope="row" class="c-name"><a href=format!("/agents/{id}") dir="auto">{move || name()}</a></th>
            <td role="cell" class="c-status">{move || status()}</td>
            <td role="cell" class="c-model" dir="auto">{move || of(|row| row.model.clone())()}</td>
            <td role="cell" class="c-tags">{move || tags()}</td>
            <td role="cell" class="c-result">{move || result()}</td>
        </tr>
    }
}
