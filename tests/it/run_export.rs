//! `/api/runs/export`: every run that a filter has, in each of the forms.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use runboard::domain::agent::AgentSettings;
use runboard::domain::id::{OwnerId, RunId};
use runboard::domain::time::Timestamp;
use runboard::server::store::scope::Scope;
use runboard::server::work::demo::DemoPace;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use std::collections::HashSet;

on_both!(
    an_export_has_every_run_and_no_formula,
    a_trace_has_a_run_and_its_calls,
    what_a_trace_is_read_from_is_its_owner_s,
);

/// Returns an export with its type and the name of its file.
async fn export(app: &TestApp, query: &str) -> (String, String, String) {
    let response = app.request(Method::GET, &format!("/api/runs/export?{query}")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    let (kind, disposition) = (header("content-type"), header("content-disposition"));
    (kind, disposition, response.text().await.unwrap())
}

/// Returns the spans of an export as OTLP.
async fn spans(app: &TestApp, query: &str) -> Vec<Value> {
    let (.., text) = export(app, &format!("format=otlp&{query}")).await;
    let lines = text.split_terminator('\n').map(|line| {
        assert!(line.len() < 1 << 20, "no longer than its reader takes");
        let line: Value = serde_json::from_str(line).unwrap();
        line.pointer("/resourceSpans/0/scopeSpans/0/spans").unwrap().as_array().unwrap().clone()
    });
    lines.flatten().collect()
}

/// Returns an attribute of a span; null where it has none of that name.
fn attribute(span: &Value, key: &str) -> Value {
    let all = span["attributes"].as_array().unwrap();
    all.iter().find(|attribute| attribute["key"] == key).map_or(Value::Null, |attribute| attribute["value"].clone())
}

fn text(value: &Value) -> Value {
    json!({ "stringValue": value })
}

/// Returns the spans of a run, its own first.
fn trace(spans: &[Value], run: i64) -> Vec<&Value> {
    let id = json!({ "intValue": run.to_string() });
    let own = spans.iter().find(|span| attribute(span, "runboard.run.id") == id);
    let own = own.unwrap_or_else(|| panic!("run {run} is not among {spans:?}"));
    let children = spans.iter().filter(|span| span["traceId"] == own["traceId"] && span["spanId"] != own["spanId"]);
    std::iter::once(own).chain(children).collect()
}

/// Returns a time of the API as OTLP has it.
fn nanoseconds(at: &Value) -> Value {
    json!(format!("{}000000", Timestamp::parse(at.as_str().unwrap()).unwrap().ms()))
}

async fn an_export_has_every_run_and_no_formula(database: TestDatabase) {
    let app = TestApp::on(database.clone(), "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "=Sum, \"really\"", "model": "demo/quick" })).await;
    app.task_is(agent, "success").await;
    let raw = Database::connect(&database.url).await.unwrap();
    let row = |id: i64| format!("({id}, 1, {agent}, 1, 'cancelled', 'api', FALSE, {id}, 1, 'demo/quick')");
    let rows: Vec<_> = (1_000..2_200).map(row).collect();
    let columns = "id, owner_id, agent_id, thread_id, status, trigger, chat, queued_at, finished_at, model";
    let insert = format!("INSERT INTO agent_runs ({columns}) VALUES {}", rows.join(", "));
    raw.execute_unprepared(&insert).await.unwrap();
    let newest_first: Vec<i64> = (1_000..2_200).rev().collect();

    let (kind, file, csv) = export(&app, "format=csv&status=cancelled").await;
    assert_eq!(kind, "text/csv; charset=utf-8; header=present");
    assert_eq!(file, "attachment; filename=\"runs.csv\"");
    let lines: Vec<_> = csv.split_terminator("\r\n").collect();
    assert!(lines[0].starts_with("id,agent_id,agent_name,thread_id,status,"), "{}", lines[0]);
    let id = |line: &&str| line.split(',').next().unwrap().parse::<i64>().unwrap();
    assert_eq!(lines[1..].iter().map(id).collect::<Vec<_>>(), newest_first);
    let agent_cell = format!(",{agent},\"'=Sum, \"\"really\"\"\",");
    assert!(lines[1..].iter().all(|line| line.contains(&agent_cell)), "{}", lines[1]);

    let (kind, file, ndjson) = export(&app, "format=ndjson").await;
    let runs: Vec<Value> = ndjson.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((kind.as_str(), runs.len()), ("application/x-ndjson", 1_201));
    assert_eq!(file, "attachment; filename=\"runs.ndjson\"");
    let (_, page) = app.get("/api/runs?limit=200").await;
    assert_eq!(page["data"].as_array().unwrap()[..], runs[..200]);

    let (kind, file, _) = export(&app, "format=otlp").await;
    assert_eq!((kind.as_str(), file.as_str()), ("application/x-ndjson", "attachment; filename=\"runs.otlp.jsonl\""));
    let spans = spans(&app, "status=cancelled").await;
    let ids =
        spans.iter().map(|span| attribute(span, "runboard.run.id")["intValue"].as_str().unwrap().parse().unwrap());
    assert_eq!(ids.collect::<Vec<i64>>(), newest_first);

    for (query, named) in [
        ("", "format: is needed, csv, ndjson or otlp"),
        ("format=csv&status=x", "status: "),
        ("format=csv&limit=5", "limit: "),
    ] {
        let answer = app.get(&format!("/api/runs/export?{query}")).await;
        assert!(problem(&answer, 422).contains(named), "{answer:?}");
    }
}

async fn a_trace_has_a_run_and_its_calls(database: TestDatabase) {
    let app = TestApp::at_work(database.clone(), DemoPace::INSTANT).await;
    let worker = json!({ "name": "Worker", "model": "demo/tools", "tools": ["current_time", "mcp:nowhere"] });
    let worker = app.agent_with(worker).await;
    let done = app.task_is(worker, "success").await;
    let failed = app.task_is(app.agent("fail").await, "failed").await;
    let stalled = app.task_is(app.agent("stall").await, "running").await;
    assert_eq!(app.post("/api/hold", json!({})).await.0, StatusCode::CREATED);
    let queued = app.task(worker).await;
    let raw = Database::connect(&database.url).await.unwrap();
    let skipped = format!(
        "INSERT INTO agent_runs (id, owner_id, agent_id, thread_id, status, skip_reason, trigger, chat, queued_at, finished_at, model)
         VALUES (1000, 1, {worker}, {}, 'skipped', 'overlap', 'schedule', FALSE, 7, 8, 'demo/tools')",
        done["thread_id"]
    );
    raw.execute_unprepared(&skipped).await.unwrap();

    let all = spans(&app, "").await;
    let trace_of = |run: &Value| trace(&all, run["id"].as_i64().unwrap());
    let ids: HashSet<_> = all.iter().map(|span| span["spanId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len());
    for id in [&stalled["id"], &json!(queued)] {
        let id = json!({ "intValue": id.to_string() });
        assert!(all.iter().all(|span| attribute(span, "runboard.run.id") != id), "a span has an end");
    }

    // What a tool was not offered for is no call.
    let calls: Vec<_> = {
        let (_, steps) = app.get(&format!("/api/runs/{}/steps", done["id"])).await;
        steps.as_array().unwrap().iter().filter(|step| step["input"] != "").cloned().collect()
    };
    let spans_of_done = trace_of(&done);
    let names: Vec<_> = spans_of_done.iter().map(|span| span["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["invoke_agent Worker", "chat tools", "execute_tool current_time", "chat tools"]);
    let [own, children @ ..] = &spans_of_done[..] else { unreachable!() };
    assert_eq!((own.get("parentSpanId"), own.get("status")), (None, None));
    assert_eq!(own["startTimeUnixNano"], nanoseconds(&done["started_at"]));
    assert_eq!(own["endTimeUnixNano"], nanoseconds(&done["finished_at"]));
    for (key, value) in [
        ("gen_ai.operation.name", text(&json!("invoke_agent"))),
        ("gen_ai.provider.name", text(&json!("demo"))),
        ("gen_ai.request.model", text(&json!("tools"))),
        ("gen_ai.agent.name", text(&json!("Worker"))),
        ("gen_ai.agent.version", text(&json!("1"))),
        ("gen_ai.conversation.id", text(&json!(done["thread_id"].to_string()))),
        ("gen_ai.usage.input_tokens", json!({ "intValue": done["prompt_tokens"].to_string() })),
        ("gen_ai.usage.output_tokens", json!({ "intValue": done["completion_tokens"].to_string() })),
        ("runboard.cost.usd", json!({ "doubleValue": 0.0 })),
        ("runboard.run.status", text(&json!("success"))),
        ("runboard.run.trigger", text(&json!("api"))),
        ("error.type", Value::Null),
    ] {
        assert_eq!(attribute(own, key), value, "{key}");
    }
    assert_eq!(children.len(), calls.len());
    for (span, call) in children.iter().zip(&calls) {
        assert_eq!((&span["parentSpanId"], span.get("status")), (&own["spanId"], None));
        assert_eq!(span["startTimeUnixNano"], nanoseconds(&call["started_at"]));
        assert_eq!(span["endTimeUnixNano"], nanoseconds(&call["finished_at"]));
        assert_eq!(attribute(span, "gen_ai.conversation.id"), text(&json!(done["thread_id"].to_string())));
    }
    let [first, tool, _] = children else { unreachable!() };
    assert_eq!((&first["kind"], &tool["kind"], &own["kind"]), (&json!(3), &json!(1), &json!(1)));
    let tokens = json!({ "intValue": calls[0]["prompt_tokens"].to_string() });
    assert_eq!(attribute(first, "gen_ai.usage.input_tokens"), tokens);
    assert_eq!(attribute(tool, "gen_ai.tool.name"), text(&json!("current_time")));
    assert_eq!(attribute(tool, "gen_ai.tool.call.id"), text(&calls[1]["call_id"]));

    for span in trace_of(&failed) {
        assert_eq!(span["status"], json!({ "code": 2, "message": failed["error"] }), "{span}");
        assert_eq!(attribute(span, "error.type"), text(&failed["failure_cause"]), "{span}");
    }
    assert_eq!(trace_of(&failed).len(), 2);

    let [skipped] = trace(&all, 1_000)[..] else { panic!("{all:?}") };
    assert_eq!((&skipped["startTimeUnixNano"], &skipped["endTimeUnixNano"]), (&json!("8000000"), &json!("8000000")));
    assert_eq!(attribute(skipped, "runboard.run.status"), text(&json!("skipped")));
    assert_eq!(attribute(skipped, "runboard.run.skip_reason"), text(&json!("overlap")));

    assert_eq!(spans(&app, "").await, all, "the same ids each time");
    let only_failed = spans(&app, "status=failed").await;
    assert_eq!(only_failed.iter().collect::<Vec<_>>(), trace_of(&failed));
    assert_eq!(export(&app, "format=otlp&status=queued,running").await.2, "");
}

async fn what_a_trace_is_read_from_is_its_owner_s(database: TestDatabase) {
    let app = TestApp::at_work(database.clone(), DemoPace::INSTANT).await;
    let run = app.task_is(app.agent("quick").await, "success").await;
    let (own, theirs) = (Scope::of(OwnerId::LOCAL), Scope::of(OwnerId(2)));
    let agent = app.state.store.create_agent(&theirs, &AgentSettings::named("Theirs"), None).await.unwrap();
    let raw = Database::connect(&database.url).await.unwrap();
    for insert in [
        format!(
            "INSERT INTO agent_runs (id, owner_id, agent_id, thread_id, status, trigger, chat, queued_at, started_at, finished_at, model)
             VALUES (1000, 2, {agent}, {}, 'success', 'api', FALSE, 7, 7, 8, 'demo/quick')",
            run["thread_id"]
        ),
        "INSERT INTO run_steps (run_id, position, kind, name, started_at, finished_at)
         VALUES (1000, 1, 'model_call', 'demo/quick', 7, 8)"
            .to_owned(),
    ] {
        raw.execute_unprepared(&insert).await.unwrap();
    }
    let names: Vec<_> = spans(&app, "").await.iter().map(|span| span["name"].clone()).collect();
    assert_eq!(names, [json!("invoke_agent Test"), json!("chat quick")]);

    let ids = [RunId(run["id"].as_i64().unwrap()), RunId(1_000)];
    for (scope, found) in [(&own, ids[0]), (&theirs, ids[1])] {
        let steps = app.state.store.traced_steps(scope, &ids).await.unwrap();
        assert_eq!(steps.keys().collect::<Vec<_>>(), [&found]);
    }
    assert!(app.state.store.traced_steps(&own, &[]).await.unwrap().is_empty());
}
