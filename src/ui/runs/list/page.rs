//! `/runs`: runs over all agents, narrowed by what the address says.

use crate::domain::bulk::BulkView;
use crate::domain::run_column::RunColumn;
use crate::domain::run_filter::RunFilter;
use crate::domain::saved_view::SavedView;
use crate::domain::views::page::RunsPageData;
use crate::domain::views::runs::RunsView;
use crate::error::{AppError, ErrorKind};
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::{LoadError, Notice, Tone};
use crate::ui::model::runs_page::{ALL_RUNS, RunsAddress, VIEWS, export_href};
use crate::ui::runs::list::bulk::bar::Bar;
use crate::ui::runs::list::bulk::panel::BulkPanel;
use crate::ui::runs::list::chips::ActiveFilters;
use crate::ui::runs::list::columns::ColumnsMenu;
use crate::ui::runs::list::filters::Filters;
use crate::ui::runs::list::found::unsearched_notice;
use crate::ui::runs::list::table::RunsTable;
use crate::ui::runs::list::views::SavedViews;
use crate::ui::runs::menu::RunMenuOf;
use crate::ui::state::bulk::Bulk;
use crate::ui::state::run_list::RunList;
use leptos::prelude::*;

/// Built once; what changes is read where it is shown.
pub fn show(RunsPageData { query, runs, bulk, views, columns }: RunsPageData) -> AnyView {
    let columns = RwSignal::new(columns);
    let address = RunsAddress::from_query(&query);
    let runs_are_there = runs.is_ok();
    let content = match runs {
        Ok(view) => view! { <Runs address=address.clone() view=view under_way=bulk columns=columns/> }.into_any(),
        Err(error) => failed(error),
    };
    view! {
        <main class="page" id="main" tabindex="-1">
            <div class="page__head">
                <h1>"Runs"</h1>
                <div class="actions">
                    {saved(views, &address, runs_are_there)}
                    <ColumnsMenu columns=columns/>
                    {exports(&address)}
                </div>
            </div>
            <nav class="tabs" aria-label="Views">
                {VIEWS.into_iter().map(|(name, query)| tab(name, query, &address.filter)).collect_view()}
            </nav>
            {content}
        </main>
    }
    .into_any()
}

/// The runs of the filter as a file.
fn exports(address: &RunsAddress) -> impl IntoView {
    let forms =
        [("csv", "CSV, for spreadsheets"), ("ndjson", "NDJSON, a run in each line"), ("otlp", "OTLP, for tracing")];
    let links =
        forms.map(|(form, words)| view! { <li><a href=export_href(address, form) download="">{words}</a></li> });
    view! {
        <button class="btn" type="button" popovertarget="export" aria-haspopup="dialog">
            <Icon name="download"/>"Export"<Icon name="chevron-down"/>
        </button>
        <div class="menu" id="export" popover role="dialog" aria-label="Export">
            <ul class="saved-views">{links.into_iter().collect_view()}</ul>
        </div>
    }
}

/// A filter that cannot be read cannot be saved.
fn saved(views: Vec<SavedView>, address: &RunsAddress, can_save: bool) -> impl IntoView {
    can_save.then(|| view! { <SavedViews views=views query=address.filter.to_query()/> })
}

fn tab(name: &'static str, query: &'static str, filter: &RunFilter) -> impl IntoView {
    let view = RunsAddress::from_query(query);
    let current = (view.filter == *filter).then_some("page");
    view! { <a href=view.href() aria-current=current>{name}</a> }
}

/// A filter that cannot be read is the reader's to correct; the rest may go by itself.
fn failed(error: AppError) -> AnyView {
    if error.kind != ErrorKind::Invalid {
        let again = Callback::new(|()| dom::leave_for(""));
        return view! { <LoadError what="The runs" error=error retry=again/> }.into_any();
    }
    let actions = || view! { <a class="btn btn--s" href=ALL_RUNS>"Show all runs"</a> };
    view! {
        <Notice tone=Tone::Danger alert=true actions=actions>
            <p><strong>"This filter cannot be used."</strong></p>
            <p dir="auto">{error.detail}</p>
        </Notice>
    }
    .into_any()
}

#[component]
fn Runs(
    address: RunsAddress,
    view: RunsView,
    under_way: Option<BulkView>,
    columns: RwSignal<Vec<RunColumn>>,
) -> impl IntoView {
    let (list, part) = RunList::of_page(address.clone(), &view);
    let bulk = Bulk::of_page(list, under_way);
    let menu = list.menu;
    let run = Memo::new(move |_| list.run(menu.target()?));
    let stale = move || {
        let retry = Callback::new(move |()| part.read());
        part.error().map(|error| view! { <LoadError what="What has changed" error=error retry=retry/> })
    };
    view! {
        <Filters address=address.clone() agents=view.agents.clone() more=view.has_more_agents/>
        <ActiveFilters address=address.clone() agents=view.agents totals=view.totals/>
        {unsearched_notice(view.unsearched)}
        {move || stale()}
        <BulkPanel bulk=bulk/>
        <RunsTable list=list selection=bulk.selection address=address columns=columns/>
        <Bar bulk=bulk/>
        <RunMenuOf menu=menu run=run/>
    }
}
