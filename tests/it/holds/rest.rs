//! Tests of `/api/hold` and of the topic `hold`.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::socket::Socket;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

on_both!(
    it_is_shown_begun_again_and_released,
    what_cannot_be_is_refused_and_nothing_is_held,
    a_request_sent_again_holds_once,
    watchers_hear_of_it_and_of_what_waits,
);

async fn release(app: &TestApp) -> StatusCode {
    app.send(app.request(Method::DELETE, "/api/hold")).await.0
}

async fn it_is_shown_begun_again_and_released(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    assert_eq!(app.get("/api/hold").await, (StatusCode::OK, json!({ "hold": null })));
    let (status, hold) = app.post("/api/hold", json!({ "note": " Provider\nis down " })).await;
    assert_eq!(
        (status, &hold["note"], &hold["stopping"]),
        (StatusCode::CREATED, &json!("Provider is down"), &json!(0))
    );
    assert_eq!((&hold["held_by"], &hold["trigger"]), (&json!(1), &json!("api")));
    let (status, again) = app.poke("/api/hold").await;
    assert_eq!((status, &again), (StatusCode::OK, &hold), "the same, with its note");

    let agent = app.agent("quick").await;
    let run = app.task(agent).await;
    let (_, shown) = app.get("/api/hold").await;
    let shown = &shown["hold"];
    assert_eq!((&shown["id"], &shown["note"]), (&hold["id"], &hold["note"]));
    assert_eq!((&shown["queued"], &shown["running"]), (&json!(1), &json!(0)));
    assert_eq!(release(&app).await, StatusCode::NO_CONTENT);
    app.run_is(run, "success").await;
    assert_eq!(release(&app).await, StatusCode::NO_CONTENT, "twice is fine");
    assert_eq!(app.get("/api/hold").await.1, json!({ "hold": null }));
}

async fn what_cannot_be_is_refused_and_nothing_is_held(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let long = app.post("/api/hold", json!({ "note": "x".repeat(201) })).await;
    assert!(problem(&long, 422).contains("at most 200 characters"));
    assert_eq!(long.1["errors"][0]["pointer"], "/note");
    assert!(problem(&app.post("/api/hold", json!({ "stop_running": "yes" })).await, 422).contains("stop_running"));
    problem(&app.post("/api/hold", json!({ "stop": true })).await, 422);
    problem(&app.send(app.request(Method::PUT, "/api/hold")).await, 405);
    assert_eq!(app.get("/api/hold").await.1, json!({ "hold": null }));
}

async fn a_request_sent_again_holds_once(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let post = || {
        let request = app.request(Method::POST, "/api/hold").header("Idempotency-Key", "hold-1");
        request.json(&json!({ "note": "Once", "stop_running": true })).send()
    };
    let first = post().await.unwrap();
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();
    assert_eq!(release(&app).await, StatusCode::NO_CONTENT);
    let again = post().await.unwrap();
    assert_eq!(
        (again.status(), &again.headers()["Idempotency-Replayed"]),
        (StatusCode::CREATED, &"true".parse().unwrap())
    );
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    assert_eq!(app.get("/api/hold").await.1, json!({ "hold": null }), "it holds nothing a second time");
}

async fn watchers_hear_of_it_and_of_what_waits(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("wait").await;
    app.task_is(agent, "running").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("hold").await;
    assert_eq!(socket.hear_type("hold_state").await["data"], json!({ "hold": null }));
    app.post("/api/hold", json!({ "note": "Why" })).await;
    let hear = async |socket: &mut Socket, is: &dyn Fn(&Value) -> bool| loop {
        let state = socket.hear_type("hold_state").await;
        if is(&state["data"]["hold"]) {
            break;
        }
    };
    hear(&mut socket, &|hold| hold["note"] == "Why" && hold["running"] == 1 && hold["queued"] == 0).await;
    app.task(agent).await;
    hear(&mut socket, &|hold| hold["queued"] == 1).await;
    app.stage.open(1);
    hear(&mut socket, &|hold| hold["running"] == 0).await;
    app.post("/api/hold", json!({ "note": "Why not" })).await;
    hear(&mut socket, &|hold| hold["note"] == "Why not").await;
    release(&app).await;
    hear(&mut socket, &Value::is_null).await;
}
