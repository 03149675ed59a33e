//! Tests of what runs are given: how it is sent, kept, found again and repeated.

mod later;
mod templates;

use crate::support::app::{Answer, TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use runboard::domain::id::RunId;
use serde_json::{Value, json};

on_both!(
    a_run_keeps_all_that_it_is_given,
    every_bad_value_is_pointed_at,
    what_cannot_be_read_is_no_value_that_was_left_out,
    a_run_s_own_model_and_limits_are_recorded_and_kept,
    last_inputs_are_listed_once_and_found_again,
    a_retry_keeps_all_of_it,
    a_retry_may_be_started_with_something_else,
    a_quarter_of_a_megabyte_is_given_whole,
);

/// Starts a run with this body; returns it as it is read again.
async fn started(app: &TestApp, agent: i64, body: Value) -> Value {
    let (status, started) = app.post(&format!("/api/agents/{agent}/task"), body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{started}");
    app.run_is(started["run_id"].as_i64().unwrap(), "success").await
}

/// Returns the texts of a run's thread, system and user.
async fn said(app: &TestApp, run: &Value) -> Vec<String> {
    let (_, messages) = app.get(&format!("/api/threads/{}/messages", run["thread_id"])).await;
    let messages = messages.as_array().unwrap().iter().filter(|message| message["run_id"].is_null());
    messages.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

fn pointers((_, body): &Answer) -> Vec<String> {
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{body}"));
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

fn full() -> Value {
    json!({
        "input": "Deliveries stopped.\nRetries do not help.", "variables": { "customer": "Ada" },
        "tags": ["webhooks", "p2"], "metadata": { "ticket": 20117, "vip": true, "by": "desk" },
        "trigger_note": "Ticket 20117",
    })
}

async fn a_run_keeps_all_that_it_is_given(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let run = started(&app, agent, full()).await;
    for (name, value) in full().as_object().unwrap() {
        assert_eq!(&run[name], value, "{name}");
    }
    assert_eq!(run["input_preview"], full()["input"]);
    let none = ["not_before", "run_budget_usd", "run_budget_tokens"];
    assert!(none.iter().all(|name| run[name].is_null()) && run["model_overridden"] == json!(false), "{run}");
    // Without instructions the input is the task.
    assert_eq!(json!(said(&app, &run).await), json!([full()["input"]]));

    let (_, list) = app.get(&format!("/api/agents/{agent}/runs")).await;
    let listed = &list[0];
    assert!(listed.get("input").is_none() && listed.get("variables").is_none(), "lists carry no whole input");
    assert_eq!((&listed["tags"], &listed["metadata"]), (&full()["tags"], &full()["metadata"]));

    // The same door by another name, and nothing at all.
    let (status, other) = app.post(&format!("/api/agents/{agent}/runs"), json!({ "input": "x" })).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(app.run(other["run_id"].as_i64().unwrap()).await["input"], "x");
    let plain = app.task_is(agent, "success").await;
    assert_eq!((&plain["input"], &plain["input_preview"]), (&Value::Null, &Value::Null));
    assert_eq!((&plain["variables"], &plain["tags"], &plain["metadata"]), (&json!({}), &json!([]), &json!({})));
}

#[tokio::test]
async fn without_a_body_it_is_as_it_was() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let at = format!("/api/agents/{agent}/task");
    for body in ["", " \n", "{}"] {
        let answer = app.send(app.request(Method::POST, &at).body(body)).await;
        assert_eq!(answer.0, StatusCode::ACCEPTED, "{body:?}: {}", answer.1);
    }
    // A plain form of another site could send this.
    let form = app.request(Method::POST, &at).header("content-type", "text/plain").body(r#"{"input":"x"}"#);
    problem(&app.send(form).await, 415);
    problem(&app.send(app.request(Method::POST, &at).json(&json!([1]))).await, 422);
    let response = app.request(Method::POST, &at).json(&json!({})).send().await.unwrap();
    assert!(response.headers()["location"].to_str().unwrap().starts_with("/api/runs/"));
}

async fn every_bad_value_is_pointed_at(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let at = format!("/api/agents/{agent}/task");
    let long = |count: usize| "x".repeat(count);
    for (body, expected) in [
        (json!({"input": 7}), vec!["/input"]),
        (json!({"input": long(256 * 1024 + 1)}), vec!["/input"]),
        (json!({"input": "a\0"}), vec!["/input"]),
        (json!({"variables": {"a": 1, "b": null}}), vec!["/variables/a", "/variables/b"]),
        (json!({"variables": {"a b": "x", "input": "x"}}), vec!["/variables/a b", "/variables/input"]),
        (json!({"variables": {"a": long(16 * 1024)}}), vec!["/variables"]),
        (json!({"tags": ["ok", "", "a,b", "!a", long(65)]}), vec!["/tags/1", "/tags/2", "/tags/3", "/tags/4"]),
        (json!({"tags": vec!["t"; 11]}), vec!["/tags"]),
        (json!({"tags": "one"}), vec!["/tags"]),
        (json!({"metadata": {"a/b": {}}}), vec!["/metadata/a~1b"]),
        (json!({"metadata": {"a": long(4096)}}), vec!["/metadata"]),
        (json!({"model": "nobody/x"}), vec!["/model"]),
        (json!({"model": "demo/unheard-of"}), vec!["/model"]),
        (json!({"run_budget_usd": 0}), vec!["/run_budget_usd"]),
        (json!({"run_budget_usd": 1, "model": "ollama/x"}), vec!["/run_budget_usd"]),
        (json!({"run_budget_tokens": 0.5}), vec!["/run_budget_tokens"]),
        (json!({"not_before": "soon"}), vec!["/not_before"]),
        (json!({"not_before": "2999-01-01T00:00:00Z"}), vec!["/not_before"]),
        (json!({"trigger_note": long(201)}), vec!["/trigger_note"]),
        (json!({"inputs": "x", "tags": 1}), vec!["/inputs", "/tags"]),
    ] {
        let answer = app.post(&at, body).await;
        problem(&answer, 422);
        assert_eq!(pointers(&answer), expected, "{}", answer.1);
    }
    let twice =
        app.request(Method::POST, &at).header("content-type", "application/json").body(r#"{"tags":[],"tags":[]}"#);
    assert_eq!(pointers(&app.send(twice).await), ["/tags"]);

    // The agent's budget is none of the request's.
    let budget = json!({ "name": "Bounded", "model": "demo/quick", "month_budget_usd": 5 });
    let (_, bounded) = app.post("/api/agents", budget).await;
    let task = format!("/api/agents/{}/task", bounded["id"]);
    assert_eq!(pointers(&app.post(&task, json!({ "model": "ollama/x" })).await), ["/model"]);
    let (_, runs) = app.get(&format!("/api/agents/{agent}/runs")).await;
    assert_eq!(runs, json!([]), "nothing was started");
}

fn post(app: &TestApp, address: &str, body: &str) -> reqwest::RequestBuilder {
    let json = "application/json";
    app.request(Method::POST, address).header(reqwest::header::CONTENT_TYPE, json).body(body.to_owned())
}

/// JSON that a parser passes over and no string or number can hold: it is there, so it must not count as null.
async fn what_cannot_be_read_is_no_value_that_was_left_out(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let run = started(&app, agent, json!({ "run_budget_tokens": 100_000, "input": "x" })).await;
    let addresses = [format!("/api/agents/{agent}/task"), format!("/api/runs/{}/retry", run["id"])];
    let texts = ["input", "tags", "metadata", "variables", "model", "not_before", "trigger_note"];
    let texts = texts.map(|name| match name {
        "tags" => (name, r#"["\ud800"]"#.to_owned()),
        "metadata" | "variables" => (name, r#"{"k":"\ud800"}"#.to_owned()),
        name => (name, r#""\ud800""#.to_owned()),
    });
    let numbers = ["run_budget_usd", "run_budget_tokens", "input"].map(|name| (name, "1e400".to_owned()));
    let deep = ("tags", format!("{}{}", "[".repeat(200), "]".repeat(200)));
    let twice = ("variables", r#"{"k":"a","k":"b"}"#.to_owned());
    for (name, value) in texts.into_iter().chain(numbers).chain([deep, twice]) {
        for address in &addresses {
            let body = format!("{{\"{name}\":{value}}}");
            let answer = app.send(post(&app, address, &body)).await;
            assert_eq!(answer.0, StatusCode::UNPROCESSABLE_ENTITY, "{address} {body}: {}", answer.1);
            assert!(pointers(&answer)[0].starts_with(&format!("/{name}")), "{body}: {}", answer.1);
        }
    }
    let (_, runs) = app.get(&format!("/api/agents/{agent}/runs")).await;
    assert_eq!(runs.as_array().unwrap().len(), 1, "nothing was started");
}

async fn a_run_s_own_model_and_limits_are_recorded_and_kept(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent_with(json!({"name": "A", "model": "demo/quick", "run_budget_tokens": 9_000})).await;
    let run =
        started(&app, agent, json!({"model": "demo/slow", "run_budget_tokens": 50, "run_budget_usd": 0.25})).await;
    let own = |run: &Value| {
        ["model", "model_overridden", "run_budget_tokens", "run_budget_usd"].map(|name| run[name].clone())
    };
    let expected = [json!("demo/slow"), json!(true), json!(50), json!(0.25)];
    assert_eq!(own(&run), expected);
    // The limits hold for the run: they are what its execution goes by.
    let id = run["id"].as_i64().unwrap();
    let limits = app.state.store.assignment(RunId(id), |_| 1_000).await.unwrap().limits;
    assert_eq!((limits.budgets.run_tokens, limits.budgets.run_cost.map(|cost| cost.0)), (Some(50), Some(250_000_000)));
    let (_, retried) = app.poke(&format!("/api/runs/{id}/retry")).await;
    assert_eq!(own(&app.run(retried["run_id"].as_i64().unwrap()).await), expected);
    let plain = app.task_is(agent, "success").await;
    assert_eq!(own(&plain), [json!("demo/quick"), json!(false), Value::Null, Value::Null]);
}

async fn last_inputs_are_listed_once_and_found_again(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (agent, other) = (app.agent("quick").await, app.agent("quick").await);
    started(&app, other, json!({"input": "of another agent"})).await;
    let mut ids = Vec::new();
    for body in [
        json!({"input": "First 50% \"quoted\"", "tags": ["one"]}),
        json!({"input": "Second"}),
        json!({"input": "Second", "variables": {"customer": "Ada"}}),
        json!({"input": "First 50% \"quoted\"", "tags": ["two"]}),
        json!({}),
    ] {
        ids.push(started(&app, agent, body).await["id"].clone());
    }
    let list = async |query: &str| {
        let (status, list) = app.get(&format!("/api/agents/{agent}/inputs{query}")).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let of = |input: &Value| input["run_id"].clone();
        (list["data"].as_array().unwrap().iter().map(of).collect::<Vec<_>>(), list)
    };
    let (all, whole) = list("").await;
    assert_eq!(all, [&ids[3], &ids[2], &ids[1]].map(Clone::clone));
    assert_eq!(whole["data"][0]["tags"], json!(["two"]), "of the newest run");
    assert_eq!(whole["data"][1]["variables"], json!({"customer": "Ada"}));
    assert_eq!(whole["applied_filters"], json!({"q": null, "limit": 50, "newest_runs": 5000}));
    assert_eq!(list("?limit=1").await.0, [ids[3].clone()]);
    assert_eq!(list("?q=seCOND").await.0, [&ids[2], &ids[1]].map(Clone::clone));
    assert_eq!(list("?q=ada").await.0, [ids[2].clone()]);
    assert_eq!(list("?q=50%25").await.0, [ids[3].clone()]);
    assert_eq!(list("?q=nowhere").await.0, [] as [Value; 0]);
    for bad in ["?limit=0", "?limit=201", "?q=%00", "?other=1"] {
        problem(&app.get(&format!("/api/agents/{agent}/inputs{bad}")).await, 422);
    }
}

async fn a_retry_keeps_all_of_it(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let run = started(&app, agent, full()).await;
    let (_, retried) = app.poke(&format!("/api/runs/{}/retry", run["id"])).await;
    let again = app.run_is(retried["run_id"].as_i64().unwrap(), "success").await;
    for name in ["input", "input_preview", "variables", "tags", "metadata", "trigger_note", "thread_id"] {
        assert_eq!(again[name], run[name], "{name}");
    }
    assert_eq!(again["retry_of"], run["id"]);
}

async fn a_retry_may_be_started_with_something_else(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let instructions = "Triage {{customer}}: {{input}}";
    let agent = app.agent_with(json!({"name": "A", "model": "demo/quick", "task_instructions": instructions})).await;
    let run = started(&app, agent, full()).await;
    let retry = format!("/api/runs/{}/retry", run["id"]);

    let (status, retried) = app.post(&retry, json!({"variables": {"customer": "Bob"}, "tags": null})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{retried}");
    let other = app.run_is(retried["run_id"].as_i64().unwrap(), "success").await;
    assert_eq!(said(&app, &other).await, ["Triage Bob: Deliveries stopped.\nRetries do not help."]);
    assert_eq!((&other["tags"], &other["metadata"], &other["input"]), (&json!([]), &run["metadata"], &run["input"]));
    assert_ne!(other["thread_id"], run["thread_id"], "it is given something else");

    // A change that leaves the messages alone stays on the same thread.
    let (_, retried) = app.post(&retry, json!({"tags": ["p1"], "model": "demo/slow"})).await;
    let tagged = app.run_is(retried["run_id"].as_i64().unwrap(), "success").await;
    assert_eq!((&tagged["thread_id"], &tagged["tags"]), (&run["thread_id"], &json!(["p1"])));
    assert_eq!((&tagged["model"], &tagged["variables"]), (&json!("demo/slow"), &run["variables"]));

    let missing = app.post(&retry, json!({"variables": {}})).await;
    assert_eq!(pointers(&missing), ["/variables/customer"]);
    assert_eq!(pointers(&app.post(&retry, json!({"input": null})).await), ["/input"]);
    assert_eq!(pointers(&app.post(&retry, json!({"model": "nobody/x"})).await), ["/model"]);
}

#[tokio::test]
async fn a_turn_of_a_chat_is_given_the_messages_of_its_thread() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (_, thread) = app.post(&format!("/api/agents/{agent}/threads"), json!({})).await;
    let said = json!({"role": "user", "content": "Hello {{input}}"});
    app.post(&format!("/api/threads/{}/messages", thread["id"]), said).await;
    let (_, started) = app.poke(&format!("/api/threads/{}/run", thread["id"])).await;
    let run = app.run_is(started["run_id"].as_i64().unwrap(), "success").await;
    let retry = format!("/api/runs/{}/retry", run["id"]);
    for body in [json!({"input": "x"}), json!({"variables": {}}), json!({"not_before": null})] {
        let answer = app.post(&retry, body.clone()).await;
        problem(&answer, 422);
        assert_eq!(pointers(&answer), [format!("/{}", body.as_object().unwrap().keys().next().unwrap())]);
    }
    let (status, retried) = app.post(&retry, json!({"model": "demo/slow", "tags": ["again"]})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{retried}");
    let again = app.run_is(retried["run_id"].as_i64().unwrap(), "success").await;
    assert_eq!((&again["thread_id"], &again["chat"]), (&run["thread_id"], &json!(true)));
}

async fn a_quarter_of_a_megabyte_is_given_whole(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    // The longest there is, in letters whose JSON is six times as long.
    let input = "\u{1}".repeat(256 * 1024);
    let run = started(&app, agent, json!({ "input": input })).await;
    assert_eq!(run["input"].as_str().unwrap(), input);
    assert_eq!(run["input_preview"].as_str().unwrap().len(), 200);
    assert_eq!(said(&app, &run).await, [input]);
}
