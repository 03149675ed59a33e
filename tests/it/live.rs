//! `/api/ws` and `/api/agents/{id}/events`: snapshot first, then updates in order, and what a client may do wrong.

use crate::support::app::{TestApp, problem};
use crate::support::socket::Socket;
use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_snapshot_first_then_every_transition_in_order() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    let state = socket.hear_type("agent_state").await;
    assert_eq!((&state["data"]["id"], &state["data"]["runs"]), (&json!(agent), &json!([])));
    assert_eq!(state["topic"], format!("agent:{agent}"));
    assert!(state["server_now"].is_string());
    let known = state["seq"].as_i64().unwrap();
    app.task(agent).await;
    let (statuses, seqs) = socket.hear_run_through().await;
    assert_eq!(statuses, ["queued", "running", "success"]);
    assert_eq!(seqs, [known + 1, known + 2, known + 3]);
}

#[tokio::test]
async fn two_subscribers_hear_the_same() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (mut one, mut two) = (Socket::open(&app).await, Socket::open(&app).await);
    for socket in [&mut one, &mut two] {
        socket.subscribe(&format!("agent:{agent}")).await;
        socket.hear_type("agent_state").await;
    }
    app.task(agent).await;
    assert_eq!(one.hear_run_through().await, two.hear_run_through().await);
}

#[tokio::test]
async fn bad_messages_are_answered_and_the_connection_stays() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(&app).await;
    for (text, says) in [
        ("{", "not a message"),
        (r#"{"type":"shout"}"#, "shout"),
        (r#"{"type":"subscribe"}"#, "topics"),
        (r#"{"type":"subscribe","topics":["weather"]}"#, "weather"),
        (r#"{"type":"subscribe","topics":["agent:999"]}"#, "agent:999"),
        (r#"{"type":"subscribe","topics":["run:999"]}"#, "run:999"),
    ] {
        socket.say_text(text).await;
        let error = socket.hear_type("error").await;
        assert!(error["message"].as_str().unwrap().contains(says), "{text}: {error}");
    }
    socket.say(json!({ "type": "subscribe", "topics": ["weather"], "message_id": "m7" })).await;
    assert_eq!(socket.hear_type("error").await["message_id"], "m7");
    socket.say(json!({ "type": "ping", "message_id": "p" })).await;
    let pong = socket.hear_type("pong").await;
    assert_eq!(pong["message_id"], "p");
    assert!(pong["server_now"].is_string());
}

#[tokio::test]
async fn endless_nonsense_closes_the_connection() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(&app).await;
    for _ in 0..25 {
        if socket.try_say("?").await.is_err() {
            break;
        }
    }
    let mut errors = 0;
    while socket.hear().await.is_some() {
        errors += 1;
    }
    assert_eq!(errors, 20);
}

#[tokio::test]
async fn unsubscribing_ends_the_updates() {
    let app = TestApp::start().await;
    let (quiet, heard) = (app.agent("quick").await, app.agent("quick").await);
    let mut socket = Socket::open(&app).await;
    for agent in [quiet, heard] {
        socket.subscribe(&format!("agent:{agent}")).await;
        socket.hear_type("agent_state").await;
    }
    socket.say(json!({ "type": "unsubscribe", "topics": [format!("agent:{quiet}")] })).await;
    socket.say(json!({ "type": "ping" })).await;
    socket.hear_type("pong").await;
    app.task_is(quiet, "success").await;
    app.task(heard).await;
    let update = socket.hear_type("run_update").await;
    assert_eq!(update["data"]["agent_id"], heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_lags_gets_a_snapshot_instead_of_silence() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let path = format!("/api/agents/{agent}");
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    let first = socket.hear_type("agent_state").await["seq"].as_i64().unwrap();
    // More than all the buffers between server and reader hold.
    let changes = 300;
    for _ in 0..changes {
        let body = json!({ "name": "T", "task_instructions": "x".repeat(200 << 10) });
        let (status, _) = app.send(app.request(Method::PUT, &path).json(&body)).await;
        assert!(status.is_success());
    }
    // Reads again only now: what it gets is in order and complete, whatever was left out in between.
    let (mut known, mut snapshots) = (first, 0);
    while known < first + changes {
        let message = socket.hear().await.unwrap();
        let seq = message["seq"].as_i64().unwrap();
        match message["type"].as_str().unwrap() {
            "agent_update" => assert_eq!(seq, known + 1),
            "agent_state" => {
                assert!(seq >= known);
                snapshots += 1;
            }
            other => panic!("{other}"),
        }
        known = seq;
    }
    assert!(snapshots > 0, "it did not lag");
}

#[tokio::test]
async fn the_list_gets_a_snapshot_then_small_deltas() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("agents").await;
    let state = socket.hear_type("agents_state").await;
    assert_eq!(state["data"].as_array().unwrap().len(), 3);
    let agent = app.agent("quick").await;
    let mut update = socket.hear_type("agent_update").await;
    // A hub that has just begun reports the agents that are there, too.
    while update["data"]["id"] != agent {
        update = socket.hear_type("agent_update").await;
    }
    assert_eq!(update["data"]["strip"], json!([]));
    let run = app.task(agent).await;
    let mut delta = socket.hear_type("agent_delta").await;
    while delta["data"]["cells"][0][1] != "success" {
        delta = socket.hear_type("agent_delta").await;
    }
    assert_eq!((&delta["data"]["id"], &delta["data"]["cells"][0][0]), (&json!(agent), &json!(run)));
    assert_eq!((&delta["data"]["status"], &delta["data"]["success_rate"]), (&json!("idle"), &json!(1.0)));
    assert!(delta["data"].get("strip").is_none());
    app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    assert_eq!(socket.hear_type("agent_deleted").await["data"]["id"], agent);
}

#[tokio::test]
async fn a_row_of_the_list_says_with_what_the_last_run_failed() {
    let app = TestApp::start().await;
    let (failing, quick) = (app.agent("fail").await, app.agent("quick").await);
    app.task_is(quick, "success").await;
    let run = app.task_is(failing, "failed").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("agents").await;
    let state = socket.hear_type("agents_state").await;
    let row = |id: i64| state["data"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    let said = run["error"].as_str().unwrap().lines().next().unwrap();
    assert_eq!((&row(failing)["last_error"], &row(quick)["last_error"]), (&json!(said), &json!(null)));
    let queued_at = chrono::DateTime::parse_from_rfc3339(run["queued_at"].as_str().unwrap()).unwrap().timestamp();
    assert_eq!(
        row(failing)["strip"],
        json!([[run["id"], "failed", run["failure_kind"], run["duration_ms"], queued_at]])
    );
}

#[tokio::test]
async fn figures_follow_what_happens() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("summary").await;
    let state = socket.hear_type("summary_state").await;
    assert_eq!((&state["topic"], &state["data"]["runs"]), (&json!("summary"), &json!(0)));
    assert_eq!(state["data"]["hours"].as_array().unwrap().len(), 24);
    let agent = app.agent("quick").await;
    app.task_is(agent, "success").await;
    let mut now = socket.hear_type("summary_state").await;
    while now["data"]["succeeded"] != 1 {
        now = socket.hear_type("summary_state").await;
    }
    assert_eq!((&now["data"]["runs"], &now["data"]["tokens"]), (&json!(1), &json!(15)));
    app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    while now["data"]["runs"] != 0 {
        now = socket.hear_type("summary_state").await;
    }
}

#[tokio::test]
async fn changed_settings_reach_the_agent_s_watchers() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    socket.hear_type("agent_state").await;
    app.send(app.request(Method::PUT, &format!("/api/agents/{agent}")).json(&json!({ "name": "Renamed" }))).await;
    assert_eq!(socket.hear_type("agent_update").await["data"]["name"], "Renamed");
}

#[tokio::test]
async fn a_run_s_topic_has_its_text_and_its_transitions() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let run = app.task(agent).await;
    app.run_is(run, "running").await;
    crate::support::eventually("it has begun", async || (app.stage.begun() == 1).then_some(())).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("run:{run}")).await;
    let state = socket.hear_type("run_state").await;
    assert_eq!((&state["data"]["run"]["id"], &state["data"]["text"]), (&json!(run), &json!("so far")));
    assert_eq!(state["data"]["steps"].as_array().unwrap().len(), 1);
    app.stage.open(1);
    assert_eq!(socket.hear_run_through().await.0, ["success"]);
}

#[tokio::test]
async fn a_subscriber_survives_a_restart_of_the_server() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    let before = socket.hear_type("agent_state").await["seq"].as_i64().unwrap();
    app.task(agent).await;
    socket.hear_run_through().await;
    let url = app.url.clone();
    let database = app.end().await;
    assert!(socket.hear().await.is_none(), "an ending server closes its streams");

    let app = TestApp::on(database, url.strip_prefix("http://").unwrap()).await;
    let mut socket = Socket::open_at(&url).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    let state = socket.hear_type("agent_state").await;
    assert_eq!(state["seq"], before + 3, "the counter goes on where it was");
    assert_eq!(state["data"]["runs"][0]["status"], "success");
    app.task(agent).await;
    assert_eq!(socket.hear_run_through().await.1, [before + 4, before + 5, before + 6]);
}

#[tokio::test]
async fn the_same_stream_comes_as_server_sent_events() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    problem(&app.get("/api/agents/999/events").await, 404);
    let response = app.request(Method::GET, &format!("/api/agents/{agent}/events")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    app.task(agent).await;
    let mut stream = response.bytes_stream();
    let mut text = String::new();
    while !text.contains(r#""status":"success","trigger""#) {
        text.push_str(std::str::from_utf8(&stream.next().await.unwrap().unwrap()).unwrap());
    }
    let events: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(events[0], "agent_state");
    assert!(events.iter().all(|kind| ["agent_state", "run_update"].contains(kind)), "{events:?}");
    let data: Vec<Value> =
        text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect();
    let ids: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(data[0]["seq"].to_string(), ids[0]);
}

#[tokio::test]
async fn a_server_that_ends_says_so_in_its_event_streams() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let mut stream =
        app.request(Method::GET, &format!("/api/agents/{agent}/events")).send().await.unwrap().bytes_stream();
    let mut text = String::new();
    let mut hear = async |text: &mut String| {
        let piece = stream.next().await.map(|piece| piece.expect("a stream that ends in order"));
        piece.map(|piece| text.push_str(std::str::from_utf8(&piece).unwrap()))
    };
    while !text.ends_with("\n\n") {
        hear(&mut text).await.expect("a snapshot");
    }
    let ((), _) = tokio::join!(async { while hear(&mut text).await.is_some() {} }, app.end());
    let (_, last) = text.trim_end().rsplit_once("\n\n").unwrap();
    let field = |name: &str| last.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
    assert_eq!((field("event:"), field("retry:")), ("closing", "2000"), "{text}");
    let data: Value = serde_json::from_str(field("data:")).unwrap();
    assert_eq!(data["type"], "closing", "{data}");
}
