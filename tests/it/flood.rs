//! Tests that work which takes the processor its time holds up nobody else.

use crate::support::app::TestApp;
use crate::support::database::TestDatabase;
use reqwest::{Client, Method};
use runboard::domain::agent::AgentSettings;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::json;
use std::time::{Duration, Instant};

/// Requests that are timed.
const PROBES: usize = 100;

/// Returns the 99th percentile of the times that `/healthz` takes, asked one after the other.
async fn health_p99(app: &TestApp) -> Duration {
    let client = Client::new();
    let mut times = Vec::with_capacity(PROBES);
    for _ in 0..PROBES {
        let began = Instant::now();
        let response = client.get(format!("{}/healthz", app.url)).send().await.unwrap();
        assert!(response.status().is_success());
        response.bytes().await.unwrap();
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    times.sort_unstable();
    times[PROBES - 2]
}

/// A request, by path and body, that costs much.
type Costly = (Method, String, Option<String>);

/// Asks the same over and over, four times at once, while health is timed.
async fn health_p99_during(app: &TestApp, (method, path, body): Costly) -> Duration {
    let flood: Vec<_> = (0..4)
        .map(|_| {
            let (client, url, method, body) =
                (Client::new(), format!("{}{path}", app.url), method.clone(), body.clone());
            tokio::spawn(async move {
                loop {
                    let request = client.request(method.clone(), &url).header("accept", "text/html");
                    let request = match &body {
                        Some(body) => request.header("content-type", "application/json").body(body.clone()),
                        None => request,
                    };
                    if let Ok(response) = request.send().await {
                        let _ = response.bytes().await;
                    }
                }
            })
        })
        .collect();
    let p99 = health_p99(app).await;
    for client in flood {
        client.abort();
    }
    p99
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn health_is_answered_at_once_during_a_flood_of_each_kind() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    // Answers as a hostile model would write them. Formatting each takes a debug build some hundred milliseconds.
    let other = Database::connect(url).await.unwrap();
    let mut floods: Vec<(&str, Costly)> = Vec::new();
    for piece in ["&", "<", "[", "*a ", "_a ", "`a", "> ", "- a\n", "|a|b\n|-|-\n", "![[", "[a](", "$a$ "] {
        let run = app.task_is(agent, "success").await;
        let text = piece.repeat(100_000 / piece.len());
        let sql = "UPDATE thread_messages SET content = ? WHERE role = 'assistant' AND thread_id = ?";
        let values = [text.into(), run["thread_id"].as_i64().unwrap().into()];
        let changed = other
            .execute_raw(Statement::from_sql_and_values(sea_orm::DatabaseBackend::Sqlite, sql, values))
            .await
            .unwrap();
        assert_eq!(changed.rows_affected(), 1);
        floods.push((piece, (Method::GET, format!("/runs/{}", run["id"]), None)));
    }
    let deep = "[".repeat(1 << 20);
    let wide = json!({ "name": "x", "tools": vec!["a"; 300_000] }).to_string();
    let mut settings = serde_json::to_value(AgentSettings::default()).unwrap();
    settings["tools"] = json!(vec!["current_time"; 100_000]);
    let called = json!({ "settings": settings, "key": "create" }).to_string();
    let (status, answer) = app.post("/ui/agents/create", serde_json::from_str(&called).unwrap()).await;
    assert_eq!(status, 422, "it is read to its end: {answer}");
    for (path, body) in [
        ("/api/agents", deep.clone()),
        ("/api/agents", wide),
        ("/ui/agents/create", deep),
        ("/ui/agents/create", called),
    ] {
        floods.push(("a large body", (Method::POST, path.to_owned(), Some(body))));
    }
    // One that never comes due, and one that does so once in many years.
    for schedule in ["0 0 30 2 *", "0 0 29 2 1"] {
        let preview = json!({ "schedule": schedule, "count": 20 }).to_string();
        floods.push((schedule, (Method::POST, "/api/schedules/preview".to_owned(), Some(preview))));
    }
    floods.push(("a long search", (Method::GET, format!("/?q={}", "a+".repeat(3_000)), None)));
    let quiet = health_p99(&app).await;
    for (kind, costly) in floods {
        // 20 ms where nothing else goes on; what else does shows in the quiet figure too.
        let limit = Duration::from_millis(20) + 25 * quiet.max(Duration::from_millis(4));
        let p99 = health_p99_during(&app, costly).await;
        assert!(p99 <= limit, "{kind:?}: /healthz takes {p99:?}, without the flood {quiet:?}");
    }
}
