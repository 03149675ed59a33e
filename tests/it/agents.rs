//! `/api/agents`: create, read, replace, and what is refused.

use crate::support::app::{TestApp, problem};
use crate::support::database::TestDatabase;
use reqwest::{Method, StatusCode, header};
use sea_orm::{ConnectionTrait, Database, DatabaseBackend, Statement};
use serde_json::{Value, json};

#[tokio::test]
async fn only_a_name_is_needed() {
    let app = TestApp::start().await;
    let (status, agent) = app.post("/api/agents", json!({ "name": "Triage" })).await;
    assert_eq!(status, StatusCode::CREATED);
    for (field, value) in [
        ("name", json!("Triage")),
        ("description", json!("")),
        ("system_instructions", json!("")),
        ("task_instructions", json!("")),
        ("model", json!("demo/quick")),
        ("paused", json!(false)),
        ("max_concurrent_runs", json!(5)),
        ("timeout_s", json!(600)),
        ("status", json!("idle")),
        ("running_count", json!(0)),
        ("last_run", Value::Null),
        ("success_rate", Value::Null),
    ] {
        assert_eq!(agent[field], value, "{field}");
    }
    let (_, same) = app.get(&format!("/api/agents/{}", agent["id"])).await;
    assert_eq!(same, agent);
    let created = agent["created_at"].as_str().unwrap();
    assert!(created.ends_with('Z') && created.len() == "2026-11-23T14:30:00.000Z".len(), "{created}");
}

#[tokio::test]
async fn a_new_database_has_three_examples_and_deleted_ones_stay_deleted() {
    let app = TestApp::start().await;
    let (_, agents) = app.get("/api/agents").await;
    assert_eq!(agents.as_array().unwrap().len(), 3);
    for agent in agents.as_array().unwrap() {
        let (status, _) = app.send(app.request(Method::DELETE, &format!("/api/agents/{}", agent["id"]))).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
    let app = TestApp::on(app.end().await, "127.0.0.1:0").await;
    let (_, agents) = app.get("/api/agents").await;
    assert_eq!(agents, json!([]));
}

#[tokio::test]
async fn a_name_is_kept_on_one_line() {
    let app = TestApp::start().await;
    let id = app.agent_with(json!({ "name": " Nightly\r\nreport\t", "task_instructions": "One\r\ntwo" })).await;
    let path = format!("/api/agents/{id}");
    let (_, agent) = app.get(&path).await;
    assert_eq!((&agent["name"], &agent["task_instructions"]), (&json!("Nightly report"), &json!("One\ntwo")));
    let body = json!({ "name": "Daily\nreport", "description": "of\tall" });
    let (_, agent) = app.send(app.request(Method::PUT, &path).json(&body)).await;
    assert_eq!((&agent["name"], &agent["description"]), (&json!("Daily report"), &json!("of all")));
}

#[tokio::test]
async fn replacing_sets_what_is_left_out_back_to_its_default() {
    let app = TestApp::start().await;
    let id = app.agent_with(json!({ "name": "Before", "description": "old", "timeout_s": 5 })).await;
    let path = format!("/api/agents/{id}");
    let (status, agent) =
        app.send(app.request(Method::PUT, &path).json(&json!({ "name": "After", "paused": true }))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&agent["name"], &agent["description"], &agent["timeout_s"]),
        (&json!("After"), &json!(""), &json!(600))
    );
    assert_eq!(agent["status"], "paused");
}

#[tokio::test]
async fn status_and_figures_follow_the_runs() {
    let app = TestApp::start().await;
    let id = app.agent("wait").await;
    let path = format!("/api/agents/{id}");
    let run = app.task(id).await;
    app.run_is(run, "running").await;
    let (_, agent) = app.get(&path).await;
    assert_eq!((&agent["status"], &agent["running_count"]), (&json!("running"), &json!(1)));
    app.stage.open(1);
    app.run_is(run, "success").await;
    let (_, agent) = app.get(&path).await;
    assert_eq!((&agent["status"], &agent["success_rate"]), (&json!("idle"), &json!(1.0)));
    assert_eq!(agent["last_run"]["id"], run);

    let failing = app.agent("fail").await;
    app.task_is(failing, "failed").await;
    let (_, agent) = app.get(&format!("/api/agents/{failing}")).await;
    assert_eq!((&agent["status"], &agent["success_rate"]), (&json!("error"), &json!(0.0)));
}

/// Rules grow stricter; whoever renames an agent that is older than a rule must not be held up by it.
#[tokio::test]
async fn a_schedule_and_a_model_that_could_not_be_chosen_any_more_may_stay() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let other = Database::connect(url).await.unwrap();
    let id = app.agent_with(json!({ "name": "Old", "model": "demo/quick", "schedule": "@daily" })).await;
    let old = "UPDATE agents SET schedule = '*/75 * * * *', model = 'demo/gone' WHERE id = ?";
    let old = Statement::from_sql_and_values(DatabaseBackend::Sqlite, old, [id.into()]);
    other.execute_raw(old).await.unwrap();
    let put = async |schedule: &str, model: &str| {
        let body = json!({ "name": "Renamed", "schedule": schedule, "model": model });
        app.send(app.request(Method::PUT, &format!("/api/agents/{id}")).json(&body)).await
    };
    let (status, agent) = put("*/75 * * * *", "demo/gone").await;
    assert_eq!((status, &agent["name"], &agent["model"]), (StatusCode::OK, &json!("Renamed"), &json!("demo/gone")));
    assert!(problem(&put("*/80 * * * *", "demo/gone").await, 422).contains("schedule"));
    assert!(problem(&put("*/75 * * * *", "demo/lost").await, 422).contains("model"));
}

#[tokio::test]
async fn details_include_what_was_asked_for() {
    let app = TestApp::start().await;
    let id = app.agent("quick").await;
    app.task_is(id, "success").await;
    let (_, plain) = app.get(&format!("/api/agents/{id}/details")).await;
    assert_eq!(plain["agent"]["id"], id);
    assert!(plain.get("runs").is_none() && plain.get("threads").is_none() && plain.get("stats").is_none());
    let (_, full) = app.get(&format!("/api/agents/{id}/details?include=runs,threads,stats")).await;
    assert_eq!(full["runs"].as_array().unwrap().len(), 1);
    assert_eq!(full["threads"][0]["kind"], "task");
    assert_eq!((&full["stats"]["total_runs"], &full["stats"]["runs"]["success"]), (&json!(1), &json!(1)));
    let detail = problem(&app.get(&format!("/api/agents/{id}/details?include=cost")).await, 422);
    assert!(detail.contains("cost") && detail.contains("stats"), "{detail}");
}

#[tokio::test]
async fn every_bad_body_is_named() {
    let app = TestApp::start().await;
    for (body, status, says) in [
        (r#"{"name":"#, 400, "JSON"),
        (r#"{}"#, 422, "name"),
        (r#"{"name":"  "}"#, 422, "name"),
        (r#"{"name":7}"#, 422, "name: must be text of 1 to 100 characters"),
        (r#"["x"]"#, 422, "must be a JSON object"),
        (r#"{"name":"x","colour":"red"}"#, 422, "colour"),
        (r#"{"name":"x","timeout_s":0}"#, 422, "timeout_s"),
        (r#"{"name":"x","max_concurrent_runs":101}"#, 422, "max_concurrent_runs"),
        (r#"{"name":"x","model":"gpt-5"}"#, 422, "model"),
        (r#"{"name":"x","model":"nobody/gpt-5"}"#, 422, "nobody"),
    ] {
        let request =
            app.request(Method::POST, "/api/agents").header(header::CONTENT_TYPE, "application/json").body(body);
        let detail = problem(&app.send(request).await, status);
        assert!(detail.contains(says), "{body}: {detail}");
    }
    let form = app.request(Method::POST, "/api/agents").header(header::CONTENT_TYPE, "text/plain").body("{}");
    problem(&app.send(form).await, 415);
    let huge = app.post("/api/agents", json!({ "name": "x", "description": "y".repeat(5 << 20) })).await;
    problem(&huge, 413);
    let long = app.post("/api/agents", json!({ "name": "x", "task_instructions": "y".repeat(257 << 10) })).await;
    assert!(problem(&long, 422).contains("task_instructions"));
}

#[tokio::test]
async fn what_is_not_there_is_404_and_wrong_methods_are_405() {
    let app = TestApp::start().await;
    for path in [
        "/api/agents/999",
        "/api/agents/x",
        "/api/agents/999/runs",
        "/api/agents/999/details",
        "/api/agents/999/threads",
        "/api/agents/999/events",
        "/api/runs/999",
        "/api/runs/999/steps",
        "/api/threads/999/messages",
        "/api/nothing",
    ] {
        problem(&app.get(path).await, 404);
    }
    for path in ["/api/agents/999/task", "/api/runs/999/stop", "/api/runs/999/retry", "/api/threads/999/run"] {
        problem(&app.poke(path).await, 404);
    }
    problem(&app.post("/api/threads/999/messages", json!({ "role": "user", "content": "x" })).await, 404);
    problem(&app.poke("/api/runs/1").await, 405);
    problem(&app.send(app.request(Method::DELETE, "/api/agents")).await, 405);
}

#[tokio::test]
async fn an_address_that_takes_nothing_refuses_a_body() {
    let app = TestApp::start().await;
    let id = app.agent("quick").await;
    let detail = problem(&app.post(&format!("/api/agents/{id}/task"), json!({ "speed": 2 })).await, 422);
    assert!(detail.contains("speed"), "{detail}");
    let (status, _) = app.post(&format!("/api/agents/{id}/task"), json!({})).await;
    assert_eq!(status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_problem_points_at_what_is_wrong_and_names_its_request() {
    let app = TestApp::start().await;
    for (body, pointers) in [
        (json!({ "name": "x", "timeout_s": 0, "max_steps": 0 }), vec!["/max_steps", "/timeout_s"]),
        (json!({ "name": "x", "timeout_s": "soon" }), vec!["/timeout_s"]),
        (json!({ "name": "x", "tools": ["current_time", 7] }), vec!["/tools/1"]),
        (json!({ "name": "x", "model": "nobody/gpt-5" }), vec!["/model"]),
        (json!({ "name": "x", "schedule": "* * *", "time_zone": "UTC" }), vec!["/schedule"]),
        (json!({ "name": "x", "schedule": "@daily", "time_zone": "Berlin" }), vec!["/time_zone"]),
    ] {
        let response = app.request(Method::POST, "/api/agents").json(&body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let problem: Value = response.json().await.unwrap();
        assert_eq!((&problem["type"], &problem["request_id"]), (&json!("/problems/invalid"), &json!(id)));
        let errors = problem["errors"].as_array().unwrap();
        let mut pointed: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        pointed.sort_unstable();
        assert_eq!(pointed, pointers, "{problem}");
        assert!(errors.iter().all(|error| !error["detail"].as_str().unwrap().is_empty()));
    }
    let (_, missing) = app.get("/api/agents/999999").await;
    assert_eq!((&missing["type"], missing.get("errors")), (&json!("/problems/not-found"), None));
}

#[tokio::test]
async fn all_that_is_wrong_with_a_body_is_told_at_once() {
    let app = TestApp::start().await;
    let id = app.agent("quick").await;
    let body = r#"{
        "name": 7, "model": "demo/nonexistent", "max_steps": "x", "timeout_s": 0, "colour": "red",
        "tools": ["current_time", "no_such_tool"], "schedule": "* * *", "time_zone": "Berlin", "paused": 1, "paused": true
    }"#;
    for (method, path) in [(Method::POST, "/api/agents".to_owned()), (Method::PUT, format!("/api/agents/{id}"))] {
        let request = app.request(method, &path).header(header::CONTENT_TYPE, "application/json").body(body);
        let (status, problem) = app.send(request).await;
        assert_eq!((status, &problem["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/invalid")));
        let errors = problem["errors"].as_array().unwrap();
        let said: Vec<(&str, &str)> = errors
            .iter()
            .map(|error| (error["pointer"].as_str().unwrap(), error["detail"].as_str().unwrap()))
            .collect();
        let expected = [
            ("/name", "must be text of 1 to 100 characters"),
            ("/model", "there is no model \"demo/nonexistent\": use demo/quick"),
            ("/paused", "must be true or false"),
            ("/paused", "must be there once only"),
            ("/schedule", "needs 5 fields"),
            ("/time_zone", "\"Berlin\" is not the name of a time zone"),
            ("/timeout_s", "must be a whole number of seconds from 1 to 86400"),
            ("/max_steps", "must be a whole number from 1 to 200"),
            ("/tools/1", "unknown tool \"no_such_tool\": use current_time"),
            ("/colour", "there is no such setting: use name, description, tags"),
        ];
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for ((pointer, detail), (at, says)) in said.iter().zip(expected) {
            assert!(*pointer == at && detail.starts_with(says), "{pointer} {detail}");
        }
    }
    let (_, same) = app.get(&format!("/api/agents/{id}")).await;
    assert_eq!(same["name"], "Test", "nothing was changed");
}

#[tokio::test]
async fn every_body_is_an_object_and_says_plainly_what_a_value_must_be() {
    let app = TestApp::start().await;
    let id = app.agent("quick").await;
    let (_, thread) = app.post(&format!("/api/agents/{id}/threads"), json!({})).await;
    let thread = &thread["id"];
    for (method, path, wrong, pointer, says) in [
        (
            Method::POST,
            "/api/agents".to_owned(),
            json!({ "name": "x", "timeout_s": "5" }),
            "/timeout_s",
            "must be a whole",
        ),
        (
            Method::PUT,
            format!("/api/agents/{id}"),
            json!({ "name": "x", "paused": "no" }),
            "/paused",
            "must be true or",
        ),
        (Method::POST, format!("/api/agents/{id}/threads"), json!({ "title": 7 }), "/title", "must be text"),
        (Method::PATCH, format!("/api/threads/{thread}"), json!({ "title": [] }), "/title", "must be text"),
        (
            Method::POST,
            format!("/api/threads/{thread}/messages"),
            json!({ "role": "user", "content": 7 }),
            "/content",
            "must be text",
        ),
        (
            Method::POST,
            "/api/schedules/preview".to_owned(),
            json!({ "schedule": "@daily", "count": "x" }),
            "/count",
            "must be a whole number",
        ),
    ] {
        for array in [json!([]), json!(["x", 1]), json!("x")] {
            let answer = app.send(app.request(method.clone(), &path).json(&array)).await;
            assert!(problem(&answer, 422).contains("must be a JSON object"), "{path} {array}");
        }
        let answer = app.send(app.request(method, &path).json(&wrong)).await;
        problem(&answer, 422);
        let error = &answer.1["errors"][0];
        let detail = error["detail"].as_str().unwrap();
        assert!(error["pointer"] == pointer && detail.starts_with(says), "{path}: {error}");
        assert!(!detail.contains("i32") && !detail.contains("column"), "{detail}");
    }
    for path in [format!("/api/agents/{id}/task"), format!("/api/threads/{thread}/run")] {
        assert!(problem(&app.post(&path, json!([])).await, 422).contains("must be a JSON object"));
    }
}

#[tokio::test]
async fn the_version_that_was_read_guards_what_others_have_changed() {
    let app = TestApp::start().await;
    let id = app.agent("quick").await;
    let path = format!("/api/agents/{id}");
    let put = async |body: Value| app.send(app.request(Method::PUT, &path).json(&body)).await;
    assert_eq!(put(json!({ "name": "B", "model": "demo/quick", "version": 1 })).await.0, StatusCode::OK);
    problem(&put(json!({ "name": "C", "version": 1 })).await, 409);
    problem(&put(json!({ "name": "C", "version": "1" })).await, 422);
    assert_eq!(put(json!({ "name": "C", "version": null })).await.1["version"], 3);
}
