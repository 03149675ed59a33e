//! Settings tried on the newest delivery before they are saved, and the list of those with one outcome.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

on_both!(settings_are_tried_on_the_newest_delivery_and_start_nothing, a_list_has_only_those_with_an_outcome,);

async fn settings_are_tried_on_the_newest_delivery_and_start_nothing(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (_, made) = app
        .post("/api/agents", json!({ "name": "A", "model": "demo/quick", "task_instructions": "Greet {{customer}}." }))
        .await;
    let agent = made["id"].as_i64().unwrap();
    let (hook, path) = app.hook(agent, json!({ "name": "Any", "verification": "none" })).await;
    let of = async |settings: Value| {
        app.post("/ui/hooks/try", json!({ "agent": agent, "hook": hook, "settings": settings })).await
    };
    let named = |rest: Value| {
        let mut settings = json!({ "name": "Any", "verification": "none" });
        settings.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        settings
    };
    assert_eq!(of(named(json!({}))).await, (StatusCode::OK, Value::Null), "nothing has arrived");

    let body = json!({ "ref": "main", "data": { "account": "Account 7" }, "long": "x".repeat(500) }).to_string();
    // Refused: the run is given no customer.
    assert_eq!(app.deliver(&path, &[], &body).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, refused) = of(named(json!({}))).await;
    assert_eq!((&refused["outcome"], &refused["given"]), (&json!("refused"), &Value::Null));
    assert!(refused["detail"].as_str().unwrap().contains("variables/customer: is missing"), "{refused}");

    let map = json!({ "input": "/long", "variables": { "customer": "/data/account" }, "tags": ["/ref"] });
    let (_, accepted) = of(named(json!({ "map": map }))).await;
    assert_eq!((&accepted["outcome"], &accepted["detail"]), (&json!("accepted"), &Value::Null));
    assert_eq!(accepted["given"]["variables"], json!({ "customer": "Account 7" }));
    assert_eq!(
        (&accepted["given"]["tags"], accepted["given"]["input"].as_str().unwrap().len()),
        (&json!(["main"]), 200)
    );

    let (_, filtered) = of(named(json!({ "filter": [{ "pointer": "/ref", "equals": "dev" }] }))).await;
    assert_eq!((&filtered["outcome"], &filtered["detail"]), (&json!("filtered"), &json!("/ref is “main”")));

    let wrong = of(named(json!({ "rate_per_minute": 0 }))).await;
    assert_eq!(wrong.1["kind"], "invalid");
    assert_eq!(wrong.1["errors"][0]["pointer"], "/rate_per_minute");
    assert_eq!(app.deliveries(agent, hook).await.len(), 1, "nothing is recorded");
    assert_eq!(app.runs_of(agent).await.len(), 0, "nothing is started");
}

async fn a_list_has_only_those_with_an_outcome(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let filter = json!([{ "pointer": "/go", "equals": true }]);
    let (hook, path) = app.hook(agent, json!({ "name": "Any", "verification": "none", "filter": filter })).await;
    for body in [r#"{"go":true}"#, r#"{"go":false}"#, r#"{"go":true}"#] {
        assert!(app.deliver(&path, &[], body).await.status.is_success());
    }
    let outcomes = async |query: &str| {
        let (_, view) = app.get(&format!("/ui/hooks?agent={agent}&hook={hook}{query}")).await;
        let list = view["deliveries"]["deliveries"].as_array().unwrap();
        list.iter().map(|delivery| delivery["outcome"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes("").await, ["accepted", "filtered", "accepted"]);
    assert_eq!(outcomes("&outcome=accepted").await, ["accepted", "accepted"]);
    assert_eq!(outcomes("&outcome=filtered").await, ["filtered"]);
    assert_eq!(outcomes("&outcome=refused").await, [""; 0]);
    let at = format!("/agents/{agent}/hooks?hook={hook}&outcome=refused");
    let page = app.request(Method::GET, &at).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("None of those that are kept was refused."));
}
