//! Charts of an agent's last 30 days. The server draws them; here they are shown, and now and then, while runs end, fetched
//! again.

use crate::api::agents::read_overview;
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::AgentRun;
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::kit::notice::LoadError;
use crate::ui::model::agent_view::AgentView;
use crate::ui::state::part::Part;
use leptos::prelude::*;
use std::time::Duration;

/// Runs that end within this time are drawn together.
const PAUSE: Duration = Duration::from_secs(60);

/// Where somebody reads a chart: it stays as it is.
const READ: &str = ".charts :focus, .charts [open]";

/// The panels; `first` is what the page came with.
#[component]
pub fn AgentCharts(id: AgentId, view: Memo<AgentView>, first: Result<String, AppError>) -> impl IntoView {
    let (html, error) = match first {
        Ok(html) => (html, Ok(())),
        Err(error) => (String::new(), Err(error)),
    };
    let html = RwSignal::new(html);
    let part = Part::new(error, move || async move {
        let charts = read_overview(id).await?;
        if !dom::is_there(READ) {
            // The page may have gone.
            _ = html.try_set(charts);
        }
        Ok(())
    });
    after_runs(view, part);
    let retry = Callback::new(move |()| part.read());
    move || match part.error().filter(|_| html.read().is_empty()) {
        Some(error) => view! { <LoadError what="The charts" error=error retry=retry/> }.into_any(),
        None => view! { <div class="charts" inner_html=move || html.get()></div> }.into_any(),
    }
}

/// Reads a part again, once a minute at most, after runs of the agent have ended.
pub fn after_runs(view: Memo<AgentView>, part: Part) {
    let ended = Memo::new(move |_| {
        let is_over = |run: &&AgentRun| run.status.is_terminal();
        view.with(|view| view.history.runs.iter().filter(is_over).map(|run| run.id).collect::<Vec<RunId>>())
    });
    Effect::new(move |before: Option<()>| {
        _ = ended.read();
        if before.is_some() {
            part.read_soon(PAUSE);
        }
    });
}
