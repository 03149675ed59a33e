//! The executable itself, as a process of its own.

use super::eventually;
use reqwest::Client;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A name that a URL would read otherwise.
pub const DATA_DIR: &str = "100% data?";

/// A running server; killed when the test ends.
pub struct Process {
    pub child: Child,
    pub url: String,
    pub client: Client,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the server with its data in a directory.
pub fn command(dir: &Path) -> Command {
    prepared(Command::new(env!("CARGO_BIN_EXE_runboard")), dir)
}

/// Returns the same for a command that ends up as the server.
pub fn prepared(mut command: Command, dir: &Path) -> Command {
    let site = dir.join("site/pkg");
    std::fs::create_dir_all(&site).unwrap();
    std::fs::write(site.join("__wasm_split_manifest.json"), r#"{ "run": ["shared", "split_run"] }"#).unwrap();
    std::fs::write(site.join("split_run.wasm"), "the run's page").unwrap();
    command
        .env_clear()
        // Where MCP servers find their interpreters.
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LEPTOS_SITE_ROOT", dir.join("site"))
        .env("RUNBOARD_DATA_DIR", dir.join(DATA_DIR))
        .env("RUNBOARD_ADDR", "127.0.0.1:0")
        .current_dir(dir);
    command
}

impl Process {
    pub async fn start(dir: &Path) -> Self {
        Self::spawn(&mut command(dir))
    }

    pub fn spawn(command: &mut Command) -> Self {
        runboard::server::work::tls::install_tls();
        let log =
            command.get_current_dir().map(|dir| File::options().create(true).append(true).open(dir.join("server.log")));
        let log = log.unwrap().unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        let log = || command.get_current_dir().map(|dir| std::fs::read_to_string(dir.join("server.log")));
        assert!(url.starts_with("http://"), "{line:?} {:?}", log());
        Self { child, url, client: Client::new() }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let response = self.client.post(format!("{}{path}", self.url)).json(&body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap()
    }

    pub async fn status(&self, path: &str) -> u16 {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap().status().as_u16()
    }

    /// Starts a run that takes about 20 s and waits until it is running; returns its id.
    pub async fn start_slow_run(&self) -> Value {
        let agent = self.post("/api/agents", json!({ "name": "Slow", "model": "demo/slow" })).await["id"].clone();
        let run = self.post(&format!("/api/agents/{agent}/task"), json!({})).await["run_id"].clone();
        eventually("it is running", async || {
            (self.get(&format!("/api/runs/{run}")).await["status"] == "running").then_some(())
        })
        .await;
        run
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) {
        self.signal("-KILL");
        self.child.wait().unwrap();
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}
