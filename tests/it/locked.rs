//! The database held by another process: requests wait or are asked to come back, nothing is lost.

use crate::support::app::TestApp;
use crate::support::database::TestDatabase;
use crate::support::eventually;
use reqwest::StatusCode;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long another process holds the database at least.
const HELD: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread")]
async fn eight_seconds_of_another_writer_lose_nothing() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("wait").await;
    let running = app.task(agent).await;
    app.run_is(running, "running").await;

    let mut options = ConnectOptions::new(url);
    options.max_connections(1);
    let other = Database::connect(options).await.unwrap();
    other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();
    let (saw, seen) = oneshot::channel();
    let release = tokio::spawn(async move {
        tokio::time::sleep(HELD).await;
        seen.await.unwrap();
        other.execute_unprepared("COMMIT").await.unwrap();
    });

    // Its end has to be written down while nobody can write.
    app.stage.open(1);
    assert_eq!(app.run(running).await["status"], "running", "reading goes on meanwhile");
    let path = format!("/api/agents/{agent}/task");
    let answers = futures::future::join_all((0..5).map(|_| app.poke(&path)));
    let unready = async {
        let look = async || {
            let (status, body) = app.get("/readyz").await;
            (status == StatusCode::SERVICE_UNAVAILABLE).then_some(body)
        };
        let unready = eventually("it is not ready", look).await;
        saw.send(()).unwrap();
        unready
    };
    let (answers, unready) = tokio::join!(answers, unready);
    assert!(unready["detail"].as_str().unwrap().contains("busy"), "{unready}");
    release.await.unwrap();
    app.run_is(running, "success").await;
    eventually("it is ready", async || (app.get("/readyz").await.0 == StatusCode::OK).then_some(())).await;

    let mut accepted = 1;
    for (status, body) in answers {
        match status {
            StatusCode::ACCEPTED => accepted += 1,
            StatusCode::SERVICE_UNAVAILABLE => assert!(body["detail"].as_str().unwrap().contains("busy"), "{body}"),
            other => panic!("{other}: {body}"),
        }
    }
    let (_, runs) = app.get(&format!("/api/agents/{agent}/runs")).await;
    assert_eq!(runs.as_array().unwrap().len(), accepted, "every accepted run is there, and no other");
    app.stage.open(accepted);
    for run in runs.as_array().unwrap() {
        app.run_is(run["id"].as_i64().unwrap(), "success").await;
    }
}
