//! The page of one run: how it stands, what it was given, what it did.

use crate::api::runs::read_run;
use crate::domain::id::RunId;
use crate::domain::views::page::{Page, RunPageData};
use crate::domain::views::run::RunDetail;
use crate::error::{AppError, ErrorKind};
use crate::ui::kit::loaded::Loaded;
use crate::ui::kit::not_found::NotFound;
use crate::ui::kit::skeleton::PageSkeleton;
use crate::ui::model::run_view::RunView;
use crate::ui::model::words::run_look;
use crate::ui::runs::charts::RunCharts;
use crate::ui::runs::facts::RunFacts;
use crate::ui::runs::follow::{follow, follow_queue};
use crate::ui::runs::given::RunGiven;
use crate::ui::runs::headline::RunHeadline;
use crate::ui::runs::keep::PayloadsRemoved;
use crate::ui::runs::outcome::RunOutcome;
use crate::ui::runs::signals::RunSignals;
use crate::ui::runs::since::SinceItWorked;
use crate::ui::runs::step_links;
use crate::ui::runs::steps::RunSteps;
use crate::ui::runs::tabs::tabs;
use crate::ui::runs::transcript::Transcript;
use crate::ui::state::actions::Reload;
use crate::ui::state::clock::Clock;
use crate::ui::state::part::Part;
use leptos::prelude::*;

impl Page for RunPageData {
    fn title(&self) -> String {
        self.detail.as_ref().map_or_else(|_| format!("Run #{}", self.id), title)
    }
}

/// `Failed · Invoice importer #11`: what one looks for among tabs comes first.
fn title(detail: &RunDetail) -> String {
    format!("{} · {} #{}", run_look(&detail.run).word, detail.agent_name, detail.run.id)
}

/// `/runs/{id}`.
pub fn show(data: RunPageData) -> AnyView {
    let RunPageData { id, detail, charts } = data;
    let view: RwSignal<Option<RunView>> = RwSignal::new(None);
    let missing: RwSignal<Option<String>> = RwSignal::new(None);
    let clock = Clock::from_context();
    let accept = move |answer: Result<RunDetail, AppError>| match answer {
        Ok(detail) => {
            clock.seed_with(detail.server_now);
            // The page may have gone.
            _ = view.try_update(|view| match view {
                Some(view) => view.refresh(detail),
                None => *view = Some(RunView::new(detail)),
            });
            Ok(())
        }
        Err(AppError { kind: ErrorKind::NotFound, detail: text, .. }) => {
            _ = missing.try_set(Some(text));
            Ok(())
        }
        Err(error) => Err(error),
    };
    let part = Part::new(accept(detail), move || async move { accept(read_run(id).await) });
    provide_context(Reload(Callback::new(move |()| part.read())));
    follow(move || Some(id).filter(|_| missing.read().is_none()), view, part);
    follow_queue(view, part);
    step_links::follow();
    view! {
        <main class="page" id="main" tabindex="-1" on:click=step_links::open_clicked>
            {move || (view.read().is_none() && missing.read().is_none()).then(|| view! { <Nothing id=id/> })}
            <Loaded
                part=part
                ready=Signal::derive(move || view.read().is_some() || missing.read().is_some())
                what="The run"
                skeleton=|| view! { <PageSkeleton what="the run"/> }
                content=move || match (missing.get(), view.get_untracked()) {
                    (Some(text), _) => view! { <NotFound what=text/> }.into_any(),
                    (None, Some(first)) => view! { <RunContent first=first view=view charts=charts.clone()/> }.into_any(),
                    (None, None) => ().into_any(),
                }
            />
        </main>
    }
    .into_any()
}

/// The head of the page while the run could not be read: what it is about, and a way back.
#[component]
fn Nothing(id: RunId) -> impl IntoView {
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                <li><a href="/">"Agents"</a></li>
                <li class="mono" aria-current="page">{format!("#{id}")}</li>
            </ol>
        </nav>
        <h1>{format!("Run #{id}")}</h1>
    }
}

/// Built once; what changes is read where it is shown.
#[component]
fn RunContent(first: RunView, view: RwSignal<Option<RunView>>, charts: Result<String, AppError>) -> impl IntoView {
    let view = Memo::new(move |_| view.get().unwrap_or_else(|| first.clone()));
    let title = Memo::new(move |_| view.with(|view| title(&view.detail)));
    Effect::new(move |_| document().set_title(&format!("{} · Runboard", title.get())));
    view! {
        <RunHeadline view=view/>
        <RunOutcome view=view/>
        <RunSignals view=view/>
        {tabs(view.with_untracked(|view| view.detail.run.id), false)}
        <div class="split">
            <div class="split__main">
                <PayloadsRemoved view=view/>
                <SinceItWorked view=view/>
                <RunGiven view=view/>
                <RunCharts view=view first=charts/>
                <Transcript view=view/>
                <RunSteps view=view/>
            </div>
            <div class="split__side"><RunFacts view=view/></div>
        </div>
    }
}
