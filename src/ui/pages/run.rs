//! The page of one run: how it stands, what it was given, what it did.

use crate::api::runs::{RunDetail, read_run};
use crate::domain::agent::StripCell;
use crate::domain::id::RunId;
use crate::domain::live::Topic;
use crate::error::AppError;
use crate::ui::components::loaded::Loaded;
use crate::ui::components::run_facts::RunFacts;
use crate::ui::components::run_headline::RunHeadline;
use crate::ui::components::run_outcome::RunOutcome;
use crate::ui::components::run_steps::RunSteps;
use crate::ui::components::skeletons::RunSkeleton;
use crate::ui::components::transcript::Transcript;
use crate::ui::pages::not_found::NotFound;
use crate::ui::state::actions::Reload;
use crate::ui::state::announcer::Announcer;
use crate::ui::state::clock::Clock;
use crate::ui::state::live::Live;
use crate::ui::state::run_view::RunView;
use crate::ui::state::seq::{Origin, Outcome};
use crate::ui::words::ended;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// Which run was asked for, and the answer.
type RunAnswer = (Option<RunId>, Result<RunDetail, AppError>);

/// `/runs/{id}`.
#[component]
pub fn RunPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get_str("id").and_then(|id| id.parse::<RunId>().ok()));
    let view: RwSignal<Option<RunView>> = RwSignal::new(None);
    let detail = Resource::new(
        move || id.get(),
        async |id| match id {
            Some(run) => (id, read_run(run).await),
            None => (None, Err(AppError::NotFound("A run's address ends in its number.".to_owned()))),
        },
    );
    provide_context(Reload(Callback::new(move |()| detail.refetch())));
    let missing: RwSignal<Option<String>> = RwSignal::new(None);
    follow(move || id.get().filter(|_| missing.read().is_none()), view, detail);
    Effect::new(move |before: Option<Option<RunId>>| {
        let now = id.get();
        if before.is_some_and(|before| before != now) {
            view.set(None);
            missing.set(None);
        }
        now
    });

    let clock = Clock::from_context();
    let accept = Callback::new(move |(of, answer): RunAnswer| {
        // A retry leads to another run on the same page; the answer for the first says nothing about it.
        if of != id.get_untracked() {
            return None;
        }
        match answer {
            Ok(detail) => {
                clock.seed_with(detail.server_now);
                view.update(|view| match view.as_mut().filter(|view| view.detail.run.id == detail.run.id) {
                    Some(view) => view.refresh(detail),
                    None => *view = Some(RunView::new(detail)),
                });
                None
            }
            Err(AppError::NotFound(text)) => {
                missing.set(Some(text));
                None
            }
            Err(error) => Some(error),
        }
    });
    let known = move || view.with(|view| view.as_ref().is_some_and(|view| Some(view.detail.run.id) == id.get()));
    view! {
        <main class="page" id="main" tabindex="-1">
            <Title text=move || id.get().map_or_else(|| "Run".to_owned(), |id| format!("Run #{id}"))/>
            <Transition fallback=|| view! { <RunSkeleton/> }>
                <Loaded
                    resource=detail
                    accept=accept
                    ready=Signal::derive(move || known() || missing.read().is_some())
                    what="The run"
                    skeleton=|| view! { <RunSkeleton/> }
                    content=move || match (missing.get(), view.get_untracked()) {
                        (Some(text), _) => view! { <NotFound what=text/> }.into_any(),
                        (None, Some(first)) => view! { <RunContent first=first view=view/> }.into_any(),
                        (None, None) => ().into_any(),
                    }
                />
            </Transition>
        </main>
    }
    .into_any()
}

/// Listens to the run; once it is over, its messages and final steps are read.
fn follow(
    id: impl Fn() -> Option<RunId> + Send + Sync + 'static,
    view: RwSignal<Option<RunView>>,
    detail: Resource<RunAnswer>,
) {
    let announcer = Announcer::from_context();
    let sentence = |detail: &RunDetail| format!("{}: {}", detail.agent_name, ended(&StripCell::from(&detail.run)));
    let topic = move || id().map(Topic::Run);
    Live::from_context().watch(topic, move |message| {
        let is_over = |view: &RunView| view.detail.run.status.is_terminal();
        let mut outcome = Outcome::Ignored;
        let mut has_ended = false;
        _ = view.try_maybe_update(|view| {
            if let Some(view) = view {
                let before = is_over(view);
                outcome = view.apply(message, Origin::Live);
                has_ended = !before && is_over(view);
            }
            (outcome == Outcome::Applied, ())
        });
        if has_ended {
            detail.refetch();
            view.with_untracked(|view| view.iter().for_each(|view| announcer.say(sentence(&view.detail))));
        }
        outcome
    });
}

/// Built once per run; what changes is read where it is shown.
#[component]
fn RunContent(first: RunView, view: RwSignal<Option<RunView>>) -> impl IntoView {
    // The signal is emptied when another run is opened, a moment before this content goes.
    let view = Memo::new(move |before: Option<&RunView>| {
        view.get().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    });
    view! {
        <RunHeadline view=view/>
        <RunOutcome view=view/>
        <div class="split">
            <div class="split__main">
                <RunSteps view=view/>
                <Transcript view=view/>
            </div>
            <div class="split__side"><RunFacts view=view/></div>
        </div>
    }
}
