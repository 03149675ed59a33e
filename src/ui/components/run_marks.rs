//! What is out of the ordinary about a run: far slower or dearer than its agent's others, or going in circles.

use crate::domain::normal::Normal;
use crate::domain::run::{AgentRun, RunStatus};
use crate::ui::state::clock::Clock;
use crate::ui::words::marks;
use leptos::prelude::*;

/// Nothing for most runs. Follows the second hand while the run is under way.
#[component]
pub fn RunMarks(run: Signal<AgentRun>, normal: Memo<Option<Normal>>) -> impl IntoView {
    let clock = Clock::from_context();
    let words = Memo::new(move |_| {
        let run = run.read();
        let took = match (run.status, run.started_at) {
            // Read only while it matters, so that a finished row does not follow the hand.
            (RunStatus::Running, Some(started)) => clock.second().map(|now| now.ms_since(started)),
            _ => run.duration_ms,
        };
        marks(&run, took, normal.get())
    });
    view! { {move || words.get().into_iter().map(|words| view! { <span class="mark">{words}</span> }).collect_view()} }
}
