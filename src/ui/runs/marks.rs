//! Marks of a run that is out of the ordinary: far slower or more expensive than its agent's others, or stuck in a loop.

use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, RunStatus};
use crate::ui::model::history::Around;
use crate::ui::model::words::marks;
use crate::ui::state::clock::Clock;
use leptos::prelude::*;

/// Reads what the row of a run is to know of its agent's other runs; tracked. No signal: the dashboard need not load one
/// more type of them.
pub type ReadAround = Callback<RunId, Around>;

/// Nothing for most runs. Follows the second hand while the run is under way.
#[component]
pub fn RunMarks(run: Signal<AgentRun>, around: ReadAround) -> impl IntoView {
    let clock = Clock::from_context();
    let words = Memo::new(move |_| {
        let run = run.read();
        let took = match (run.status, run.started_at) {
            // Read only while it matters, so that a finished row does not follow the hand.
            (RunStatus::Running, Some(started)) => clock.second().map(|now| now.ms_since(started)),
            _ => run.duration_ms,
        };
        marks(&run, took, around.run(run.id).normal)
    });
    view! { <span class="mark" hidden=move || words.read().is_empty()>{move || words.get()}</span> }
}
