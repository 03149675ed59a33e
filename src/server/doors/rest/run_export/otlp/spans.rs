//! A run and its steps as spans: names, times, attributes and how each ended.

use super::ids::{ROOT, span_id, trace_id};
use super::wire::{Attributes, Span, SpanKind, Status};
use crate::domain::run::{AgentRun, RunStatus, Usage};
use crate::domain::step::StepKind;
use crate::domain::time::Timestamp;
use crate::domain::views::runs::ListedRun;
use crate::server::store::traced_steps::TracedStep;
use std::cmp;
use std::iter;

const OPERATION: &str = "gen_ai.operation.name";
const PROVIDER: &str = "gen_ai.provider.name";
const REQUEST_MODEL: &str = "gen_ai.request.model";
const CONVERSATION: &str = "gen_ai.conversation.id";
const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
const ERROR_TYPE: &str = "error.type";
/// The type of an error that has none of its own.
const OTHER: &str = "_OTHER";

/// Returns the spans of a run that is over: its own, and one for each of its steps.
pub fn of_run(listed: &ListedRun, steps: &[TracedStep]) -> Vec<Span> {
    let run = &listed.run;
    let Some(end) = run.finished_at else { return Vec::new() };
    let own = span(run, ROOT, run.started_at.unwrap_or(end), end);
    let own = Span {
        name: format!("invoke_agent {}", listed.agent_name),
        attributes: run_attributes(listed),
        status: (run.status == RunStatus::Failed).then(|| Status::error(run.error.clone().unwrap_or_default())),
        ..own
    };
    iter::once(own).chain(steps.iter().map(|step| of_step(run, step, end))).collect()
}

/// Returns the span of a step. One that nobody has ended has ended with its run.
fn of_step(run: &AgentRun, step: &TracedStep, run_ended: Timestamp) -> Span {
    let span = Span {
        parent_span_id: Some(span_id(run, ROOT)),
        status: step.error.as_deref().map(Status::error),
        ..span(run, step.position, step.started_at, step.finished_at.unwrap_or(run_ended))
    };
    match step.kind {
        StepKind::ModelCall => Span {
            name: format!("chat {}", provider_and_model(&step.name).1),
            kind: SpanKind::Client,
            attributes: chat_attributes(run, step),
            ..span
        },
        StepKind::ToolCall => {
            Span { name: format!("execute_tool {}", step.name), attributes: tool_attributes(run, step), ..span }
        }
    }
}

/// Returns a span with nothing but its place and its times.
fn span(run: &AgentRun, position: i32, start: Timestamp, end: Timestamp) -> Span {
    Span {
        trace_id: trace_id(run),
        span_id: span_id(run, position),
        parent_span_id: None,
        name: String::new(),
        kind: SpanKind::Internal,
        start_time_unix_nano: nanoseconds(start),
        // The clock may have been set back in between.
        end_time_unix_nano: nanoseconds(cmp::max(start, end)),
        attributes: Attributes::default(),
        status: None,
    }
}

/// Returns a time as OTLP has it, whose latest is in the year 2554.
fn nanoseconds(at: Timestamp) -> u64 {
    u64::try_from(at.ms()).unwrap_or_default().saturating_mul(1_000_000)
}

fn run_attributes(listed: &ListedRun) -> Attributes {
    let run = &listed.run;
    let (provider, model) = provider_and_model(&run.model);
    let attributes = Attributes::default()
        .text(OPERATION, Some("invoke_agent"))
        .text(PROVIDER, provider)
        .text(REQUEST_MODEL, Some(model))
        .text("gen_ai.agent.name", Some(&listed.agent_name))
        .text("gen_ai.agent.version", run.agent_version)
        .text(CONVERSATION, Some(run.thread_id))
        .list_of(FINISH_REASONS, run.finish);
    with_usage(attributes, &run.usage)
        .int("runboard.run.id", Some(run.id.0))
        .text("runboard.run.status", Some(run.status))
        .text("runboard.run.trigger", Some(run.trigger))
        .text("runboard.run.skip_reason", run.skip_reason)
        .text(ERROR_TYPE, (run.status == RunStatus::Failed).then(|| failure(run)))
}

fn chat_attributes(run: &AgentRun, step: &TracedStep) -> Attributes {
    let (provider, model) = provider_and_model(&step.name);
    let attributes = Attributes::default()
        .text(OPERATION, Some("chat"))
        .text(PROVIDER, provider)
        .text(REQUEST_MODEL, Some(model))
        .text("gen_ai.response.model", step.served_model.as_ref())
        .text(CONVERSATION, Some(run.thread_id))
        .list_of(FINISH_REASONS, step.finish);
    with_usage(attributes, &step.usage()).text(ERROR_TYPE, error_type(run, step))
}

fn tool_attributes(run: &AgentRun, step: &TracedStep) -> Attributes {
    Attributes::default()
        .text(OPERATION, Some("execute_tool"))
        .text("gen_ai.tool.name", Some(&step.name))
        .text("gen_ai.tool.call.id", step.call_id.as_ref())
        .text(CONVERSATION, Some(run.thread_id))
        .text(ERROR_TYPE, error_type(run, step))
}

fn with_usage(attributes: Attributes, usage: &Usage) -> Attributes {
    attributes
        .int("gen_ai.usage.input_tokens", usage.prompt_tokens)
        .int("gen_ai.usage.output_tokens", usage.completion_tokens)
        .int("gen_ai.usage.cache_read.input_tokens", usage.cached_tokens)
        .int("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens)
        .double("runboard.cost.usd", usage.total_cost.map(|cost| cost.usd()))
}

/// Returns the type of a run's failure: its cause, or of runs that are older than causes, its kind.
fn failure(run: &AgentRun) -> &'static str {
    let kind = || run.failure_kind.map(|kind| kind.as_str());
    run.failure_cause.map(|cause| cause.as_str()).or_else(kind).unwrap_or(OTHER)
}

/// Returns the type of a step's error. Only runs have causes; a step whose error is its run's has that of the run.
fn error_type(run: &AgentRun, step: &TracedStep) -> Option<&'static str> {
    step.error.as_ref().map(|_| if step.error == run.error { failure(run) } else { OTHER })
}

/// Returns the parts of `provider/model`, the provider as the conventions call it.
fn provider_and_model(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some(("gemini", model)) => (Some("gcp.gemini"), model),
        Some(("mistral", model)) => (Some("mistral_ai"), model),
        Some(("xai", model)) => (Some("x_ai"), model),
        Some((provider, model)) => (Some(provider), model),
        None => (None, name),
    }
}
