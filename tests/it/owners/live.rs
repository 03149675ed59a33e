//! Tests that messages on topics reach their owner and no other.

use super::{FIRST, SECOND, THIRD, World};
use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::owners::OWNER;
use crate::support::socket::Socket;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

on_both!(what_happens_to_one_owner_s_things_no_other_hears, a_second_owner_hears_its_own);

/// Each variant of `Topic`, a topic of it among the first owner's things, its snapshot, and where that shows something.
const TOPICS: &[(&str, &str, &str, &str)] = &[
    ("Agents", "agents", "agents_state", "/data/0"),
    ("Summary", "summary", "summary_state", "/data/hours/23/runs"),
    ("Hold", "hold", "hold_state", "/data/hold/note"),
    ("Runs", "runs", "runs_state", "/data/newest"),
    ("Agent", "agent:<busy>", "agent_state", "/data/runs/0"),
    ("Run", "run:<running>", "run_state", "/data/run/id"),
];

#[test]
fn the_table_has_every_topic() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/live/topic.rs");
    let source = fs::read_to_string(source).unwrap();
    let (_, declared) = source.split_once("pub enum Topic {").unwrap();
    let (declared, _) = declared.split_once('}').unwrap();
    let lines = declared.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    let variants: BTreeSet<_> = lines.map(|line| line.split(['(', ',']).next().unwrap()).collect();
    assert_eq!(variants, TOPICS.iter().map(|(variant, ..)| *variant).collect());
}

/// Whether it is nothing, or a snapshot in which there is nothing.
fn says_nothing(message: &Value) -> bool {
    match message["type"].as_str().unwrap() {
        "agents_state" => message["data"] == json!([]),
        "summary_state" => message["data"]["runs"] == 0 && message["data"]["succeeded"] == 0,
        "runs_state" => message["data"]["newest"].is_null(),
        "hold_state" => message["data"]["hold"].is_null(),
        _ => false,
    }
}

/// Subscribes to all topics of the first owner's things; asserts what whoever owns none of them gets.
async fn subscribe_in_vain(socket: &mut Socket, world: &World) {
    for (_, name, kind, _) in TOPICS {
        let topic = world.fill(name);
        socket.subscribe(&topic).await;
        if *name == topic {
            let state = socket.hear_next(kind).await;
            assert!(says_nothing(&state), "{state}");
            continue;
        }
        let error = socket.hear_next("error").await;
        socket.subscribe(&world.nowhere().fill(name)).await;
        let other = socket.hear_next("error").await;
        let words = |message: &Value| super::words(message["message"].as_str().unwrap());
        assert_eq!(words(&error), words(&other), "{topic} tells that it is there");
    }
}

async fn what_happens_to_one_owner_s_things_no_other_hears(database: TestDatabase) {
    let app = TestApp::of_several_owners(database).await;
    let world = World::of_first(&app).await;
    let mut second = Socket::open_as(&app, SECOND).await;
    // Before anybody watches, and while the owner does.
    subscribe_in_vain(&mut second, &world).await;
    let mut first = Socket::open_as(&app, FIRST).await;
    for (_, topic, kind, pointer) in TOPICS {
        first.subscribe(&world.fill(topic)).await;
        let state = first.hear_next(kind).await;
        assert!(state.pointer(pointer).is_some(), "{state}");
    }
    subscribe_in_vain(&mut second, &world).await;

    // A run ends; another begins; the settings change; all is deleted.
    let busy = world.id("busy");
    app.stage.open(2);
    first.hear_run_through().await;
    app.task(busy).await;
    first.hear_next("agent_delta").await;
    first.hear_next("summary_state").await;
    let changed = json!({ "name": "Zebra again", "model": "ollama/wait" });
    assert_eq!(
        app.send(app.request(Method::PUT, &format!("/api/agents/{busy}")).json(&changed)).await.0,
        StatusCode::OK
    );
    first.hear_next("agent_update").await;
    let deleted = app.request(Method::DELETE, &format!("/api/agents/{busy}"));
    assert_eq!(app.send(deleted).await.0, StatusCode::NO_CONTENT);
    let (mut of_list, mut of_agent) = (false, false);
    while !(of_list && of_agent) {
        let gone = first.hear_next("agent_deleted").await;
        of_list |= gone["topic"] == "agents";
        of_agent |= gone["topic"] == format!("agent:{busy}");
    }
    first.hear_next("summary_state").await;

    second.say(json!({ "type": "ping" })).await;
    loop {
        let heard = second.hear().await.expect("closed");
        match heard["type"].as_str().unwrap() {
            "pong" => break,
            _ => assert!(says_nothing(&heard), "{heard}"),
        }
    }
}

/// Messages that are sent to nobody would pass the test above: whoever owns them hears all of them.
async fn a_second_owner_hears_its_own(database: TestDatabase) {
    let app = TestApp::of_several_owners(database).await;
    let mine = |method, path: &str| app.request(method, path).header(OWNER, SECOND);
    let made = mine(Method::POST, "/api/agents").json(&json!({ "name": "Own", "model": "ollama/wait" }));
    let agent = app.send(made).await.1["id"].as_i64().unwrap();
    let mut third = Socket::open_as(&app, THIRD).await;
    for (topic, kind) in [("agents", "agents_state"), ("summary", "summary_state")] {
        third.subscribe(topic).await;
        assert!(says_nothing(&third.hear_next(kind).await));
    }
    let mut second = Socket::open_as(&app, SECOND).await;
    for topic in ["agents", "summary"].map(str::to_owned).into_iter().chain([format!("agent:{agent}")]) {
        second.subscribe(&topic).await;
    }
    second.hear_next("agent_state").await;
    let started = app.send(mine(Method::POST, &format!("/api/agents/{agent}/task"))).await.1;
    second.subscribe(&format!("run:{}", started["run_id"])).await;
    second.hear_next("output_delta").await;
    app.stage.open(1);
    let (statuses, _) = second.hear_run_through().await;
    assert_eq!(statuses.last().unwrap(), "success");
    loop {
        let figures = second.hear_next("summary_state").await;
        if figures["data"]["succeeded"] == 1 {
            break;
        }
    }
    app.send(mine(Method::POST, &format!("/api/agents/{agent}/task"))).await;
    let delta = second.hear_next("agent_delta").await;
    assert_eq!((&delta["topic"], &delta["data"]["id"]), (&json!("agents"), &json!(agent)));
    third.say(json!({ "type": "ping" })).await;
    loop {
        let heard = third.hear().await.expect("closed");
        match heard["type"].as_str().unwrap() {
            "pong" => break,
            _ => assert!(says_nothing(&heard), "{heard}"),
        }
    }
}
