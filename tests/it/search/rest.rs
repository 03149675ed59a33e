//! Searching by `/api/runs` and on the page.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};

on_both!(programs_see_where_a_run_has_the_words, the_page_marks_hits_and_lets_nothing_through,);

async fn input(app: &TestApp, agent: i64, input: &str) -> i64 {
    let (status, started) = app.post(&format!("/api/agents/{agent}/task"), json!({ "input": input })).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{started}");
    let run = started["run_id"].as_i64().unwrap();
    app.run_is(run, "success").await;
    run
}

async fn searched(app: &TestApp, query: &str) -> Value {
    eventually("all runs are searched", async || {
        let (status, page) = app.get(&format!("/api/runs?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        (page["unsearched_runs"] == 0).then_some(page)
    })
    .await
}

async fn programs_see_where_a_run_has_the_words(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let run = input(&app, agent, "Parcel <i>4711</i> is late").await;
    input(&app, agent, "Something else").await;
    let page = searched(&app, "q=parcel+late&include=totals").await;
    assert_eq!((&page["data"][0]["id"], page["data"].as_array().unwrap().len()), (&json!(run), 1));
    let found = json!({ "in": "input", "excerpt": "<mark>Parcel</mark> &lt;i&gt;4711&lt;/i&gt; is <mark>late</mark>" });
    assert_eq!((&page["data"][0]["match"], &page["totals"]["runs"]), (&found, &json!(1)));
    assert_eq!(page["applied_filters"], json!({ "q": "parcel late" }));
    let (_, by_number) = app.get(&format!("/api/runs?q=%23{run}")).await;
    assert_eq!((&by_number["data"][0]["id"], by_number["data"][0].get("match")), (&json!(run), None));
    let (_, all) = app.get("/api/runs").await;
    assert_eq!((all["data"].as_array().unwrap().len(), all.get("unsearched_runs")), (2, None));
    let (status, csv) = app.get("/api/runs/export?format=csv&q=parcel").await;
    assert_eq!((status, csv.as_str().unwrap().lines().count()), (StatusCode::OK, 2), "{csv}");
    let long = "x".repeat(10_000);
    for (q, fault) in [(long.as_str(), "at most 200"), ("%22%22", "no word"), ("a*", "two characters")] {
        let detail = problem(&app.get(&format!("/api/runs?q={q}")).await, 422);
        assert!(detail.contains("q: ") && detail.contains(fault), "{detail}");
    }
}

async fn the_page_marks_hits_and_lets_nothing_through(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    input(&app, agent, "Look at <script>alert(1)</script> parcel").await;
    searched(&app, "q=parcel").await;
    let (status, html) = app.get("/runs?q=parcel").await;
    let html = html.as_str().unwrap().to_owned();
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("<mark>parcel</mark>") && html.contains("In the input: "), "{html}");
    assert!(!html.contains("<script>alert"), "{html}");
    assert!(!html.contains("The search is not complete yet"), "{html}");
}
