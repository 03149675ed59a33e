//! A server that is killed before a sender has its answer.

use super::{SECRET, push, signed};
use crate::support::eventually;
use crate::support::process::Process;
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;
use tempfile::TempDir;

/// The answer is lost with the server: the delivery was stored with its run.
#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_sent_again_after_kill_9_makes_no_second_run() {
    let dir = TempDir::new().unwrap();
    let mut server = Process::start(dir.path()).await;
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    let made = json!({ "name": "Pushes", "verification": "github", "secret": SECRET });
    let path = server.post(&format!("/api/agents/{agent}/hooks"), made).await["path"].as_str().unwrap().to_owned();
    let list = format!("/api/agents/{agent}/runs?limit=100");
    for round in 0..3 {
        let body = push(&format!("Commit {round}"));
        let signature = format!("sha256={}", signed(SECRET, &body));
        // Nobody reads the answer.
        let address = server.url.strip_prefix("http://").unwrap().to_owned();
        let mut posts = TcpStream::connect(&address).unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nX-GitHub-Delivery: d{round}\r\nX-Hub-Signature-256: {signature}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        posts.write_all(request.as_bytes()).unwrap();
        let before = eventually("it is committed", async || {
            let runs = server.get(&list).await;
            (runs.as_array().unwrap().len() == round + 1).then(|| runs[0]["id"].clone())
        })
        .await;
        server.signal("-KILL");
        server.child.wait().unwrap();
        drop(server);
        server = Process::start(dir.path()).await;
        let again = server
            .client
            .post(format!("{}{path}", server.url))
            .header("X-GitHub-Delivery", format!("d{round}"))
            .header("X-Hub-Signature-256", signature)
            .body(body);
        let again = again.send().await.unwrap();
        assert_eq!(again.headers()["idempotency-replayed"], "true");
        assert_eq!(again.json::<Value>().await.unwrap()["run_id"], before);
        assert_eq!(server.get(&list).await.as_array().unwrap().len(), round + 1);
    }
}
