//! Schedules through the doors: the fields of agents, the preview, the live updates, and several servers.

use crate::support::app::{TestApp, problem};
use crate::support::database::TestDatabase;
use crate::support::eventually;
use crate::support::socket::Socket;
use crate::support::subject::NOW_MS;
use reqwest::{Method, StatusCode};
use runboard::server::clock::ManualClock;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_postgres_fire_each_due_time_once() {
    let (database, clock) = (TestDatabase::postgres().await, ManualClock::at(NOW_MS));
    let one = TestApp::with_clock(database.clone(), "127.0.0.1:0", clock.clone()).await;
    let two = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let mut agents = Vec::new();
    for n in 0..20 {
        let app = if n % 2 == 0 { &one } else { &two };
        agents.push(app.agent_with(json!({ "name": "T", "model": "demo/quick", "schedule": "* * * * *" })).await);
    }
    for minute in 1..=3 {
        clock.advance(MINUTE_MS);
        for agent in &agents {
            eventually("it has run", async || {
                let (_, runs) = two.get(&format!("/api/agents/{agent}/runs")).await;
                let runs = runs.as_array().unwrap();
                assert!(runs.len() <= minute, "{runs:?}");
                (runs.len() == minute && runs[0]["status"] == "success").then_some(())
            })
            .await;
        }
    }
    assert_eq!(one.stage.begun() + two.stage.begun(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_run_appears_live() {
    let clock = ManualClock::at(NOW_MS);
    let app = TestApp::with_clock(TestDatabase::sqlite(), "127.0.0.1:0", clock.clone()).await;
    let agent = app.agent_with(json!({ "name": "T", "model": "demo/quick", "schedule": "* * * * *" })).await;
    let (mut own, mut list) = (Socket::open(&app).await, Socket::open(&app).await);
    own.subscribe(&format!("agent:{agent}")).await;
    let state = own.hear_type("agent_state").await;
    assert_eq!(state["data"]["next_due_at"], "2026-11-23T14:31:00.000Z");
    assert_eq!(state["data"]["status"], "scheduled");
    list.subscribe("agents").await;
    list.hear_type("agents_state").await;
    clock.advance(MINUTE_MS);
    let moved = own.hear_type("agent_update").await;
    assert_eq!(moved["data"]["next_due_at"], "2026-11-23T14:32:00.000Z");
    let update = own.hear_type("run_update").await;
    assert_eq!((&update["data"]["status"], &update["data"]["trigger"]), (&json!("queued"), &json!("schedule")));
    assert_eq!(update["data"]["scheduled_for"], "2026-11-23T14:31:00.000Z");
    loop {
        let change = list.hear().await.unwrap();
        assert_eq!(change["data"]["id"], agent, "{change}");
        assert_eq!(change["data"]["next_run_at"], "2026-11-23T14:32:00.000Z");
        // The agent may have been reported before its run.
        if change["data"]["last_run"]["trigger"] == "schedule" {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_due_while_no_server_was_up_is_told_after_the_start() {
    let clock = ManualClock::at(NOW_MS);
    let app = TestApp::with_clock(TestDatabase::sqlite(), "127.0.0.1:0", clock.clone()).await;
    let hourly = |catch_up: bool| json!({ "name": "T", "schedule": "0 * * * *", "catch_up": catch_up });
    let (told, made_up) = (app.agent_with(hourly(false)).await, app.agent_with(hourly(true)).await);
    let database = app.end().await;
    clock.advance(180 * MINUTE_MS);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock).await;
    for (agent, status) in [(told, "skipped"), (made_up, "success")] {
        let runs = eventually("its row is there", async || {
            let (_, runs) = app.get(&format!("/api/agents/{agent}/runs")).await;
            (runs[0]["status"] == status).then_some(runs)
        })
        .await;
        assert_eq!(runs.as_array().unwrap().len(), 1, "{runs}");
        assert_eq!(runs[0]["scheduled_for"], "2026-11-23T15:00:00.000Z");
    }
    assert_eq!(app.stage.begun(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_cannot_be_fired_keeps_no_other_from_it() {
    let (database, clock) = (TestDatabase::sqlite(), ManualClock::at(NOW_MS));
    let app = TestApp::with_clock(database.clone(), "127.0.0.1:0", clock.clone()).await;
    let every_minute = || json!({ "name": "T", "model": "demo/quick", "schedule": "* * * * *" });
    let (odd, other) = (app.agent_with(every_minute()).await, app.agent_with(every_minute()).await);
    let raw = Database::connect(&database.url).await.unwrap();
    let forbid = format!(
        "CREATE TRIGGER odd BEFORE INSERT ON agent_runs WHEN NEW.agent_id = {odd} BEGIN SELECT RAISE(ABORT, 'odd'); END"
    );
    raw.execute_unprepared(&forbid).await.unwrap();
    clock.advance(MINUTE_MS);
    let fired = async |agent| {
        eventually("it has run", async || {
            let (_, runs) = app.get(&format!("/api/agents/{agent}/runs")).await;
            (runs[0]["status"] == "success").then_some(runs)
        })
        .await
    };
    fired(other).await;
    let (_, none) = app.get(&format!("/api/agents/{odd}/runs")).await;
    assert_eq!(none, json!([]));
    raw.execute_unprepared("DROP TRIGGER odd").await.unwrap();
    assert_eq!(fired(odd).await[0]["scheduled_for"], "2026-11-23T14:31:00.000Z", "it is tried again");
}

#[tokio::test]
async fn the_fields_are_kept_and_old_clients_need_not_know_them() {
    let app = TestApp::start().await;
    let (_, plain) = app.post("/api/agents", json!({ "name": "T" })).await;
    for (field, value) in [
        ("schedule", Value::Null),
        ("time_zone", json!("UTC")),
        ("overlap", json!("queue")),
        ("catch_up", json!(false)),
        ("next_due_at", Value::Null),
    ] {
        assert_eq!(plain[field], value, "{field}");
    }
    let body = json!({
        "name": "T", "schedule": " 0 9 * * MON-FRI ", "time_zone": "Europe/Berlin", "overlap": "skip", "catch_up": true,
    });
    let (status, agent) = app.post("/api/agents", body).await;
    assert_eq!(status, StatusCode::CREATED, "{agent}");
    assert_eq!((&agent["schedule"], &agent["status"]), (&json!("0 9 * * MON-FRI"), &json!("scheduled")));
    assert!(agent["next_due_at"].is_string() && agent["overlap"] == "skip" && agent["catch_up"] == true, "{agent}");
    let path = format!("/api/agents/{}", agent["id"]);
    let (_, same) = app.get(&path).await;
    assert_eq!(same, agent);
    let (_, replaced) = app.send(app.request(Method::PUT, &path).json(&json!({ "name": "T" }))).await;
    assert_eq!((&replaced["schedule"], &replaced["next_due_at"]), (&Value::Null, &Value::Null));

    for (field, value, says) in [
        ("schedule", "61 * * * *", "schedule: Minute (field 1) must be 0–59"),
        ("schedule", "0 0 31 2 *", "schedule: this date never occurs"),
        ("time_zone", "Mars/Base", "time_zone: \"Mars/Base\""),
        ("overlap", "both", "overlap: must be \"queue\" or \"skip\""),
    ] {
        let mut body = json!({ "name": "T", "schedule": "@daily" });
        body[field] = json!(value);
        let detail = problem(&app.post("/api/agents", body.clone()).await, 422);
        assert!(detail.contains(says), "{detail}");
        problem(&app.send(app.request(Method::PUT, &path).json(&body)).await, 422);
    }
    let all = json!({ "name": "T", "schedule": "75 * * * *", "time_zone": "Berlin", "model": "gpt-5" });
    let (_, refused) = app.post("/api/agents", all).await;
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/model", "/schedule", "/time_zone"], "{refused}");
    let read_only = app.post("/api/agents", json!({ "name": "T", "next_due_at": null })).await;
    assert!(problem(&read_only, 422).contains("next_due_at"));
}

#[tokio::test]
async fn a_preview_reads_the_schedule_and_knows_the_clock_changes() {
    let app = TestApp::start().await;
    let preview = async |body: Value| app.post("/api/schedules/preview", body).await;
    let berlin =
        |from: &str| json!({ "schedule": "30 2 * * *", "time_zone": "Europe/Berlin", "from": from, "count": 2 });
    let (status, spring) = preview(berlin("2026-03-28T12:00:00Z")).await;
    assert_eq!(status, StatusCode::OK, "{spring}");
    assert_eq!(
        spring,
        json!({ "reading": "Every day at 02:30", "times": ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"] })
    );
    let (_, autumn) = preview(berlin("2026-10-24T14:00:00+02:00")).await;
    assert_eq!(autumn["times"], json!(["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]));
    let (_, five) = preview(json!({ "schedule": "@hourly" })).await;
    assert_eq!(five["times"].as_array().unwrap().len(), 5);
    for (body, says) in [
        (json!({ "schedule": "0 0 31 2 *" }), "this date never occurs"),
        (json!({ "schedule": "0 24 * * *" }), "Hour (field 2) must be 0–23, e.g. 9, 9-17, 6,18 or */2; not \"24\""),
        (json!({ "schedule": "" }), "schedule: needs 5 fields"),
        (json!({ "schedule": "@daily", "time_zone": "Berlin" }), "time_zone: \"Berlin\""),
        (json!({ "schedule": "@daily", "count": 21 }), "count: must be 1 to 20"),
        (json!({ "schedule": "@daily", "until": 1 }), "until"),
        (json!({ "time_zone": "UTC" }), "schedule"),
    ] {
        let detail = problem(&preview(body.clone()).await, 422);
        assert!(detail.contains(says), "{body}: {detail}");
    }
    let both = app.post("/api/schedules/preview", json!({ "schedule": "75 * * * *", "time_zone": "Berlin" })).await;
    assert_eq!(both.1["errors"].as_array().unwrap().len(), 2, "{}", both.1);
    let page = app.get("/ui/schedules/preview?schedule=%40daily&time_zone=UTC").await;
    assert_eq!((page.0, &page.1["reading"]), (StatusCode::OK, &json!("Every day at 00:00")));
    let (status, _) = app.get("/ui/schedules/preview?schedule=x&time_zone=UTC").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_model_is_checked_for_the_form_before_an_agent_has_it() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/ui/models/check?model=demo%2Fquick").await.0, StatusCode::OK);
    let (status, refused) = app.get("/ui/models/check?model=gpt-5").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused["errors"][0]["pointer"], "/model", "{refused}");
}
