//! Bodies and settings that are odd: what a sender means is not missed, and what cannot be kept is refused when it is written.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

on_both!(
    a_value_that_cannot_be_kept_costs_no_other,
    a_body_that_cannot_be_read_is_refused_and_not_filtered,
    numbers_keep_their_digits,
    settings_that_could_not_be_kept_are_refused,
);

async fn a_value_that_cannot_be_kept_costs_no_other(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let filter = json!([{ "pointer": "/ref", "equals": "main" }]);
    let (_, path) = app.hook(agent, json!({ "name": "Any", "verification": "none", "filter": filter })).await;
    for odd in [r#""\ud83d""#, "1e400", "NaN"] {
        let heard = app.deliver(&path, &[], &format!(r#"{{"ref":"main","x":{odd}}}"#)).await;
        assert_eq!(heard.status, StatusCode::ACCEPTED, "{odd}: {}", heard.body);
    }
}

async fn a_body_that_cannot_be_read_is_refused_and_not_filtered(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let filter = json!([{ "pointer": "/ref", "equals": "main" }]);
    let (id, path) = app.hook(agent, json!({ "name": "Any", "verification": "none", "filter": filter })).await;
    let deep = format!(r#"{{"ref":"main","x":{}{}}}"#, "[".repeat(130), "]".repeat(130));
    for body in [&*deep, r#"{"ref":"main""#] {
        let heard = app.deliver(&path, &[], body).await;
        assert_eq!(heard.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(heard.body["detail"].as_str().unwrap().contains("cannot be read"), "{}", heard.body);
    }
    let deliveries = app.deliveries(agent, id).await;
    assert!(deliveries.iter().all(|delivery| delivery["outcome"] == "refused"), "{deliveries:?}");
    // Where nobody looks into it, whatever comes is a text.
    let (_, plain) = app.hook(agent, json!({ "name": "Alerts", "verification": "none" })).await;
    for text in ["[FIRING:1] Disk full", "{\"line\":1}\n{\"line\":2}", r#"{"path":"C:\dir"}"#] {
        let heard = app.deliver(&plain, &[], text).await;
        assert_eq!(heard.status, StatusCode::ACCEPTED, "{}", heard.body);
        assert_eq!(app.run(heard.body["run_id"].as_i64().unwrap()).await["input"], text);
    }
}

async fn numbers_keep_their_digits(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let map = json!({ "metadata": { "id": "/id", "big": "/big", "lat": "/lat" } });
    let (_, path) = app.hook(agent, json!({ "name": "Any", "verification": "none", "map": map })).await;
    let body = r#"{"id":12345678901234567890123,"big":1e300,"lat":0.9073038322028689}"#;
    let heard = app.deliver(&path, &[], body).await;
    assert_eq!(heard.status, StatusCode::ACCEPTED, "{}", heard.body);
    let run = app.run(heard.body["run_id"].as_i64().unwrap()).await;
    let metadata = &run["metadata"];
    assert_eq!((&metadata["id"], &metadata["lat"]), (&json!("12345678901234567890123"), &json!(0.9073038322028689)));
    assert!(metadata["big"].is_string(), "{metadata}");
    assert_eq!(run["input"], body, "it would not be the same if it were set out");

    let sent = r#"{"metadata":{"r":0.9073038322028689}}"#;
    let request = app.request(Method::POST, &format!("/api/agents/{agent}/task"));
    let (status, started) = app.send(request.header("content-type", "application/json").body(sent)).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let id = started["run_id"].as_i64().unwrap();
    let text = app.request(Method::GET, &format!("/api/runs/{id}")).send().await.unwrap().text().await.unwrap();
    assert!(text.contains(r#""metadata":{"r":0.9073038322028689}"#), "{text}");
}

async fn settings_that_could_not_be_kept_are_refused(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let list = format!("/api/agents/{agent}/hooks");
    let deep = format!(r#""filter":[{{"pointer":"/a","equals":{}{}}}]"#, "[".repeat(40), "]".repeat(40));
    for (rest, pointer) in [
        (r#""name":"b""#, "/name"),
        (r#""filter":[],"filter":[]"#, "/filter"),
        (r#""filter":[{"pointer":"/ref","equals":12345678901234567890123}]"#, "/filter/0"),
        (r#""filter":[{"pointer":"/ref","equals":1e400}]"#, "/filter"),
        (r#""filter":[{"pointer":"/ref","equals":"\ud800"}]"#, "/filter"),
        (&deep, "/filter/0"),
        (r#""map":{"metadata":{"a/b":{"value":12345678901234567890123}}}"#, "/map/metadata/a~1b/value"),
        (r#""map":{"metadata":{"k":"/a","k":"/b"}}"#, "/map/metadata"),
    ] {
        let body = format!(r#"{{"name":"a","verification":"none",{rest}}}"#);
        let request = app.request(Method::POST, &list).header("content-type", "application/json").body(body);
        let refused = app.send(request).await;
        problem(&refused, 422);
        let pointers: Vec<&Value> =
            refused.1["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert!(pointers[0].as_str().unwrap().starts_with(pointer), "{rest}: {pointers:?}");
    }
    assert_eq!(app.get(&list).await.1["data"], json!([]));
}
