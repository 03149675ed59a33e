//! One change of many agents, with a result for each.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::StatusCode;
use serde_json::{Value, json};

on_both!(
    each_agent_has_its_result,
    tags_are_added_and_removed,
    a_model_has_to_suit_each_agent,
    what_no_agent_can_have_is_refused_as_a_whole,
    hundreds_are_changed_together,
);

const PATH: &str = "/api/agents/bulk";

async fn bulk(app: &TestApp, body: Value) -> Value {
    let (status, answer) = app.post(PATH, body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

fn results(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|result| result["result"].as_str().unwrap()).collect()
}

async fn each_agent_has_its_result(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let daily = app.agent_with(json!({ "name": "Daily", "schedule": "@daily" })).await;
    let plain = app.agent_with(json!({ "name": "Plain" })).await;
    let answer = bulk(&app, json!({ "action": "pause", "ids": [plain, 999, daily, daily] })).await;
    assert_eq!(results(&answer), ["unchanged", "failed", "changed"]);
    assert_eq!([&answer["changed"], &answer["unchanged"], &answer["failed"]], [&json!(1), &json!(1), &json!(1)]);
    let [first, gone, last] = [0, 1, 2].map(|at| &answer["results"][at]);
    assert_eq!((&first["id"], &first["name"], &first["error"]), (&json!(plain), &json!("Plain"), &Value::Null));
    assert_eq!((&gone["name"], &gone["error"]["status"]), (&Value::Null, &json!(404)));
    assert_eq!(
        (&gone["error"]["type"], &gone["error"]["detail"]),
        (&json!("/problems/not-found"), &json!("There is no agent #999."))
    );
    assert_eq!(last["version"], 2);
    let (_, agent) = app.get(&format!("/api/agents/{daily}")).await;
    assert_eq!((&agent["paused"], &agent["next_due_at"]), (&json!(true), &Value::Null));

    let again = bulk(&app, json!({ "action": "pause", "ids": [daily] })).await;
    assert_eq!(results(&again), ["unchanged"]);
    let resumed = bulk(&app, json!({ "action": "resume", "ids": [daily, plain] })).await;
    assert_eq!(results(&resumed), ["changed", "unchanged"]);
    let (_, agent) = app.get(&format!("/api/agents/{daily}")).await;
    assert_eq!(
        (&agent["paused"], agent["next_due_at"].is_string(), &agent["version"]),
        (&json!(false), true, &json!(3))
    );
    let (_, version) = app.get(&format!("/api/agents/{daily}/versions/3")).await;
    assert_eq!(version["changes"], "Paused Off");
}

async fn tags_are_added_and_removed(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let nine: Vec<String> = (0..9).map(|nr| format!("t{nr}")).collect();
    let full = app.agent_with(json!({ "name": "Full", "tags": nine })).await;
    let one = app.agent_with(json!({ "name": "One", "tags": ["old", "eu"] })).await;
    let body = json!({ "action": "tag", "ids": [full, one], "add": ["a", "b"], "remove": ["old"] });
    let answer = bulk(&app, body).await;
    assert_eq!(results(&answer), ["failed", "changed"]);
    let error = &answer["results"][0]["error"];
    assert_eq!((&error["status"], &error["errors"][0]["pointer"]), (&json!(422), &json!("/tags")));
    assert_eq!(app.get(&format!("/api/agents/{one}")).await.1["tags"], json!(["eu", "a", "b"]));
    assert_eq!(app.get(&format!("/api/agents/{full}")).await.1["version"], 1);
}

async fn a_model_has_to_suit_each_agent(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let limited = app.agent_with(json!({ "name": "Limited", "model": "demo/quick", "run_budget_usd": 1 })).await;
    let free = app.agent_with(json!({ "name": "Free", "model": "demo/quick" })).await;
    let answer = bulk(&app, json!({ "action": "model", "ids": [limited, free], "model": "ollama/llama3.2" })).await;
    assert_eq!(results(&answer), ["failed", "changed"]);
    assert!(
        answer["results"][0]["error"]["detail"].as_str().unwrap().contains("price of ollama/llama3.2 is not known")
    );
    assert_eq!(app.get(&format!("/api/agents/{free}")).await.1["model"], "ollama/llama3.2");
}

async fn what_no_agent_can_have_is_refused_as_a_whole(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let id = app.agent("quick").await;
    let many: Vec<i64> = (0..501).collect();
    for (body, pointer) in [
        (json!({ "action": "pause", "ids": [] }), "/ids"),
        (json!({ "action": "pause", "ids": many }), "/ids"),
        (json!({ "action": "explode", "ids": [id] }), "/action"),
        (json!({ "action": "pause", "ids": [id], "model": "demo/quick" }), "/model"),
        (json!({ "action": "model", "ids": [id] }), "/model"),
        (json!({ "action": "model", "ids": [id], "model": "demo/none" }), "/model"),
        (json!({ "action": "tag", "ids": [id] }), "/add"),
        (json!({ "action": "tag", "ids": [id], "add": ["a,b"] }), "/add/0"),
        (json!({ "action": "pause", "ids": ["x"] }), "/ids/0"),
    ] {
        let refused = app.post(PATH, body.clone()).await;
        problem(&refused, 422);
        assert_eq!(refused.1["errors"][0]["pointer"], pointer, "{body}: {}", refused.1);
    }
    assert_eq!(app.get(&format!("/api/agents/{id}")).await.1["version"], 1);
}

async fn hundreds_are_changed_together(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let file: String = (0..300).map(|nr| format!("[[agent]]\nname = \"A{nr}\"\nmodel = \"demo/quick\"\n")).collect();
    let import = app.request(reqwest::Method::POST, "/api/agents/import").header("content-type", "application/toml");
    let (_, report) = app.send(import.body(file)).await;
    let ids: Vec<Value> = report["agents"].as_array().unwrap().iter().map(|agent| agent["id"].clone()).collect();
    let answer = bulk(&app, json!({ "action": "tag", "ids": ids, "add": ["all"] })).await;
    assert_eq!((&answer["changed"], answer["results"].as_array().unwrap().len()), (&json!(300), 300));
    let (_, agents) = app.get("/api/agents").await;
    let tagged = agents.as_array().unwrap().iter().filter(|agent| agent["tags"] == json!(["all"])).count();
    assert_eq!(tagged, 300);
}
