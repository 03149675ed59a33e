//! The newest runs of an agent on its own page.

use crate::ui::agents::no_runs::NoRuns;
use crate::ui::model::agent_view::AgentView;
use crate::ui::model::runs_page::runs_href;
use crate::ui::runs::menu::RunMenuOf;
use crate::ui::runs::table::RunTable;
use crate::ui::state::agent_watch::AgentWatch;
use leptos::prelude::*;

/// The panel with the table, and the menu of its rows.
#[component]
pub fn RecentRuns(watch: AgentWatch, view: Memo<AgentView>) -> impl IntoView {
    let AgentWatch { rows, run_menu: menu, focused_run: focused, .. } = watch;
    let name: Signal<String> = Memo::new(move |_| view.with(|view| view.agent.settings.name.clone())).into();
    let around = Callback::new(move |run| view.with(|view| view.history.around(run)));
    let empty = Memo::new(move |_| view.with(|view| view.history.runs.is_empty()));
    let next = Memo::new(move |_| view.with(|view| view.agent.next_due_at));
    let run = Memo::new(move |_| {
        let target = menu.target()?;
        view.with(|view| view.history.runs.iter().find(|run| run.id == target).cloned())
    });
    let shown = move || match empty.get() {
        true => view! { <NoRuns next=next/> }.into_any(),
        false => {
            view! { <RunTable name=name rows=move || rows.list() around=around menu=menu focused=focused/> }.into_any()
        }
    };
    view! {
        <section class="panel table-box" aria-labelledby="runs-h">
            <div class="panel__head"><h2 id="runs-h">"Recent runs"</h2><a class="push" href=runs_href(watch.id)>"All runs"</a></div>
            {move || shown()}
        </section>
        <RunMenuOf menu=menu run=run/>
    }
}
