//! Why an agent's runs failed: errors that say the same, counted together, and what somebody decides about them.

use crate::api::errors::{decide_error, read_errors};
use crate::domain::error_group::{ErrorGroup, ErrorState};
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::ui::agents::charts::after_runs;
use crate::ui::dom;
use crate::ui::kit::notice::LoadError;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::ShortTime;
use crate::ui::model::agent_view::AgentView;
use crate::ui::model::error_groups::{group_look, runs_of};
use crate::ui::state::part::Part;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The panel; there is none while nothing has failed. `first` is what the page came with.
#[component]
pub fn AgentErrors(agent: AgentId, view: Memo<AgentView>, first: Result<Vec<ErrorGroup>, AppError>) -> impl IntoView {
    let (groups, read) = match first {
        Ok(groups) => (groups, Ok(())),
        Err(error) => (Vec::new(), Err(error)),
    };
    let groups = RwSignal::new(groups);
    let part = Part::new(read, move || async move {
        // The page may have gone.
        _ = groups.try_set(read_errors(agent).await?);
        Ok(())
    });
    after_runs(view, part);
    let retry = Callback::new(move |()| part.read());
    let toasts = Toasts::from_context();
    let decide = Callback::new(move |(group, state): (ErrorGroup, ErrorState)| {
        spawn_local(async move {
            match decide_error(agent, group.id, state).await {
                Ok(now) => {
                    _ = groups.try_set(now);
                    // The button goes with the row's state.
                    request_animation_frame(|| dom::focus_if_lost("errors-h"));
                }
                Err(error) => toasts.error("The error could not be changed", error),
            }
        });
    });
    let rows = move || {
        let groups = groups.get();
        (!groups.is_empty()).then(|| {
            let rows = groups.into_iter().map(|group| row(agent, group, decide)).collect_view();
            view! {
                <section class="panel" aria-labelledby="errors-h">
                    <div class="panel__head"><h2 id="errors-h" tabindex="-1">"Why runs failed"</h2><p>"Seen in the last 30 days, counted since they first came"</p></div>
                    <ul class="rows rows--lead">{rows}</ul>
                </section>
            }
        })
    };
    view! {
        {move || part.error().map(|error| view! { <LoadError what="The errors" error=error retry=retry/> })}
        {move || rows()}
    }
}

fn row(agent: AgentId, group: ErrorGroup, decide: Callback<(ErrorGroup, ErrorState)>) -> impl IntoView {
    let (look, text) = group_look(&group);
    let (first, last) = (group.first_seen, group.last_seen);
    let href = runs_of(agent, &group);
    let (sample, message) = (group.sample.clone(), group.message.clone());
    let button = |state: ErrorState, word: &'static str| {
        let (group, label) = (group.clone(), format!("{word}: {}", group.message));
        let decided = move |_| decide.run((group.clone(), state));
        view! {
            <button class="btn btn--ghost btn--s" type="button" data-script="" aria-label=label on:click=decided>{word}</button>
        }
    };
    let buttons = match group.state {
        ErrorState::Open => vec![button(ErrorState::Resolved, "Resolve"), button(ErrorState::Ignored, "Ignore")],
        ErrorState::Resolved | ErrorState::Ignored => vec![button(ErrorState::Open, "Reopen")],
    };
    view! {
        <li>
            <Status look=look text=Signal::stored(text)/>
            <div class="row__text">
                <h3 class="mono" dir="auto" title=sample>{message}</h3>
                <p>"First "<ShortTime at=first/>", last "<ShortTime at=last/></p>
            </div>
            <div class="actions">
                <a class="btn btn--ghost btn--s" href=href>"See runs"</a>
                {buttons.into_iter().collect_view()}
            </div>
        </li>
    }
}
