//! Runs whose tools are those of an MCP server.

use super::{call, reference_server, tool};
use crate::support::app::TestApp;
use crate::support::database::TestDatabase;
use runboard::server::work::demo::DemoPace;
use runboard::server::work::tools::ToolsConfig;
use serde_json::{Value, json};

async fn app(mcp: Value) -> TestApp {
    let config: ToolsConfig = serde_json::from_value(json!({ "mcp": mcp })).unwrap();
    TestApp::with_tools(TestDatabase::sqlite(), DemoPace::INSTANT, &config.check(|_| None).unwrap()).await
}

async fn steps(app: &TestApp, run: &Value) -> Vec<(String, Value, Value)> {
    let (_, steps) = app.get(&format!("/api/runs/{}/steps", run["id"])).await;
    let step =
        |step: &Value| (step["name"].as_str().unwrap().to_owned(), step["output"].clone(), step["error"].clone());
    steps.as_array().unwrap().iter().map(step).collect()
}

async fn agent(app: &TestApp, tools: Value) -> i64 {
    app.agent_with(json!({ "name": "Worker", "model": "demo/tools", "tools": tools })).await
}

#[tokio::test]
async fn a_run_calls_a_server_beside_a_built_in_tool() {
    let app = app(json!({ "all": { "command": "node", "args": [reference_server("everything")] } })).await;
    let agent = agent(&app, json!(["current_time", "mcp:all"])).await;
    let run = app.task_is(agent, "success").await;
    let steps = steps(&app, &run).await;
    let names: Vec<&str> = steps.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["demo/tools", "current_time", "all__echo", "demo/tools"]);
    assert_eq!((&steps[2].1, &steps[2].2), (&json!("Echo: Hello from Runboard"), &Value::Null));
    assert!(steps[3].1.as_str().unwrap().contains("Echo: Hello from Runboard"));
    let (_, offered) = app.get("/api/tools").await;
    assert_eq!((&offered["servers"][0]["name"], &offered["servers"][0]["state"]), (&json!("all"), &json!("ready")));
    app.end().await;
}

#[tokio::test]
async fn a_run_goes_on_without_a_server_that_is_not_there() {
    let app = app(json!({ "gone": { "command": "/nowhere/server" } })).await;
    let agent = agent(&app, json!(["current_time", "mcp:gone", "mcp:undeclared/tool"])).await;
    let run = app.task_is(agent, "success").await;
    let steps = steps(&app, &run).await;
    let missing: Vec<_> = steps.iter().filter(|(name, ..)| name.starts_with("mcp:")).collect();
    assert_eq!(missing.len(), 2, "{steps:?}");
    assert!(missing.iter().all(|(.., error)| error.as_str().unwrap().starts_with("Not offered to the model: ")));
    app.end().await;
}

#[tokio::test]
async fn tools_that_were_picked_are_kept_in_words() {
    let app = app(json!({})).await;
    let picks = json!(["http_request", "mcp:files", "mcp:files/read_file"]);
    let agent = agent(&app, picks.clone()).await;
    assert_eq!(app.get(&format!("/api/agents/{agent}")).await.1["tools"], picks);
    let (status, said) = app.post("/api/agents", json!({ "name": "Odd", "tools": ["hammer"] })).await;
    assert_eq!(status.as_u16(), 422, "{said}");
    assert!(said["detail"].as_str().unwrap().contains("tools/0: unknown tool \"hammer\""), "{said}");
    let clock = tool(&app.state.toolbox, "current_time");
    assert!(call(&clock, json!({})).await.unwrap().contains("20"));
}
