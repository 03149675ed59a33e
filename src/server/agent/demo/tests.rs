//! The demo model over its wire, as any OpenAI client would use it.

use super::super::genai_model::install_tls;
use super::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

async fn ask(server: &DemoServer, model: &str, stream: bool, retry: bool) -> reqwest::Response {
    install_tls();
    let body = json!({
        "model": model,
        "stream": stream,
        "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": "What is new?"}],
    });
    let mut request = reqwest::Client::new()
        .post(format!("{}chat/completions", server.base_url()))
        .bearer_auth(server.key().expose_secret())
        .body(body.to_string());
    if retry {
        request = request.header(RETRY_HEADER, "1");
    }
    request.send().await.unwrap()
}

async fn json(response: reqwest::Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_stranger_is_turned_away() {
    install_tls();
    let server = DemoServer::start(DemoPace::INSTANT).await.unwrap();
    let url = format!("{}chat/completions", server.base_url());
    let response = reqwest::Client::new().post(url).bearer_auth("guess").body("{}").send().await.unwrap();
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn without_streaming_it_answers_one_document() {
    let server = DemoServer::start(DemoPace::INSTANT).await.unwrap();
    let answer = json(ask(&server, "quick", false, false).await).await;
    assert!(answer["choices"][0]["message"]["content"].as_str().unwrap().contains("“What is new?”"));
    assert_eq!(answer["usage"]["prompt_tokens"], 7);
}

#[tokio::test]
async fn a_stream_ends_with_its_usage() {
    let server = DemoServer::start(DemoPace::INSTANT).await.unwrap();
    let text = ask(&server, "slow", true, false).await.text().await.unwrap();
    let events: Vec<&str> = text.split("\n\n").collect();
    assert_eq!(events.len(), 100 + 4, "pieces, finish, usage, [DONE] and the empty rest");
    assert!(events[101].contains("\"prompt_tokens\":7"), "{}", events[101]);
    assert_eq!(&events[102..], ["data: [DONE]", ""]);
}

#[tokio::test]
async fn it_fails_where_it_should() {
    let server = DemoServer::start(DemoPace::INSTANT).await.unwrap();
    for (model, retry, status) in [("fail", true, 400), ("flaky", false, 400), ("flaky", true, 200)] {
        let response = ask(&server, model, true, retry).await;
        assert_eq!(response.status(), status, "{model} {retry}");
        if status == 400 {
            assert!(json(response).await["error"]["message"].as_str().unwrap().contains(model));
        }
    }
}

#[tokio::test]
async fn it_is_gone_when_dropped() {
    let server = DemoServer::start(DemoPace::INSTANT).await.unwrap();
    let base = server.base_url();
    drop(server);
    // The listener goes with its task; until the task has been polled once more it may still accept.
    tokio::task::yield_now().await;
    install_tls();
    assert!(reqwest::get(base).await.is_err());
}
