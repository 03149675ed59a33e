//! `/api/agents/{id}/hooks`: made, changed, rotated, deleted.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

on_both!(a_webhook_is_made_changed_rotated_and_deleted, deliveries_are_read_page_by_page,);

async fn patch(app: &TestApp, at: &str, body: Value) -> (StatusCode, Value) {
    app.send(app.request(Method::PATCH, at).json(&body)).await
}

async fn a_webhook_is_made_changed_rotated_and_deleted(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let list = format!("/api/agents/{agent}/hooks");
    assert_eq!(
        app.get(&list).await.1,
        json!({ "data": [], "next_cursor": null, "prev_cursor": null, "applied_filters": {} })
    );
    let body = json!({ "name": "Tickets", "verification": "standard-webhooks", "secret": "whsec_MfKQ9r8GKYqrTwjU" });
    let response = app.request(Method::POST, &list).json(&body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let location = response.headers()[LOCATION].to_str().unwrap().to_owned();
    let made: Value = response.json().await.unwrap();
    let (id, token) = (made["id"].as_i64().unwrap(), made["token"].as_str().unwrap());
    assert_eq!((token.len(), &made["path"]), (43, &json!(format!("/hooks/{token}"))));
    let at = format!("{list}/{id}");
    assert_eq!(location, at);
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().retain(|name, _| name != "token" && name != "path");
    assert_eq!(app.get(&at).await, (StatusCode::OK, shown.clone()));
    assert_eq!(app.get(&list).await.1["data"], json!([shown]));
    assert_eq!((&shown["secret_set"], &shown["rate_per_minute"]), (&json!(true), &json!(60)));
    assert_eq!(shown["verification"], json!({ "kind": "standard-webhooks" }));
    let everything = format!("{made}{}{}", app.get(&list).await.1, app.get(&format!("/api/agents/{agent}")).await.1);
    assert!(!everything.contains("MfKQ9r8GKYqrTwjU"), "no response has the secret");

    // Wrong values are pointed at, all at once.
    let wrong = app.post(&list, json!({ "name": "", "verification": "hub", "filters": [] })).await;
    problem(&wrong, 422);
    let pointers: Vec<_> = wrong.1["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/name", "/verification", "/filters"]);
    assert!(problem(&app.post(&list, json!({ "name": "x", "verification": "github" })).await, 422).contains("secret"));
    problem(&app.send(app.request(Method::POST, &list).body("{}")).await, 415);
    problem(&app.post("/api/agents/999/hooks", json!({})).await, 404);

    let (status, changed) =
        patch(&app, &at, json!({ "name": "Alerts", "verification": "none", "rate_per_minute": 7 })).await;
    assert_eq!((status, &changed["name"], &changed["secret_set"]), (StatusCode::OK, &json!("Alerts"), &json!(false)));
    assert_eq!(changed["rate_per_minute"], 7);
    assert!(problem(&patch(&app, &at, json!({ "verification": "slack" })).await, 422).contains("secret: is needed"));
    problem(&patch(&app, &at, json!({ "name": null })).await, 422);
    problem(&patch(&app, &format!("{list}/999"), json!({})).await, 404);
    problem(&patch(&app, &format!("{list}/x"), json!({})).await, 404);

    let old = made["path"].as_str().unwrap();
    let run = app.deliver(old, &[], "Disk full").await.body["run_id"].as_i64().unwrap();
    let (status, rotated) = app.poke(&format!("{at}/rotate")).await;
    assert_eq!((status, &rotated["name"]), (StatusCode::OK, &json!("Alerts")));
    let new = rotated["path"].as_str().unwrap();
    assert_ne!(new, old);
    assert_eq!(app.deliver(old, &[], "x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.deliver(new, &[], "x").await.status, StatusCode::ACCEPTED);

    let delete = || app.request(Method::DELETE, &at);
    assert_eq!(app.send(delete()).await.0, StatusCode::NO_CONTENT);
    problem(&app.send(delete()).await, 404);
    assert_eq!(app.deliver(new, &[], "x").await.status, StatusCode::NOT_FOUND);
    // Its runs stay, and know where they came from.
    assert_eq!(app.run_is(run, "success").await["hook"], json!({ "id": id, "name": "Alerts" }));

    // A token is shown once: a request that is sent again is told which webhook it has made.
    let ask = || app.request(Method::POST, &list).header("idempotency-key", "k").json(&body);
    let (first, again) = (app.send(ask()).await, app.send(ask()).await);
    assert_eq!((first.0, again.0, &first.1["id"]), (StatusCode::CREATED, StatusCode::CREATED, &again.1["id"]));
    assert_eq!((&again.1["token"], &again.1["path"]), (&Value::Null, &Value::Null));
}

async fn deliveries_are_read_page_by_page(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let (id, path) = app.hook(agent, json!({ "name": "Any", "verification": "none" })).await;
    for nr in 1..=4 {
        let key = format!("k{nr}");
        assert_eq!(app.deliver(&path, &[("Idempotency-Key", &key)], "x").await.status, StatusCode::ACCEPTED);
    }
    let at = format!("/api/agents/{agent}/hooks/{id}/deliveries");
    let keys = |page: &Value| -> Vec<Value> {
        page["data"].as_array().unwrap().iter().map(|delivery| delivery["delivery_id"].clone()).collect()
    };
    let (_, first) = app.get(&format!("{at}?limit=3")).await;
    assert_eq!((keys(&first), &first["prev_cursor"]), (vec![json!("k4"), json!("k3"), json!("k2")], &Value::Null));
    let (_, second) = app.get(&format!("{at}?limit=3&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!((keys(&second), &second["next_cursor"]), (vec![json!("k1")], &Value::Null));
    let (_, back) = app.get(&format!("{at}?limit=3&cursor={}", second["prev_cursor"].as_str().unwrap())).await;
    assert_eq!(keys(&back), keys(&first));
    problem(&app.get(&format!("{at}?limit=0")).await, 422);
    let wrong = app.get(&format!("{at}?outcome=lost")).await;
    problem(&wrong, 422);
    assert!(wrong.1["detail"].as_str().unwrap().contains("not accepted, filtered or refused"), "{wrong:?}");
    let (_, none) = app.get(&format!("{at}?outcome=refused")).await;
    assert_eq!((keys(&none), &none["applied_filters"]), (vec![], &json!({ "outcome": "refused" })));
    let (_, both) = app.get(&format!("{at}?outcome=accepted,refused")).await;
    let (_, others) = app.get(&format!("{at}?outcome=!refused")).await;
    assert_eq!((keys(&both).len(), keys(&others).len()), (4, 4));
    let some = app.request(Method::GET, &format!("{at}?outcome=accepted&limit=3")).send().await.unwrap();
    let link = some.headers()["link"].to_str().unwrap().to_owned();
    assert!(link.contains("?outcome=accepted&limit=3&cursor="), "{link}");
    problem(&app.get(&format!("/api/agents/{agent}/hooks/999/deliveries")).await, 404);
}
