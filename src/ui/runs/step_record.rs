//! All that is on record of a step: attempts, input, what was said and called, result, error, tokens by kind, rates. Knows
//! no run.

use crate::domain::duration::{format_count, format_ms};
use crate::domain::step::payload::{Extent, Side};
use crate::domain::step::{RunStep, StepCall, StepKind};
use crate::ui::kit::reasoning::Reasoning;
use crate::ui::kit::usage::{BILLED, Cost, Tokens};
use crate::ui::model::pretty::pretty;
use crate::ui::runs::payload::{Payload, Place, error_text};
use leptos::prelude::*;
use serde_json::Value;

/// The body of an open step.
#[component]
pub fn StepRecord(step: RunStep) -> impl IntoView {
    let given = match step.kind {
        StepKind::ModelCall => "Added to the prompt",
        StepKind::ToolCall => "Arguments",
    };
    let tries = step.tries.iter().map(|tried| format!("{}\nRetried after {}.", tried.error, format_ms(tried.wait_ms)));
    let tries = Some(tries.collect::<Vec<_>>().join("\n\n")).filter(|text| !text.is_empty());
    let tries = tries.map(|text| view! { <Payload title="Failed attempts" text=text extent=Extent::Whole/> });
    let error = step.error.clone().map(error_text);
    let payload = |title, text: Option<String>, side| {
        let text = text.filter(|text| !text.is_empty())?;
        Some(view! { <Payload title=title text=text extent=step.extent(side) place=Place::of(&step, side)/> })
    };
    let figures = (step.kind == StepKind::ModelCall).then(|| figures(&step));
    view! {
        {tries}
        {payload(given, step.input.as_deref().map(pretty), Side::Input)}
        {step.reasoning.clone().map(|text| view! { <Reasoning text=text is_cut=step.reasoning_cut/> })}
        {payload("Said", step.said.clone(), Side::Output)}
        {step.calls.iter().map(called).collect_view()}
        {payload("Result", step.output.as_deref().map(pretty), Side::Output)}
        {error}
        {figures}
    }
}

/// A tool that the model asked for.
fn called(call: &StepCall) -> impl IntoView + use<> {
    let cut = call.arguments_cut.then(|| view! { <span>"only the beginning"</span> });
    view! {
        <div class="code-head"><span>"Call of "<code dir="auto">{call.name.clone()}</code></span>{cut}</div>
        <pre class="code code--wrap" dir="auto" tabindex="0">{pretty(&call.text())}</pre>
    }
}

/// Tokens by kind, and the rates they were charged at.
fn figures(step: &RunStep) -> impl IntoView + use<> {
    let usage = step.usage;
    let kinds = [
        ("Input", usage.prompt_tokens),
        ("Cached input", usage.cached_tokens),
        ("Output", usage.completion_tokens),
        ("Reasoning", usage.reasoning_tokens),
    ];
    let kinds = kinds.into_iter().filter_map(|(kind, count)| {
        let count = count?;
        Some(view! { <div><dt>{kind}</dt><dd>{format_count(count)}</dd></div> })
    });
    let estimated = usage.usage_estimated;
    view! {
        <dl class="facts facts--row">
            {kinds.collect_view()}
            <div><dt>"Total"</dt><dd><Tokens count=usage.total_tokens estimated=estimated unknown="not known"/></dd></div>
            <div><dt>"Cost"</dt><dd>
                <Cost amount=usage.total_cost estimated=estimated unknown="not known"/>
                {usage.cost_billed.then(|| view! { <small>{BILLED}</small> })}
            </dd></div>
            {step.served_model.clone().map(|model| view! { <div><dt>"Answered by"</dt><dd class="mono">{model}</dd></div> })}
            {step.rates.as_ref().map(rates)}
        </dl>
    }
}

/// The rates as they were recorded, in dollars per million tokens, and where they come from.
fn rates(rates: &Value) -> impl IntoView + use<> {
    let rate = |name: &str, word: &str| {
        let usd = rates[name].as_number()?.to_string();
        Some(format!("{word} ${}", usd.trim_end_matches(".0")))
    };
    let all = [
        rate("input_usd_per_mtok", "input"),
        rate("cached_input_usd_per_mtok", "cached"),
        rate("cache_write_usd_per_mtok", "cache writes"),
        rate("output_usd_per_mtok", "output"),
        rate("reasoning_usd_per_mtok", "reasoning"),
    ];
    let source = rates["source"].as_str().unwrap_or_default().to_owned();
    let all = all.into_iter().flatten().collect::<Vec<_>>().join(", ");
    view! { <div><dt>"Rates"</dt><dd>{all}<small>{format!("per million tokens, {source}")}</small></dd></div> }
}
