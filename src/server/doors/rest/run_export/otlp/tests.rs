use super::*;
use crate::domain::failure::{FailureCause, FailureKind};
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, RunStatus, SkipReason, Usage};
use crate::domain::step::StepKind;
use crate::domain::time::Timestamp;
use crate::samples::run;
use serde_json::{Value, json};
use std::collections::HashSet;

/// The trace of run 1, and its spans from position 0 on.
const TRACE: &str = "352ffaf532be482ebaee7f9c9eaf57a3";
const SPANS: [&str; 3] = ["cee1601842d7520b", "f7b50fdd7503eb6f", "b67d50bb1c8f0197"];

fn listed(run: AgentRun) -> ListedRun {
    ListedRun { run, agent_name: "Greeter".into(), found: None }
}

/// A step of run 1, from second 11 to second 12.
fn step(position: i32, kind: StepKind, name: &str) -> TracedStep {
    TracedStep {
        run_id: RunId(1),
        position,
        kind,
        name: name.to_owned(),
        started_at: Timestamp::from_ms(11_000),
        finished_at: Some(Timestamp::from_ms(12_000)),
        prompt_tokens: None,
        cached_tokens: None,
        completion_tokens: None,
        reasoning_tokens: None,
        total_cost: None,
        finish: None,
        served_model: None,
        call_id: None,
        error: None,
    }
}

/// Returns the lines for one run.
fn exported(run: AgentRun, steps: Vec<TracedStep>) -> Vec<Value> {
    let steps = HashMap::from([(run.id, steps)]);
    let text = lines(&[listed(run)], &steps).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the spans for one run.
fn spans_of(run: AgentRun, steps: Vec<TracedStep>) -> Vec<Value> {
    let lines = exported(run, steps);
    lines.iter().flat_map(|line| spans_on(line).to_vec()).collect()
}

fn spans_on(line: &Value) -> &[Value] {
    line.pointer("/resourceSpans/0/scopeSpans/0/spans").unwrap().as_array().unwrap()
}

fn attribute<'a>(span: &'a Value, key: &str) -> Option<&'a Value> {
    let mut all = span["attributes"].as_array().unwrap().iter().filter(|attribute| attribute["key"] == key);
    let found = all.next().map(|attribute| &attribute["value"]);
    assert!(all.next().is_none(), "{key} is there twice: {span}");
    found
}

#[test]
fn a_line_is_a_request_of_otlp() {
    let usage = Usage {
        prompt_tokens: Some(10),
        cached_tokens: Some(4),
        completion_tokens: Some(5),
        reasoning_tokens: Some(2),
        total_cost: Some(NanoDollars(1_500)),
        ..Usage::default()
    };
    let done = AgentRun {
        model: "mistral/mistral-large".into(),
        agent_version: Some(3),
        finish: Some(Finish::Stop),
        usage,
        ..run(1, RunStatus::Success)
    };
    let text = |key: &str, value: &str| json!({ "key": key, "value": { "stringValue": value } });
    let int = |key: &str, value: &str| json!({ "key": key, "value": { "intValue": value } });
    let expected = json!({
        "traceId": TRACE,
        "spanId": SPANS[0],
        "name": "invoke_agent Greeter",
        "kind": 1,
        "startTimeUnixNano": "10000000000",
        "endTimeUnixNano": "15000000000",
        "attributes": [
            text("gen_ai.operation.name", "invoke_agent"),
            text("gen_ai.provider.name", "mistral_ai"),
            text("gen_ai.request.model", "mistral-large"),
            text("gen_ai.agent.name", "Greeter"),
            text("gen_ai.agent.version", "3"),
            text("gen_ai.conversation.id", "1"),
            { "key": "gen_ai.response.finish_reasons", "value": { "arrayValue": { "values": [{ "stringValue": "stop" }] } } },
            int("gen_ai.usage.input_tokens", "10"),
            int("gen_ai.usage.output_tokens", "5"),
            int("gen_ai.usage.cache_read.input_tokens", "4"),
            int("gen_ai.usage.reasoning.output_tokens", "2"),
            { "key": "runboard.cost.usd", "value": { "doubleValue": 0.000_001_5 } },
            int("runboard.run.id", "1"),
            text("runboard.run.status", "success"),
            text("runboard.run.trigger", "manual"),
        ],
    });
    let version = env!("CARGO_PKG_VERSION");
    let service = [text("service.name", "runboard"), text("service.version", version)];
    let scoped = json!({ "scope": { "name": "runboard", "version": version }, "spans": [expected] });
    let resource = json!({ "resource": { "attributes": service }, "scopeSpans": [scoped] });
    assert_eq!(exported(done, Vec::new()), [json!({ "resourceSpans": [resource] })]);
}

#[test]
fn the_calls_of_a_run_are_its_children() {
    let chat = TracedStep {
        prompt_tokens: Some(7),
        total_cost: Some(NanoDollars(0)),
        finish: Some(Finish::Length),
        served_model: Some("gemini-3-pro-001".into()),
        ..step(1, StepKind::ModelCall, "gemini/gemini-3-pro")
    };
    let tool = TracedStep { call_id: Some("call_1".into()), ..step(2, StepKind::ToolCall, "current_time") };
    let spans = spans_of(run(1, RunStatus::Success), vec![chat, tool]);
    assert_eq!(spans[0].get("parentSpanId"), None);
    for (span, id) in spans.iter().zip(SPANS) {
        assert_eq!((&span["traceId"], &span["spanId"]), (&json!(TRACE), &json!(id)));
    }
    let [_, chat, tool] = &spans[..] else { panic!("{spans:?}") };
    for child in [chat, tool] {
        assert_eq!((&child["parentSpanId"], child.get("status")), (&json!(SPANS[0]), None));
        assert_eq!(child["startTimeUnixNano"], "11000000000");
        assert_eq!(child["endTimeUnixNano"], "12000000000");
        assert_eq!(attribute(child, "gen_ai.conversation.id"), Some(&json!({ "stringValue": "1" })));
    }
    assert_eq!((&chat["name"], &chat["kind"]), (&json!("chat gemini-3-pro"), &json!(3)));
    for (key, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "gcp.gemini"),
        ("gen_ai.request.model", "gemini-3-pro"),
        ("gen_ai.response.model", "gemini-3-pro-001"),
    ] {
        assert_eq!(attribute(chat, key), Some(&json!({ "stringValue": value })), "{key}");
    }
    let reasons = json!({ "arrayValue": { "values": [{ "stringValue": "length" }] } });
    assert_eq!(attribute(chat, "gen_ai.response.finish_reasons"), Some(&reasons));
    assert_eq!(attribute(chat, "gen_ai.usage.input_tokens"), Some(&json!({ "intValue": "7" })));
    assert_eq!(attribute(chat, "runboard.cost.usd"), Some(&json!({ "doubleValue": 0.0 })), "known to be free");
    assert_eq!(attribute(chat, "gen_ai.usage.output_tokens"), None, "unknown is not 0");

    assert_eq!((&tool["name"], &tool["kind"]), (&json!("execute_tool current_time"), &json!(1)));
    for (key, value) in [
        ("gen_ai.operation.name", "execute_tool"),
        ("gen_ai.tool.name", "current_time"),
        ("gen_ai.tool.call.id", "call_1"),
    ] {
        assert_eq!(attribute(tool, key), Some(&json!({ "stringValue": value })), "{key}");
    }
    assert_eq!(attribute(tool, "gen_ai.provider.name"), None);
}

#[test]
fn a_failure_has_its_cause_and_its_words() {
    let error = Some("429 Too Many Requests".to_owned());
    let failed = AgentRun {
        error: error.clone(),
        failure_kind: Some(FailureKind::Error),
        failure_cause: Some(FailureCause::ProviderStatus),
        ..run(1, RunStatus::Failed)
    };
    let tool = TracedStep { error: Some("No such file.".into()), ..step(1, StepKind::ToolCall, "read_file") };
    let chat = TracedStep { error, ..step(2, StepKind::ModelCall, "demo/fail") };
    let spans = spans_of(failed.clone(), vec![tool, chat]);
    let ended: Vec<_> = spans.iter().map(|span| (&span["status"], attribute(span, "error.type").unwrap())).collect();
    let (refused, cause) =
        (json!({ "code": 2, "message": "429 Too Many Requests" }), json!({ "stringValue": "provider_status" }));
    let (missing, other) = (json!({ "code": 2, "message": "No such file." }), json!({ "stringValue": "_OTHER" }));
    assert_eq!(ended, [(&refused, &cause), (&missing, &other), (&refused, &cause)]);

    let older = AgentRun { failure_cause: None, failure_kind: Some(FailureKind::Timeout), ..failed };
    let spans = spans_of(older, Vec::new());
    assert_eq!(attribute(&spans[0], "error.type"), Some(&json!({ "stringValue": "timeout" })));
}

#[test]
fn a_run_that_did_not_begin_is_a_moment_with_its_status() {
    for (status, skip_reason) in [(RunStatus::Skipped, Some(SkipReason::Overlap)), (RunStatus::Cancelled, None)] {
        let spans = spans_of(AgentRun { started_at: None, skip_reason, ..run(1, status) }, Vec::new());
        let [span] = &spans[..] else { panic!("{spans:?}") };
        assert_eq!(
            (&span["startTimeUnixNano"], &span["endTimeUnixNano"]),
            (&json!("15000000000"), &json!("15000000000"))
        );
        assert_eq!(attribute(span, "runboard.run.status"), Some(&json!({ "stringValue": status.as_str() })));
        let reason = skip_reason.map(|_| json!({ "stringValue": "overlap" }));
        assert_eq!(attribute(span, "runboard.run.skip_reason"), reason.as_ref());
        assert_eq!((span.get("status"), attribute(span, "error.type")), (None, None), "nothing has failed");
    }
}

#[test]
fn a_run_that_is_not_over_has_no_span_and_nothing_has_no_line() {
    for status in [RunStatus::Queued, RunStatus::Running] {
        assert_eq!(exported(run(1, status), vec![step(1, StepKind::ModelCall, "demo/slow")]), [] as [Value; 0]);
    }
    assert_eq!(lines(&[], &HashMap::new()).unwrap(), "");
}

#[test]
fn a_span_never_ends_before_it_begins() {
    let late = Timestamp::from_ms(i64::MAX);
    let open = TracedStep { finished_at: None, ..step(1, StepKind::ModelCall, "demo/quick") };
    let odd = TracedStep { started_at: late, ..step(2, StepKind::ToolCall, "current_time") };
    let spans = spans_of(run(1, RunStatus::Cancelled), vec![open, odd]);
    assert_eq!(spans[1]["endTimeUnixNano"], "15000000000", "with its run");
    let latest = json!(u64::MAX.to_string());
    assert_eq!((&spans[2]["startTimeUnixNano"], &spans[2]["endTimeUnixNano"]), (&latest, &latest));
}

#[test]
fn a_line_is_never_too_long_for_its_reader() {
    let runs: Vec<_> = (1..=40).map(|id| listed(run(id, RunStatus::Success))).collect();
    // As long as an error may be, in characters that JSON spells out.
    let error = "\u{1}".repeat(2_000);
    let long = |position| TracedStep { error: Some(error.clone()), ..step(position, StepKind::ToolCall, "tool") };
    let steps = runs.iter().map(|listed| (listed.run.id, (1..=5).map(long).collect())).collect();
    let text = lines(&runs, &steps).unwrap();
    let longest = text.lines().map(str::len).max().unwrap();
    assert!((MOST / 2..2 * MOST).contains(&longest), "{longest}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids = lines.iter().flat_map(|line| spans_on(line)).map(|span| span["spanId"].to_string());
    assert_eq!(ids.collect::<HashSet<_>>().len(), 40 * 6);
}

#[test]
fn ids_tell_apart_runs_of_the_same_number() {
    let one = run(1, RunStatus::Success);
    let elsewhere = AgentRun { queued_at: Timestamp::from_ms(9_001), ..one.clone() };
    let ids = [&one, &elsewhere, &run(2, RunStatus::Success)].map(|run| (ids::trace_id(run), ids::span_id(run, 0)));
    let (traces, spans): (HashSet<_>, HashSet<_>) = ids.into_iter().unzip();
    assert_eq!((traces.len(), spans.len()), (3, 3));
}
