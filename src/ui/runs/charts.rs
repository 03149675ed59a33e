//! A run over time, and its tokens. The server draws both; here they are shown and, while the run goes on, fetched again.

use crate::api::runs::read_run_charts;
use crate::domain::run::RunStatus;
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::kit::notice::LoadError;
use crate::ui::model::run_view::RunView;
use crate::ui::state::clock::Clock;
use crate::ui::state::part::Part;
use leptos::prelude::*;
use std::time::Duration;

/// Shortest time between two readings while the run goes on.
const PAUSE: Duration = Duration::from_secs(2);
/// The same of a run with many steps, of which all are drawn again.
const LONG_PAUSE: Duration = Duration::from_secs(10);
const MANY: usize = 50;

/// Where somebody reads a chart: it stays as it is until they are done. By pointing one reads only what shows values then.
const READ: &str = ".run-charts :focus, .run-charts .chart__slots :hover, .run-charts [open]";

/// The panels; `first` is what the page came with. Nothing before there is a step.
#[component]
pub fn RunCharts(view: Memo<RunView>, first: Result<String, AppError>) -> impl IntoView {
    let id = view.with_untracked(|view| view.detail.run.id);
    let (html, error) = match first {
        Ok(html) => (html, Ok(())),
        Err(error) => (String::new(), Err(error)),
    };
    let html = RwSignal::new(html);
    let status = Memo::new(move |_| view.with(|view| view.detail.run.status));
    // How often a reading had to wait for somebody.
    let put_off = RwSignal::new(0_u32);
    let part = Part::new(error, move || async move {
        let charts = if dom::is_there(READ) { None } else { Some(read_run_charts(id).await?) };
        // The page may have gone.
        match charts.filter(|_| !dom::is_there(READ)) {
            Some(charts) => _ = html.try_set(charts),
            None => _ = put_off.try_update(|times| *times = times.wrapping_add(1)),
        }
        Ok(())
    });
    let clock = Clock::from_context();
    Effect::new(move |before: Option<RunStatus>| {
        let now = status.get();
        _ = put_off.get();
        if now == RunStatus::Running {
            // What is under way grows with the second hand, which moves while the run goes on.
            _ = clock.second();
            let is_long = view.with_untracked(|view| view.detail.steps.len() > MANY);
            part.read_soon(if is_long { LONG_PAUSE } else { PAUSE });
        } else if before.is_some_and(|before| before != now) {
            // At once, and again: a reading that was under way may be the last to come, and knows only what was before.
            part.read();
            part.read_soon(PAUSE);
        } else if before.is_some() {
            part.read_soon(PAUSE);
        }
        now
    });
    let retry = Callback::new(move |()| part.read());
    move || match part.error().filter(|_| html.read().is_empty()) {
        Some(error) => view! { <LoadError what="The charts" error=error retry=retry/> }.into_any(),
        None => view! { <div class="charts run-charts" inner_html=move || html.get()></div> }.into_any(),
    }
}
