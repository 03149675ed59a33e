//! The two runs, the earlier one first, and the button that swaps them.

use crate::domain::duration::format_ms;
use crate::domain::run::AgentRun;
use crate::domain::views::runs::ListedRun;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::FullTime;
use crate::ui::model::comparison::compare_href;
use crate::ui::model::words::run_look;
use leptos::prelude::*;

#[component]
pub fn Versus(a: ListedRun, b: ListedRun, is_good: bool) -> impl IntoView {
    let swapped = compare_href(b.run.id, a.run.id);
    view! {
        <div class="versus">
            {side(b, if is_good { "Last good run" } else { "Compared with" })}
            <a class="btn btn--ghost btn--icon" href=swapped aria-label="Swap the two runs"><Icon name="swap"/></a>
            {side(a, "This run")}
        </div>
    }
}

fn side(ListedRun { run, agent_name, .. }: ListedRun, role: &'static str) -> impl IntoView {
    let look = Signal::stored(run_look(&run));
    let id = run.id;
    view! {
        <section class="versus__run" aria-label=role>
            <p class="versus__role">{role}</p>
            <p>
                <a class="mono" href=format!("/runs/{id}")>{format!("#{id}")}</a>
                <Status look=look/>
                <a href=format!("/agents/{}", run.agent_id)><bdi>{agent_name}</bdi></a>
            </p>
            <p class="soft"><FullTime at=Signal::stored(run.started_at.unwrap_or(run.queued_at))/></p>
            <p class="soft">{figures(&run)}</p>
        </section>
    }
}

/// `29.4 s, $0.043`, as far as it is known.
fn figures(run: &AgentRun) -> String {
    let took = run.duration_ms.map(format_ms);
    let cost = run.usage.total_cost.map(|cost| cost.to_string());
    let known: Vec<String> = [took, cost].into_iter().flatten().collect();
    known.join(", ")
}
