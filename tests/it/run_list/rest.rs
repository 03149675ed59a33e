//! `/api/runs` for programs: pages with links, errors, exports.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

on_both!(programs_get_pages_with_links_and_filters, what_is_wrong_with_a_query_is_named,);

async fn programs_get_pages_with_links_and_filters(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(app.task_is(agent, "success").await["id"].as_i64().unwrap());
    }
    app.task_is(app.agent("fail").await, "failed").await;
    let path = format!("/api/runs?status=success&agent={agent}&period=24h&limit=2&include=totals");
    let response = app.request(Method::GET, &path).send().await.unwrap();
    let link = response.headers()["link"].to_str().unwrap().to_owned();
    let first: Value = response.json().await.unwrap();
    assert_eq!(first["applied_filters"], json!({ "status": "success", "agent": agent.to_string(), "period": "24h" }));
    assert_eq!((&first["totals"]["runs"], &first["prev_cursor"]), (&json!(3), &Value::Null));
    let row = &first["data"][0];
    assert_eq!((&row["id"], &row["agent_name"], &row["status"]), (&json!(runs[2]), &json!("Test"), &json!("success")));
    assert!(row.get("input").is_none() && row.get("input_preview").is_some(), "{row}");
    let next = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
    assert!(next.contains("status=success") && next.contains("period=24h") && next.contains("limit=2"), "{next}");

    let (status, second) = app.get(next).await;
    assert_eq!(
        (status, &second["data"][0]["id"], second["data"].as_array().unwrap().len()),
        (StatusCode::OK, &json!(runs[0]), 1)
    );
    assert_eq!((&second["next_cursor"], second.get("totals")), (&Value::Null, None));
    let prev = second["prev_cursor"].as_str().unwrap();
    let (_, again) = app.get(&format!("/api/runs?status=success&limit=2&cursor={prev}")).await;
    assert_eq!(again["data"], first["data"]);
    let (_, all) = app.get("/api/runs").await;
    assert_eq!((all["data"].as_array().unwrap().len(), &all["applied_filters"]), (4, &json!({})));
}

async fn what_is_wrong_with_a_query_is_named(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    for (query, named) in [
        ("status=broken", "status: "),
        ("signal=strange", "signal: "),
        ("outcome=met", "outcome: there is no such filter"),
        ("period=24h&to=2026-11-27T00:00:00Z", "period: "),
        ("agent=1&agent=2", "agent: is there twice"),
        ("cursor=12", "cursor: "),
        ("limit=0", "limit: "),
        ("limit=201", "limit: "),
        ("include=all", "include: "),
    ] {
        let answer = app.get(&format!("/api/runs?{query}")).await;
        assert!(problem(&answer, 422).contains(named), "{query}: {answer:?}");
        let parameter = named.split(':').next().unwrap();
        assert_eq!(answer.1["errors"][0]["pointer"], format!("/{parameter}"), "{query}: {answer:?}");
    }
}
