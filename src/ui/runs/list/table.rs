//! The table, what stands over it when there are new runs, and the way to the pages beside it.

use crate::domain::run_column::{RunColumn, words};
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Failure;
use crate::ui::kit::time::ZoneNote;
use crate::ui::model::runs_page::{ALL_RUNS, RunsAddress, new_words};
use crate::ui::runs::list::bulk::boxes::PageBox;
use crate::ui::runs::list::row::ListedRow;
use crate::ui::state::run_list::RunList;
use crate::ui::state::run_selection::RunSelection;
use leptos::prelude::*;

/// Id of the panel.
const PANEL: &str = "runs";

#[component]
pub fn RunsTable(
    list: RunList,
    selection: RunSelection,
    address: RunsAddress,
    columns: RwSignal<Vec<RunColumn>>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| list.rows.list().is_empty());
    let is_narrowed = address.filter != Default::default();
    let elsewhere = address.cursor.is_some();
    view! {
        <section class="panel table-box" id=PANEL tabindex="-1" aria-label="Runs">
            <NewRuns list=list/>
            {move || is_empty.get().then(|| nothing(is_narrowed, elsewhere))}
            <div class="runs-list__box">
                <table class="table runs-list" role="table" data-columns=move || columns.with(|shown| words(shown).join(" ")) hidden=move || is_empty.get()>
                    <caption class="visually-hidden">"Runs, newest first"</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <PageBox selection=selection/>
                            <th role="columnheader" scope="col" class="c-status">"Status"</th>
                            <th role="columnheader" scope="col" class="c-agent">"Agent"</th>
                            <th role="columnheader" scope="col" class="c-what">"Input and result"</th>
                            <th role="columnheader" scope="col" class="started">"Started"<ZoneNote/></th>
                            <th role="columnheader" scope="col" class="num">"Duration"</th>
                            <th role="columnheader" scope="col" class="c-trigger p-3">"Trigger"</th>
                            <th role="columnheader" scope="col" class="c-model">"Model"</th>
                            <th role="columnheader" scope="col" class="num c-version">"Version"</th>
                            <th role="columnheader" scope="col" class="num c-tokens">"Tokens"</th>
                            <th role="columnheader" scope="col" class="num c-cost">"Cost"</th>
                            <th role="columnheader" scope="col" class="col-menu">
                                <span class="visually-hidden">"Actions"</span>
                                <span aria-hidden="true" class="muted">"⋮"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        <For
                            each=move || list.rows.list()
                            key=|(id, _)| *id
                            children=move |(_, listed)| {
                                view! { <ListedRow listed=RwSignal::from(listed).into() menu=list.menu selection=selection/> }
                            }
                        />
                    </tbody>
                </table>
            </div>
            <Pages list=list address=address/>
        </section>
    }
}

/// Runs that came while one was reading: they wait until they are asked for.
#[component]
fn NewRuns(list: RunList) -> impl IntoView {
    let some = Memo::new(move |_| list.new.get() > 0);
    let show = move |_| {
        if !list.busy.get_untracked() {
            list.show_new();
            // The button goes.
            dom::focus_id(PANEL);
        }
    };
    let button = move || {
        some.get().then(|| {
            view! {
                <button class="btn btn--s" type="button" aria-busy=move || list.busy.get().to_string() on:click=show>
                    <Icon name="arrow-up"/>
                    {move || new_words(list.new.get())}
                </button>
            }
        })
    };
    let failed = move || {
        let error = list.failed.get()?;
        Some(view! { <Failure title="The new runs could not be loaded." reason=error.to_string()/> })
    };
    view! {
        <div class="newer" role="status">{move || button()}</div>
        {move || failed()}
    }
}

fn nothing(is_narrowed: bool, elsewhere: bool) -> impl IntoView {
    let (title, text, link) = match (is_narrowed, elsewhere) {
        (_, true) => ("No runs here", "There is nothing on this page of the list any more.", Some("Show all runs")),
        (true, false) => ("No matching runs", "No run has all that the filters ask for.", Some("Clear the filters")),
        (false, false) => {
            ("No runs yet", "Start an agent on the dashboard, give it a schedule, or call the API.", None)
        }
    };
    let link = match link {
        Some(words) => view! { <a class="btn" href=ALL_RUNS>{words}</a> },
        None => view! { <a class="btn" href="/">"Go to the dashboard"</a> },
    };
    view! { <div class="empty"><h2>{title}</h2><p>{text}</p><div class="actions">{link}</div></div> }
}

/// Newer and older; nothing where there are no runs.
#[component]
fn Pages(list: RunList, address: RunsAddress) -> impl IntoView {
    let count = Memo::new(move |_| list.rows.list().len());
    let is_some = Memo::new(move |_| count.get() > 0);
    let address = StoredValue::new(address);
    let said = move || match count.get() {
        1 => "1 run on this page".to_owned(),
        count => format!("{count} runs on this page"),
    };
    let links = move || {
        let edges = list.edges.get();
        let at = |cursor: String| address.with_value(|address| address.at(Some(cursor)).href());
        let back = edges.newer.is_some().then(|| address.with_value(|address| address.at(None).href()));
        view! {
            {back.map(|href| view! { <a class="btn btn--s" href=href>"Newest"</a> })}
            {edges.newer.map(at).map(|href| view! { <a class="btn btn--s" href=href rel="prev"><Icon name="chevron-left"/>"Newer"</a> })}
            {edges.older.map(at).map(|href| view! { <a class="btn btn--s" href=href rel="next">"Older"<Icon name="chevron-right"/></a> })}
        }
    };
    let shown = move || {
        is_some.get().then(|| {
            view! {
                <nav class="table-foot" aria-label="Pages">
                    <span>{move || said()}</span>
                    <span class="btn-group push">{move || links()}</span>
                </nav>
            }
        })
    };
    view! { {move || shown()} }
}
