//! The head of a run's page: where it belongs, how it stands, what can be done.

use crate::domain::run::AgentRun;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::Ago;
use crate::ui::model::history::Around;
use crate::ui::model::run_view::RunView;
use crate::ui::model::words::{run_look, status_words, waits_for};
use crate::ui::runs::actions::RunActions;
use crate::ui::runs::elapsed::{Span, span};
use crate::ui::runs::marks::RunMarks;
use crate::ui::state::hold::Holding;
use leptos::prelude::*;

/// Crumbs, status, duration, buttons.
#[component]
pub fn RunHeadline(view: Memo<RunView>) -> impl IntoView {
    let run: Signal<AgentRun> = Memo::new(move |_| view.with(|view| view.detail.run.clone())).into();
    let id = run.with_untracked(|run| run.id);
    let agent = run.with_untracked(|run| run.agent_id);
    let name = Signal::derive(move || view.with(|view| view.detail.agent_name.clone()));
    let look = Signal::derive(move || run.with(run_look));
    let ahead = Memo::new(move |_| view.with(|view| view.detail.ahead));
    // That of when the page was read: a run is compared with those before it.
    let around = Callback::new(move |_| Around { normal: view.with(|view| view.detail.normal), ..Around::default() });
    let text = Signal::derive(move || run.with(status_words));
    let never_began = Signal::derive(move || run.with(|run| run.started_at.is_none()));
    let at = Signal::derive(move || run.with(|run| run.started_at.unwrap_or(run.queued_at)));
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                <li><a href="/">"Agents"</a></li>
                <li><a href=format!("/agents/{agent}")><bdi>{name}</bdi></a></li>
                <li class="mono" aria-current="page">{format!("#{id}")}</li>
            </ol>
        </nav>
        <div class="page__head headline">
            <h1 class="visually-hidden">{move || format!("Run #{id} of {}", name.get())}</h1>
            <Status look=look text=text pill=true/>
            <p class="headline__main">
                <Length run=run ahead=ahead/>
                " "
                <RunMarks run=run around=around/>
                <span class="soft"><bdi>{name}</bdi>" #"{id.to_string()}", "{move || never_began.get().then_some("queued ")}<Ago at=at/></span>
            </p>
            <RunActions view=view/>
        </div>
    }
}

/// How long it took, takes or has waited.
#[component]
fn Length(run: Signal<AgentRun>, ahead: Memo<Option<i64>>) -> impl IntoView {
    let (span, holding) = (span(run), Holding::from_context());
    let parts = move || match span.get() {
        Span::Took(text) => ("", text, String::new()),
        Span::Running(text) => ("", text, " so far".to_owned()),
        Span::Waiting(text) => ("waiting ", text, waits_for(ahead.get(), holding.is_on())),
        Span::Later(text) => ("starts ", text, String::new()),
        Span::Unknown => ("", "Never started".to_owned(), String::new()),
    };
    view! {
        <strong>
            {move || parts().0}
            <span role="timer" aria-live="off">{move || parts().1}</span>
            {move || parts().2}
        </strong>
    }
}
