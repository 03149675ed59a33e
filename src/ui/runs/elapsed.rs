//! How long a run took, takes, or has waited. Ticks on the server's clock while the run is under way.

use crate::domain::duration::{format_ms, format_ticking, format_until};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::time::Timestamp;
use crate::ui::kit::dash::Dash;
use crate::ui::state::clock::Clock;
use crate::ui::state::hold::Holding;
use leptos::prelude::*;

/// A run's time, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Final.
    Took(String),
    /// Grows.
    Running(String),
    /// Grows, before the start.
    Waiting(String),
    /// Shrinks: it is put off.
    Later(String),
    Unknown,
}

impl Span {
    /// Returns a number for the kind.
    fn kind(&self) -> usize {
        match self {
            Self::Took(_) => 0,
            Self::Running(_) => 1,
            Self::Waiting(_) => 2,
            Self::Later(_) => 3,
            Self::Unknown => 4,
        }
    }

    /// Returns the span of a run at `now`.
    pub fn of(run: &AgentRun, now: Option<Timestamp>) -> Self {
        match (run.status, run.duration_ms, run.started_at, now) {
            (RunStatus::Queued, _, _, Some(now)) => match run.brief.waits_until(now) {
                Some(at) => Self::Later(format_until(at.ms_since(now))),
                None => Self::Waiting(format_ticking(now.ms_since(run.queued_at))),
            },
            (RunStatus::Running, _, Some(started), Some(now)) => Self::Running(format_ticking(now.ms_since(started))),
            (status, Some(ms), _, _) if status.is_terminal() => Self::Took(format_ms(ms)),
            _ => Self::Unknown,
        }
    }
}

/// Returns the span of a run as it changes. Keeps the page's second hand moving while it has to.
pub fn span(run: Signal<AgentRun>) -> Memo<Span> {
    let clock = Clock::from_context();
    clock.tick_for(move || run.with(|run| (!run.status.is_terminal()).then_some(run.id)));
    Memo::new(move |_| {
        run.with(|run| {
            // Read only while it matters, so that a finished row does not follow the hand.
            let now = if run.status.is_terminal() { None } else { clock.second() };
            Span::of(run, now)
        })
    })
}

/// A table cell's worth of it.
#[component]
pub fn Elapsed(#[prop(into)] run: Signal<AgentRun>) -> impl IntoView {
    let (span, holding) = (span(run), Holding::from_context());
    let waits_for = move || match holding.is_on() {
        true => "Starts when the hold is released",
        false => "Starts when a worker is free and the agent is below its limit of concurrent runs",
    };
    let kind = Memo::new(move |_| span.read().kind());
    let text = move || match span.get() {
        Span::Took(text) | Span::Running(text) | Span::Waiting(text) | Span::Later(text) => text,
        Span::Unknown => String::new(),
    };
    let shown = move || {
        // Rebuilt when one kind follows another; the text inside follows the hand by itself.
        kind.get();
        match span.get_untracked() {
            Span::Unknown => {
                let over = run.with_untracked(|run| run.status.is_terminal());
                view! { <Dash label=if over { "none" } else { "not yet known" }/> }.into_any()
            }
            Span::Took(text) => text.into_any(),
            Span::Running(_) => view! { <span role="timer" aria-live="off">{move || text()}</span> }.into_any(),
            Span::Later(_) => view! { <span class="waited">{move || text()}</span> }.into_any(),
            Span::Waiting(_) => view! {
                <span class="waited" title=waits_for>
                    <span class="p-1">"waiting "</span><span role="timer" aria-live="off">{move || text()}</span>
                </span>
            }
            .into_any(),
        }
    };
    view! { {move || shown()} }
}

#[cfg(test)]
mod tests;
