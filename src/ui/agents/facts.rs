//! Facts about an agent: its model, when it runs, its tools, its limits, what is normal for it.

use crate::domain::agent::Setting;
use crate::domain::agent::settings::Section;
use crate::domain::duration::{format_count, format_ms};
use crate::domain::normal::Normal;
use crate::domain::tool::ToolCatalogue;
use crate::ui::agents::next_run::NextRun;
use crate::ui::agents::spending::budget_facts;
use crate::ui::kit::fact::fact;
use crate::ui::kit::icon::Icon;
use crate::ui::model::agent_view::AgentView;
use crate::ui::model::tools::{Picked, picked};
use crate::ui::runs::tags::Tags;
use leptos::prelude::*;

/// The panel beside the runs.
#[component]
pub fn AgentFacts(view: Memo<AgentView>, tools: ToolCatalogue) -> impl IntoView {
    let tools = StoredValue::new(tools);
    let next = Memo::new(move |_| view.with(|view| (view.agent.next_due_at, view.agent.settings.paused)));
    let id = view.with_untracked(|view| view.agent.id);
    // Apart from what each run changes: a fact that is being read is not rendered again under the reader's eyes.
    let about = Memo::new(move |_| view.with(|view| (view.agent.settings.clone(), view.reading.clone())));
    let normal = Memo::new(move |_| view.with(|view| view.history.normal));
    let spending = Memo::new(move |_| view.with(|view| (view.agent.settings.budgets(), view.spent)));
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
                    let (settings, reading) = about.get();
                    view! {
                        {fact("Model", view! { <span class="mono">{settings.model}</span> })}
                        {fact("Schedule", schedule(settings.schedule, settings.time_zone, reading))}
                    }
                }}
                {fact("Next run", view! { <NextRun next=next/> })}
                {move || {
                    let settings = about.get().0;
                    let limit = |setting: Setting| fact(setting.label(), setting.kind().shown(&settings));
                    view! {
                        {(!settings.tags.is_empty()).then(|| {
                            let (tags, shown) = (settings.tags.clone(), settings.tags.len());
                            fact("Tags", view! { <Tags tags=tags shown=shown/> })
                        })}
                        {fact("Tools", tools.with_value(|tools| tags(picked(tools, &settings.tools))))}
                        {Section::Limits.settings().map(limit).collect_view()}
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

fn usual(normal: Option<Normal>) -> AnyView {
    match normal {
        None => view! { <span class="muted">"Known after 3 successful runs"</span> }.into_any(),
        Some(Normal { runs, duration_ms, cost }) => {
            let cost = cost.map(|cost| format!(", {cost}"));
            let from = format!("Median of the last {} successful runs", format_count(runs));
            view! { {format_ms(duration_ms)}{cost}<small>{from}</small> }.into_any()
        }
    }
}
