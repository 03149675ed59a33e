//! The models to choose from, as the configured providers list them.

use crate::support::process::{Process, command};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use tempfile::TempDir;

/// Serves this body to everybody, or never answers; returns its address.
fn provider(body: Option<Value>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for mut socket in listener.incoming().flatten() {
            _ = socket.read(&mut [0; 4096]);
            if let Some(body) = &body {
                let body = body.to_string();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                _ = socket.write_all(format!("{head}{body}").as_bytes());
            }
            open.push(socket);
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_those_of_the_providers_that_answer() {
    let dir = TempDir::new().unwrap();
    let openai = provider(Some(json!({ "data": [{ "id": "local-b", "max_model_len": 8192 }, { "id": "local-a" }] })));
    let ollama = provider(None);
    let mut server = command(dir.path());
    server
        .env("OPENAI_BASE_URL", format!("{openai}/v1"))
        .env("OPENAI_API_KEY", "sk-secret-0123456789")
        .env("OLLAMA_HOST", ollama);
    let server = Process::spawn(&mut server);
    let listing = server.get("/api/models").await;
    let of = |provider: &str| -> Vec<Value> {
        let models = listing["data"].as_array().unwrap().iter();
        models.filter(|model| model["provider"] == provider).cloned().collect()
    };
    let expected = [
        json!({ "id": "openai/local-a", "provider": "openai", "name": "local-a" }),
        json!({ "id": "openai/local-b", "provider": "openai", "name": "local-b", "context_tokens": 8192 }),
    ];
    assert_eq!(of("openai"), expected);
    let quick = &of("demo")[0];
    assert_eq!((&quick["id"], &quick["input_usd_per_million"]), (&json!("demo/quick"), &json!(0.0)));
    assert_eq!(listing["unavailable"], json!([{ "provider": "ollama", "detail": "It did not answer within 3 s" }]));
    assert!(!listing.to_string().contains("sk-secret"), "{listing}");
    assert!(!of("ollama").is_empty(), "what is known without asking");
}
