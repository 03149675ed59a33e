//! The facts about a run, as terms and values.

use crate::domain::duration::{format_count, format_ms};
use crate::domain::id::{AgentId, RunId};
use crate::domain::priority::Priority;
use crate::domain::request::{Metadata, Scalar};
use crate::domain::run::AgentRun;
use crate::domain::time::Timestamp;
use crate::ui::dom;
use crate::ui::kit::fact::fact;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::FullTime;
use crate::ui::kit::usage::{BILLED, Cost, Tokens};
use crate::ui::model::address::chat_href;
use crate::ui::model::run_view::RunView;
use crate::ui::model::usage::{served_otherwise, shown};
use crate::ui::model::versions::version_href;
use crate::ui::model::words::priority_words;
use crate::ui::runs::tags::Tags;
use crate::ui::runs::trigger::TriggerMarks;
use leptos::html;
use leptos::prelude::*;

/// The panel beside the transcript or, on a phone, folded beneath it.
#[component]
pub fn RunFacts(view: Memo<RunView>) -> impl IntoView {
    let facts = Memo::new(move |_| {
        view.with(|view| (view.detail.run.clone(), view.detail.agent_name.clone(), view.detail.retried_as))
    });
    let folded: NodeRef<html::Details> = NodeRef::new();
    // They stand last, so nothing moves that is seen.
    Effect::new(move |_| {
        if let Some(details) = folded.get()
            && dom::is_narrow()
        {
            details.set_open(false);
        }
    });
    view! {
        <details class="panel folds" open node_ref=folded>
            <summary class="panel__head"><h2>"Details"</h2><Icon name="chevron-down"/></summary>
            {move || {
                let (run, name, retried_as) = facts.get();
                list(run, name, retried_as)
            }}
        </details>
    }
}

/// Lists the facts that are known.
fn list(run: AgentRun, name: String, retried_as: Option<RunId>) -> impl IntoView {
    let agent = format!("/agents/{}", run.agent_id);
    let (usage, unknown) = shown(&run);
    let estimated = usage.usage_estimated;
    let time = |at: Timestamp| view! { <FullTime at=at/> };
    let tokens = |term, count: Option<i64>| {
        count.map(|count| fact(term, view! { <Tokens count=Some(count) estimated=estimated unknown=unknown/> }))
    };
    let waited = run.started_at.map(|started| started.ms_since(run.queued_at)).filter(|ms| *ms > 0);
    let cached = usage.cached_tokens.filter(|count| *count > 0);
    view! {
        <dl class="facts">
            {fact("Agent", view! { <a href=agent dir="auto">{name}</a> })}
            {fact("Trigger", view! { <TriggerMarks run=run.clone()/> })}
            {fact("Model", view! { <span class="mono">{run.model.clone()}</span> })}
            {served_otherwise(&run).map(|model| fact("Answered by", view! { <span class="mono">{model}</span> }))}
            {run.agent_version.map(|version| fact("Version", settings_of(run.agent_id, version)))}
            {(!run.brief.tags.is_empty()).then(|| {
                let (tags, shown) = (run.brief.tags.clone(), run.brief.tags.len());
                fact("Tags", view! { <Tags tags=tags shown=shown/> })
            })}
            {(!run.brief.metadata.is_empty()).then(|| fact("Metadata", metadata(&run.brief.metadata)))}
            {run.brief.trigger_note.clone().map(|note| fact("Note", view! { <bdi>{note}</bdi> }))}
            {run.brief.run_budget_usd.map(|limit| fact("Max cost", limit.to_string()))}
            {run.brief.run_budget_tokens.map(|limit| fact("Max tokens", format_count(limit)))}
            {(run.brief.priority != Priority::Normal).then(|| fact("Priority", priority_words(run.brief.priority)))}
            {run.brief.not_before.map(|at| fact("Not before", time(at)))}
            {match run.chat {
                true => fact("Chat", thread(&run)).into_any(),
                false => fact("Thread", view! { <span class="mono">{format!("#{}", run.thread_id)}</span> }).into_any(),
            }}
            {run.root_run_id.filter(|first| Some(*first) != run.retry_of).map(|first| fact("First attempt", link(first)))}
            {run.retry_of.map(|id| fact("Retry of", link(id)))}
            {retried_as.map(|id| fact("Retried as", link(id)))}
            {run.kept_at.map(|at| fact("Kept since", time(at)))}
            {run.scheduled_for.map(|at| fact("Scheduled for", time(at)))}
            {run.started_at.is_none().then(|| fact("Queued", time(run.queued_at)))}
            {run.started_at.map(|at| fact("Started", time(at)))}
            {waited.map(|ms| fact("Waited", format_ms(ms)))}
            {run.finished_at.filter(|_| run.started_at.is_some()).map(|at| fact("Finished", time(at)))}
            {run.cancel_requested_at.map(|at| fact("Stop requested", time(at)))}
            {run.cancel_acknowledged_at.map(|at| fact("Call cancelled", time(at)))}
            {run.cost_after_stop.map(|cost| {
                fact("Cost after stop", view! { <Cost amount=Some(cost) estimated=estimated unknown=unknown/> })
            })}
            {(run.attempt > 1).then(|| fact("Delivery attempt", run.attempt.to_string()))}
            {tokens("Input", usage.prompt_tokens)}
            {tokens("Cached input", cached)}
            {tokens("Output", usage.completion_tokens)}
            {tokens("Reasoning", usage.reasoning_tokens)}
            {tokens("Total", usage.total_tokens)}
            {(usage.total_tokens.is_some() || usage.total_cost.is_some()).then(|| fact("Cost", view! {
                <Cost amount=usage.total_cost estimated=estimated unknown=unknown/>
                {usage.cost_billed.then(|| view! { <small>{BILLED}</small> })}
            }))}
        </dl>
    }
}

fn metadata(values: &Metadata) -> impl IntoView + use<> {
    let value = |(name, value): (&String, &Scalar)| {
        view! { <div><span class="mono">{name.clone()}</span>" "<bdi>{value.to_string()}</bdi></div> }
    };
    values.iter().map(value).collect_view()
}

fn link(run: RunId) -> impl IntoView {
    view! { <a class="mono" href=format!("/runs/{run}")>{format!("#{run}")}</a> }
}

/// The version of its agent that it is executed with.
fn settings_of(agent: AgentId, version: i64) -> impl IntoView {
    view! { <a class="mono" href=version_href(agent, version)>{version}</a> }
}

/// The chat that the run belongs to.
fn thread(run: &AgentRun) -> impl IntoView + use<> {
    let id = run.thread_id;
    view! { <a class="mono" href=chat_href(run.agent_id, id)>{format!("#{id}")}</a> }
}
