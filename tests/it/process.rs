//! The executable itself: killed, ended, misconfigured.

use crate::support::eventually;
use crate::support::process::{DATA_DIR, Process, command, prepared};
use crate::tools::reference_server;
use reqwest::{StatusCode, header};
use runboard::server::config::sqlite_url;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The server's own ten seconds, and what a loaded machine takes to give them to it.
const TEN_SECONDS: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_in_a_tool_call_ends_the_run_as_interrupted_and_calls_nothing_twice() {
    let dir = TempDir::new().unwrap();
    let program = reference_server("everything");
    let mcp = format!("[mcp.all]\ncommand = \"node\"\nargs = [{:?}]\n", program.display().to_string());
    std::fs::write(dir.path().join("runboard.toml"), mcp).unwrap();
    let mut server = Process::start(dir.path()).await;
    // It takes ten seconds and wants no arguments, so the demo model calls it.
    let tools = json!(["mcp:all/trigger-long-running-operation"]);
    let agent = server.post("/api/agents", json!({ "name": "Slow", "model": "demo/tools", "tools": tools })).await;
    let run = server.post(&format!("/api/agents/{}/task", agent["id"]), json!({})).await["run_id"].clone();
    eventually("the tool has been called", async || {
        let steps = server.get(&format!("/api/runs/{run}/steps")).await;
        let called =
            |step: &Value| step["name"] == "all__trigger-long-running-operation" && step["finished_at"].is_null();
        steps.as_array().unwrap().iter().any(called).then_some(())
    })
    .await;
    server.signal("-KILL");
    server.child.wait().unwrap();
    drop(server);

    let server = Process::start(dir.path()).await;
    let after = server.get(&format!("/api/runs/{run}")).await;
    assert_eq!((&after["status"], &after["failure_kind"]), (&json!("failed"), &json!("interrupted")), "{after}");
    assert_eq!(after["total_cost_usd"], 0.0, "the model's call was over, and known to be free");
    assert!(after["total_tokens"].as_i64().unwrap() > 0, "{after}");
    let steps = server.get(&format!("/api/runs/{run}/steps")).await;
    let steps = steps.as_array().unwrap();
    let errors: Vec<_> = steps.iter().map(|step| step["error"].as_str().unwrap_or_default()).collect();
    assert!(errors.last().unwrap().contains("went away"), "{errors:?}");
    assert!(steps.iter().all(|step| step["finished_at"].is_string()), "{steps:?}");
    assert_eq!(
        steps.last().unwrap()["finished_at"],
        after["finished_at"],
        "pages go by it: the step ended with its run"
    );
    let page = server.client.get(format!("{}/runs/{run}", server.url)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("The server went down during this run"), "{page}");
    assert!(!page.contains("Copy error"), "the error says no more than that: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_nothing_and_runs_nothing_twice() {
    let dir = TempDir::new().unwrap();
    let mut server = Process::start(dir.path()).await;
    let slow = server
        .post("/api/agents", json!({ "name": "Slow", "model": "demo/slow", "max_concurrent_runs": 10 }))
        .await["id"]
        .clone();
    let quick = server
        .post("/api/agents", json!({ "name": "Quick", "model": "demo/quick", "max_concurrent_runs": 1 }))
        .await["id"]
        .clone();
    let mut running = Vec::new();
    for _ in 0..10 {
        running.push(server.post(&format!("/api/agents/{slow}/task"), json!({})).await["run_id"].clone());
    }
    eventually("ten are running", async || {
        let agent = server.get(&format!("/api/agents/{slow}")).await;
        (agent["running_count"] == 10).then_some(())
    })
    .await;
    let mut queued = Vec::new();
    for _ in 0..30 {
        queued.push(server.post(&format!("/api/agents/{quick}/task"), json!({})).await["run_id"].clone());
    }
    server.signal("-KILL");
    server.child.wait().unwrap();
    drop(server);

    let server = Process::start(dir.path()).await;
    for run in &running {
        let run = server.get(&format!("/api/runs/{run}")).await;
        assert_eq!((&run["status"], &run["failure_kind"]), (&json!("failed"), &json!("interrupted")), "{run}");
    }
    eventually("nothing is left in the queue", async || {
        let runs = server.get(&format!("/api/agents/{quick}/runs?limit=100")).await;
        let runs = runs.as_array().unwrap();
        runs.iter().all(|run| run["finished_at"].is_string()).then_some(())
    })
    .await;
    let (mut succeeded, mut interrupted) = (0, 0);
    for run in &queued {
        let run = server.get(&format!("/api/runs/{run}")).await;
        match (run["status"].as_str().unwrap(), run["failure_kind"].as_str()) {
            ("success", None) => succeeded += 1,
            // The one that was running when the server was killed.
            ("failed", Some("interrupted")) => interrupted += 1,
            other => panic!("{other:?}: {run}"),
        }
        let steps = server.get(&format!("/api/runs/{}/steps", run["id"])).await;
        assert_eq!(steps.as_array().unwrap().len(), 1, "one model call each: {steps}");
    }
    assert_eq!(succeeded + interrupted, 30);
    assert!(interrupted <= 1, "{interrupted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiled_file_is_found_among_those_of_its_build_only() {
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    let run = server.post(&format!("/api/agents/{agent}/task"), json!({})).await["run_id"].clone();
    let get = async |path: &str| server.client.get(format!("{}{path}", server.url)).send().await.unwrap();
    let page = get(&format!("/runs/{run}")).await.text().await.unwrap();
    let named = |end: &str| {
        let (before, _) = page.split_once(end).unwrap_or_else(|| panic!("no {end} in {page}"));
        format!("{}{end}", &before[before.rfind("/pkg/").unwrap()..])
    };
    assert!(named("/shared.wasm").starts_with("/pkg/"), "{page}");
    let chunk = named("/split_run.wasm");
    let file = get(&chunk).await;
    assert_eq!(file.status(), StatusCode::OK);
    assert_eq!(file.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(file.headers()[header::CONTENT_TYPE], "application/wasm");
    assert_eq!(file.text().await.unwrap(), "the run's page");
    for path in ["/pkg/split_run.wasm", "/pkg/0/split_run.wasm"] {
        assert_eq!(get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_within_ten_seconds_and_writes_down_what_it_cut_off() {
    a_signal_ends_within_ten_seconds_and_writes_down_what_it_cut_off("-TERM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_is_closed_ends_it_the_same_way() {
    a_signal_ends_within_ten_seconds_and_writes_down_what_it_cut_off("-HUP").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_nohup_a_terminal_that_is_closed_ends_nothing() {
    let dir = TempDir::new().unwrap();
    let mut ignoring = Command::new("sh");
    ignoring.args(["-c", "trap '' HUP; exec \"$0\"", env!("CARGO_BIN_EXE_runboard")]);
    let server = Process::spawn(&mut prepared(ignoring, dir.path()));
    server.signal("-HUP");
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    // An ending server would begin no new run.
    let run = server.post(&format!("/api/agents/{agent}/task"), json!({})).await["run_id"].clone();
    eventually("it is answered", async || {
        (server.get(&format!("/api/runs/{run}")).await["status"] == "success").then_some(())
    })
    .await;
}

async fn a_signal_ends_within_ten_seconds_and_writes_down_what_it_cut_off(signal: &str) {
    let dir = TempDir::new().unwrap();
    let mut server = Process::start(dir.path()).await;
    let run = server.start_slow_run().await;
    let asked = Instant::now();
    server.signal(signal);
    assert!(server.child.wait().unwrap().success());
    assert!(asked.elapsed() < TEN_SECONDS, "{:?}", asked.elapsed());
    drop(server);

    let server = Process::start(dir.path()).await;
    let run = server.get(&format!("/api/runs/{run}")).await;
    assert_eq!((&run["status"], &run["failure_kind"]), (&json!("failed"), &json!("interrupted")));
    assert!(run["error"].as_str().unwrap().contains("shut down"), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_within_ten_seconds_while_the_database_is_locked() {
    let dir = TempDir::new().unwrap();
    let mut server = Process::start(dir.path()).await;
    let run = server.start_slow_run().await;
    let mut options = ConnectOptions::new(sqlite_url(&dir.path().join(DATA_DIR)));
    options.max_connections(1);
    let other = Database::connect(options).await.unwrap();
    other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();
    let asked = Instant::now();
    server.signal("-TERM");
    assert!(server.child.wait().unwrap().success());
    assert!(asked.elapsed() < TEN_SECONDS, "{:?}", asked.elapsed());
    other.execute_unprepared("COMMIT").await.unwrap();
    drop(server);

    let server = Process::start(dir.path()).await;
    let run = server.get(&format!("/api/runs/{run}")).await;
    assert_eq!((&run["status"], &run["failure_kind"]), (&json!("failed"), &json!("interrupted")), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_data_is_refused() {
    let dir = TempDir::new().unwrap();
    let _server = Process::start(dir.path()).await;
    let second = command(dir.path()).output().unwrap();
    assert!(!second.status.success());
    assert!(errors(&second).contains("another Runboard"), "{}", errors(&second));
}

#[test]
fn every_mistake_in_the_configuration_is_named() {
    let dir = TempDir::new().unwrap();
    let output = command(dir.path())
        .args(["--addr", "0.0.0.0:3000", "--workers", "none", "--database-url", "mysql://x", "--config", "none.toml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    for name in ["RUNBOARD_ADDR", "RUNBOARD_WORKERS", "DATABASE_URL", "RUNBOARD_CONFIG"] {
        assert!(errors(&output).contains(name), "{name}: {}", errors(&output));
    }
    assert!(!dir.path().join(DATA_DIR).exists(), "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_in_the_working_directory_sets_prices() {
    let dir = TempDir::new().unwrap();
    let price = "[[prices]]\nmodel = \"demo/*\"\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 1\n";
    std::fs::write(dir.path().join("runboard.toml"), price).unwrap();
    let server = Process::start(dir.path()).await;
    let agent = server.post("/api/agents", json!({ "name": "Dear", "model": "demo/quick" })).await["id"].clone();
    let run = server.post(&format!("/api/agents/{agent}/task"), json!({})).await["run_id"].clone();
    let run = eventually("it is over", async || {
        let run = server.get(&format!("/api/runs/{run}")).await;
        run["finished_at"].is_string().then_some(run)
    })
    .await;
    let (tokens, cost) = (run["total_tokens"].as_f64().unwrap(), run["total_cost_usd"].as_f64().unwrap());
    assert!(tokens > 0.0 && (cost - tokens / 1e6).abs() < 1e-9, "{run}");
}

#[test]
fn migrations_can_be_run_by_hand() {
    let dir = TempDir::new().unwrap();
    let migrate = |action: &str| {
        let output = command(dir.path()).args(["migrate", action]).output().unwrap();
        assert!(output.status.success(), "{action}: {}", errors(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        (text.matches("applied").count(), text.matches("pending").count())
    };
    let (applied, all) = migrate("status");
    assert_eq!(applied, 0);
    assert!(!command(dir.path()).args(["migrate", "down"]).output().unwrap().status.success());
    assert!(!dir.path().join(DATA_DIR).exists(), "only looked at");
    assert_eq!(migrate("up"), (all, 0));
    assert_eq!(migrate("down"), (all - 1, 1));
    assert_eq!(migrate("up"), (all, 0));
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
