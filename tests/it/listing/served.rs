//! Pages of agents as they are served: to browsers without script, and to watchers of some rows.

use super::many;
use crate::support::app::TestApp;
use crate::support::database::TestDatabase;
use crate::support::owners::OWNER;
use crate::support::socket::Socket;
use reqwest::{Method, StatusCode, header};
use runboard::domain::id::OwnerId;
use sea_orm::Database;
use serde_json::{Value, json};

#[tokio::test]
async fn without_script_pages_are_links_and_the_search_is_a_form() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let raw = Database::connect(url).await.unwrap();
    many(&raw, OwnerId::LOCAL, 251).await;
    let html = async |path: &str| {
        let request = app.request(Method::GET, path).header(header::ACCEPT, "text/html");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.text().await.unwrap()
    };
    let link = |html: &str, rel: &str| {
        let (_, rest) = html.split_once(&format!("rel=\"{rel}\" href=\"")).expect("a link");
        rest.split('"').next().unwrap().replace("&amp;", "&")
    };
    let first = html("/").await;
    assert!(first.contains("Showing 1–50 of 254") && first.contains("data-agent=\"50\""), "{first}");
    assert!(!first.contains("data-agent=\"51\"") && !first.contains("rel=\"prev\" href"));
    assert!(first.contains("Needs attention"), "counts of the parts");
    let second = html(&link(&first, "next")).await;
    assert!(second.contains("Showing 51–100 of 254") && second.contains("data-agent=\"51\""));
    assert_eq!(link(&second, "prev"), "/", "the first page is where one begins");
    // The first three are examples. The form of the search keeps the rest of the address, and not the page.
    let found = html("/?q=agent+25&sort=name").await;
    assert!(found.contains("value=\"agent 25\"") && found.contains("name=\"sort\" value=\"name\""), "{found}");
    assert!(found.contains(">Agent 250<") && found.contains(">Agent 25<") && !found.contains(">Agent 26<"));
    let open = html("/?agent=200").await;
    assert!(open.contains("data-agent=\"200\"") && open.contains("Showing 1–50 of 254"));
    let (status, all) = app.get("/api/agents").await;
    assert_eq!((status, all.as_array().map(Vec::len)), (StatusCode::OK, Some(254)), "the API has all of them");
}

#[tokio::test]
async fn a_watcher_of_some_rows_hears_of_no_others() {
    let app = TestApp::start().await;
    let (shown, other) = (app.agent("quick").await, app.agent("quick").await);
    let mut socket = Socket::open(&app).await;
    socket.say(json!({ "type": "subscribe", "topics": ["agents"], "only": [shown, 4711] })).await;
    let state = socket.hear_type("agents_state").await;
    let ids: Vec<_> = state["data"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [shown]);
    app.task_is(other, "success").await;
    app.agent("quick").await;
    app.task_is(shown, "success").await;
    let mut hear = async || {
        let message = socket.hear().await.expect("closed");
        let ids: Vec<_> = match &message["data"] {
            Value::Array(rows) => rows.iter().map(|row| &row["id"]).collect(),
            row => vec![&row["id"]],
        };
        assert!(ids.iter().all(|id| **id == shown), "{message}");
        message["type"].as_str().unwrap().to_owned()
    };
    while hear().await != "agent_delta" {}
    app.send(app.request(Method::DELETE, &format!("/api/agents/{other}"))).await;
    app.send(app.request(Method::DELETE, &format!("/api/agents/{shown}"))).await;
    while hear().await != "agent_deleted" {}

    let many: Vec<i64> = (0..201).collect();
    socket.say(json!({ "type": "subscribe", "topics": ["agents"], "only": many })).await;
    assert!(socket.hear_type("error").await["message"].as_str().unwrap().contains("200"));
}

#[tokio::test]
async fn rows_of_others_cannot_be_watched() {
    let app = TestApp::of_several_owners(TestDatabase::sqlite()).await;
    let create = app
        .request(Method::POST, "/api/agents")
        .header(OWNER, 1)
        .json(&json!({ "name": "Mine", "model": "demo/quick" }));
    let (_, agent) = app.send(create).await;
    let mut other = Socket::open_as(&app, 2).await;
    other.say(json!({ "type": "subscribe", "topics": ["agents"], "only": [agent["id"]] })).await;
    assert_eq!(other.hear_type("agents_state").await["data"], json!([]));
    let run = app.request(Method::POST, &format!("/api/agents/{}/task", agent["id"])).header(OWNER, 1);
    app.send(run).await;
    app.send(app.request(Method::DELETE, &format!("/api/agents/{}", agent["id"])).header(OWNER, 1)).await;
    other.say(json!({ "type": "ping" })).await;
    other.hear_type("pong").await;
}
