//! The page on which agents are selected and changed together. It shows what the dashboard shows, by the same query.

use crate::domain::agent::edit::EditResult;
use crate::domain::live::ServerMessage;
use crate::domain::views::page::SelectData;
use crate::ui::agents::select::bar::Bar;
use crate::ui::agents::select::table::SelectTable;
use crate::ui::dom;
use crate::ui::kit::notice::{Failure, LoadError, Notice, Tone};
use crate::ui::model::address::Address;
use crate::ui::model::edits::summary;
use crate::ui::state::selection::Selection;
use leptos::prelude::*;

/// `/agents/select`.
pub fn show(SelectData { query, agents }: SelectData) -> AnyView {
    let address = Address::from_query(&query).table();
    let back = address.href();
    let content = match agents {
        Ok(agents) => view! { <Agents address=address agents=agents/> }.into_any(),
        Err(error) => {
            let again = Callback::new(|()| dom::leave_for(""));
            view! { <LoadError what="The list of agents" error=error retry=again/> }.into_any()
        }
    };
    view! {
        <main class="page" id="main" tabindex="-1">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol><li><a href=back.clone()>"Agents"</a></li><li aria-current="page">"Select"</li></ol>
            </nav>
            <div class="page__head">
                <h1>"Select agents"</h1>
                <div class="actions">
                    <a class="btn" href="/agents/import">"Import agents"</a>
                    <a class="btn" href="/api/agents/export">"Export all"</a>
                    <a class="btn btn--primary" href=back>"Done"</a>
                </div>
            </div>
            <noscript><p class="notice">"Changing agents needs JavaScript, or the REST API."</p></noscript>
            {content}
        </main>
    }
    .into_any()
}

#[component]
fn Agents(address: Address, agents: ServerMessage) -> impl IntoView {
    let selection = Selection::of_page(address, &agents);
    let said = move || {
        let results = selection.results.get();
        let tone = if results.iter().any(|one| one.result == EditResult::Failed) { Tone::Warning } else { Tone::Plain };
        (!results.is_empty()).then(|| view! { <Notice tone=tone><p>{summary(&results)}</p></Notice> })
    };
    let refused = move || {
        let error = selection.refused.get()?;
        Some(view! { <Failure title="Nothing was changed." reason=error.to_string()/> })
    };
    view! {
        <div role="status">{move || said()}</div>
        {move || refused()}
        <SelectTable selection=selection/>
        <Bar selection=selection/>
    }
}
