//! The facts about a run, as terms and values.

use crate::domain::duration::format_ms;
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::domain::time::Timestamp;
use crate::ui::kit::dash::Dash;
use crate::ui::kit::fact::fact;
use crate::ui::kit::time::FullTime;
use crate::ui::kit::usage::{BILLED, Cost, Tokens, shown, unknown};
use crate::ui::model::address::chat_href;
use crate::ui::model::run_view::RunView;
use crate::ui::runs::trigger::TriggerMarks;
use leptos::prelude::*;

/// The panel beside the transcript.
#[component]
pub fn RunFacts(view: Memo<RunView>) -> impl IntoView {
    let facts = Memo::new(move |_| {
        view.with(|view| (view.detail.run.clone(), view.detail.agent_name.clone(), view.detail.retried_as))
    });
    view! {
        <section class="panel" aria-labelledby="facts-h">
            <div class="panel__head"><h2 id="facts-h">"Details"</h2></div>
            {move || {
                let (run, name, retried_as) = facts.get();
                list(run, name, retried_as)
            }}
        </section>
    }
}

fn list(run: AgentRun, name: String, retried_as: Option<RunId>) -> impl IntoView {
    let agent = format!("/agents/{}", run.agent_id);
    let began = run.started_at.or(run.finished_at);
    let over = run.status.is_terminal();
    let (usage, unknown) = (shown(&run.usage, over), unknown(over));
    let estimated = usage.usage_estimated;
    let kind = if run.chat { "Chat" } else { "Task" };
    view! {
        <dl class="facts">
            {fact("Agent", view! { <a href=agent dir="auto">{name}</a> })}
            {fact("Trigger", view! { <TriggerMarks run=run.clone()/> })}
            {fact("Model", view! { <span class="mono">{run.model.clone()}</span> })}
            {fact("Thread", view! { {thread(&run)}<small>{kind}</small> })}
            {fact("Retry of", link(run.retry_of))}
            {fact("Retried as", link(retried_as))}
            {fact("Queued", began.map_or_else(
                || view! { <FullTime at=run.queued_at/> }.into_any(),
                |began| view! { {format_ms(began.ms_since(run.queued_at))}<small>"waited"</small> }.into_any(),
            ))}
            {run.scheduled_for.map(|at| fact("Scheduled for", view! { <FullTime at=at/> }))}
            {fact("Started", time(run.started_at))}
            {fact("Finished", time(run.finished_at))}
            {run.cancel_requested_at.map(|at| fact("Stop asked", view! { <FullTime at=at/> }))}
            {run.cancel_acknowledged_at.map(|at| fact("Let go", view! { <FullTime at=at/> }))}
            {run.cost_after_stop.map(|cost| {
                fact("Cost after stop", view! { <Cost amount=Some(cost) estimated=estimated unknown=unknown/> })
            })}
            {fact("Attempt", run.attempt.to_string())}
            {fact("Tokens in", view! { <Tokens count=usage.prompt_tokens estimated=estimated unknown=unknown/> })}
            {fact("Cached", view! { <Tokens count=usage.cached_tokens estimated=estimated unknown=unknown/> })}
            {fact("Tokens out", view! { <Tokens count=usage.completion_tokens estimated=estimated unknown=unknown/> })}
            {usage.reasoning_tokens.map(|count| {
                fact("Reasoning", view! { <Tokens count=Some(count) estimated=estimated unknown=unknown/> })
            })}
            {fact("Cost", view! {
                <Cost amount=usage.total_cost estimated=estimated unknown=unknown/>
                {usage.cost_billed.then(|| view! { <small>{BILLED}</small> })}
            })}
        </dl>
    }
}

fn link(run: Option<RunId>) -> AnyView {
    match run {
        Some(id) => view! { <a class="mono" href=format!("/runs/{id}")>{format!("#{id}")}</a> }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    }
}

/// A chat has a page of its own.
fn thread(run: &AgentRun) -> AnyView {
    let (id, words) = (run.thread_id, format!("#{}", run.thread_id));
    match run.chat {
        true => view! { <a class="mono" href=chat_href(run.agent_id, id)>{words}</a> }.into_any(),
        false => view! { <span class="mono">{words}</span> }.into_any(),
    }
}

fn time(at: Option<Timestamp>) -> AnyView {
    match at {
        Some(at) => view! { <FullTime at=at/> }.into_any(),
        None => view! { <Dash label="not yet"/> }.into_any(),
    }
}
