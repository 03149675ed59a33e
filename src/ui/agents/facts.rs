//! What an agent is: its model, when it runs, its tools, its limits, what is normal for it.

use crate::domain::agent::Agent;
use crate::domain::duration::{format_count, format_ms};
use crate::domain::normal::Normal;
use crate::domain::tool::ToolCatalogue;
use crate::ui::agents::next_run::NextRun;
use crate::ui::agents::spending::budget_facts;
use crate::ui::kit::fact::fact;
use crate::ui::kit::icon::Icon;
use crate::ui::model::agent_view::AgentView;
use crate::ui::model::tools::{Picked, picked};
use leptos::prelude::*;

/// The panel beside the runs.
#[component]
pub fn AgentFacts(view: Memo<AgentView>, tools: ToolCatalogue) -> impl IntoView {
    let tools = StoredValue::new(tools);
    let next = Memo::new(move |_| view.with(|view| (view.agent.next_due_at, view.agent.paused)));
    let id = view.with_untracked(|view| view.agent.id);
    // Apart from what each run changes: a fact that is read is not rendered anew under the reader's eyes.
    let about = Memo::new(move |_| view.with(|view| (settings(&view.agent), view.reading.clone())));
    let normal = Memo::new(move |_| view.with(|view| view.history.normal));
    let spending = Memo::new(move |_| view.with(|view| (view.agent.budgets, view.spent)));
    view! {
        <section class="panel" aria-labelledby="about-h">
            <div class="panel__head">
                <h2 id="about-h">"About"</h2>
                <div class="actions">
                    <a class="btn btn--ghost btn--s" href=format!("/agents/{id}/settings")><Icon name="edit"/>"Edit"</a>
                </div>
            </div>
            <dl class="facts">
                {move || {
                    let (agent, reading) = about.get();
                    view! {
                        {fact("Model", view! { <span class="mono">{agent.model}</span> })}
                        {fact("Schedule", schedule(agent.schedule, agent.time_zone, reading))}
                    }
                }}
                {fact("Next run", view! { <NextRun next=next/> })}
                {move || {
                    let agent = about.get().0;
                    let limits = format!("up to {} at once, {} steps each", agent.runs, agent.steps);
                    view! {
                        {fact("Tools", tools.with_value(|tools| tags(picked(tools, &agent.tools))))}
                        {fact("Limits", view! { {time_limit(agent.timeout_s)}" per run"<small>{limits}</small> })}
                    }
                }}
                {move || {
                    let (budgets, spent) = spending.get();
                    budget_facts(budgets, spent)
                }}
                {move || fact("Typical run", usual(normal.get()))}
            </dl>
        </section>
    }
}

/// Of an agent's settings those that are shown here.
#[derive(Clone, PartialEq)]
struct Settings {
    model: String,
    schedule: Option<String>,
    time_zone: String,
    tools: Vec<crate::domain::tool::ToolPick>,
    timeout_s: i32,
    runs: i32,
    steps: i32,
}

fn settings(agent: &Agent) -> Settings {
    Settings {
        model: agent.model.clone(),
        schedule: agent.schedule.clone(),
        time_zone: agent.time_zone.clone(),
        tools: agent.tools.clone(),
        timeout_s: agent.timeout_s,
        runs: agent.max_concurrent_runs,
        steps: agent.max_steps,
    }
}

fn schedule(schedule: Option<String>, zone: String, reading: Option<String>) -> AnyView {
    match (schedule, reading) {
        (None, _) => view! { <span class="muted">"None"</span> }.into_any(),
        (Some(cron), None) => view! { <code>{cron}</code><small>{zone}</small> }.into_any(),
        (Some(cron), Some(reading)) => view! { {reading}<small><code>{cron}</code>", "{zone}</small> }.into_any(),
    }
}

fn tags(picks: Vec<Picked>) -> AnyView {
    if picks.is_empty() {
        return view! { <span class="muted">"None"</span> }.into_any();
    }
    let tag = |Picked { name, fault }| match fault {
        None => view! { <li class="tag tag--mono" dir="auto">{name}</li> }.into_any(),
        Some(fault) => view! {
            <li class="tag tag--mono tag--warning" dir="auto" title=fault.clone()>
                <Icon name="error"/>
                {name}
                <span class="visually-hidden">{format!(" ({fault})")}</span>
            </li>
        }
        .into_any(),
    };
    view! { <ul class="tags">{picks.into_iter().map(tag).collect_view()}</ul> }.into_any()
}

/// `10 min`, `90 s`, `1 h`.
fn time_limit(seconds: i32) -> String {
    match seconds {
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s @ ..120 => format!("{s} s"),
        s => format_ms(i64::from(s) * 1_000),
    }
}

fn usual(normal: Option<Normal>) -> AnyView {
    match normal {
        None => view! { <span class="muted">"Not known yet"</span><small>"Known after 3 successful runs"</small> }
            .into_any(),
        Some(Normal { runs, duration_ms, cost }) => {
            let cost = cost.map(|cost| format!(", {cost}"));
            let from = format!("Median of the last {} successful runs", format_count(runs));
            view! { {format_ms(duration_ms)}{cost}<small>{from}</small> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_is_told_in_whole_units_where_it_is_one() {
        assert_eq!([600, 90, 3_600, 7_230].map(time_limit), ["10 min", "90 s", "1 h", "2 h 00 m"].map(String::from));
    }
}
