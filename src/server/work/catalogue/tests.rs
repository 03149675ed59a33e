//! Providers that are slow, fail or send too much, as local servers.

use super::*;
use crate::domain::money::NanoDollars;
use crate::server::clock::ManualClock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const KEY: &str = "sk-test-0123456789";

/// A server that sends the same to everybody.
struct Served {
    base: String,
    asked: Arc<AtomicUsize>,
}

/// Serves a body with a status; `None` never answers.
async fn serve(answer: Option<(&'static str, String)>) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1/", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            _ = socket.read(&mut request).await;
            count.fetch_add(1, Ordering::SeqCst);
            if let Some((status, body)) = &answer {
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
            }
            open.push(socket);
        }
    });
    Served { base, asked }
}

fn catalogue(served: &Served, clock: &Arc<ManualClock>) -> Catalogue {
    let env = |name: &str| match name {
        "OPENAI_BASE_URL" => Some(served.base.clone()),
        "OPENAI_API_KEY" => Some(KEY.to_owned()),
        _ => None,
    };
    let providers = ProvidersConfig::from_env(env).unwrap();
    let catalogue = Catalogue::new(providers.clone(), Prices::new(&providers), clock.clone()).unwrap();
    let inner = Arc::into_inner(catalogue.0).unwrap();
    Catalogue(Arc::new(Inner { patience: Duration::from_millis(300), ..inner }))
}

/// Returns the ids of `openai/…`, and why they are not its own.
fn of_openai(listing: &ModelListing) -> (Vec<&str>, Option<&str>) {
    let models = listing.data.iter().filter(|model| model.provider == "openai").map(|model| model.id.as_str());
    let silent = listing.unavailable.iter().find(|silent| silent.provider == "openai");
    (models.collect(), silent.map(|silent| silent.detail.as_str()))
}

fn list(ids: &[&str]) -> String {
    let models: Vec<_> = ids.iter().map(|id| serde_json::json!({ "id": id, "max_model_len": 4_096 })).collect();
    serde_json::json!({ "data": models }).to_string()
}

#[tokio::test]
async fn a_list_is_asked_for_once_in_ten_minutes() {
    let served = serve(Some(("200 OK", list(&["b", "a"])))).await;
    let clock = ManualClock::at(0);
    let catalogue = catalogue(&served, &clock);
    let listing = catalogue.models().await;
    assert_eq!(of_openai(&listing), (vec!["openai/a", "openai/b"], None));
    assert_eq!(listing.data[0].context_tokens, Some(4_096));
    let demo = listing.data.iter().find(|model| model.id == "demo/quick").unwrap();
    assert_eq!((demo.input, demo.output), (Some(NanoDollars(0)), Some(NanoDollars(0))));
    // Several at once, and again: nobody is asked.
    join_all((0..5).map(|_| catalogue.models())).await;
    assert_eq!(served.asked.load(Ordering::SeqCst), 1);
    clock.advance(KEPT_MS);
    catalogue.models().await;
    assert_eq!(served.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_provider_that_fails_is_said_so_without_its_key() {
    let body = format!("{{\"error\":{{\"message\":\"No such key: {KEY}\"}}}}");
    let served = serve(Some(("401 Unauthorized", body))).await;
    let clock = ManualClock::at(0);
    let catalogue = catalogue(&served, &clock);
    let listing = catalogue.models().await;
    let (models, detail) = of_openai(&listing);
    assert_eq!((models, detail), (vec!["openai/gpt-5-mini"], Some("401 Unauthorized: No such key: [key]")));
    catalogue.models().await;
    assert_eq!(served.asked.load(Ordering::SeqCst), 1, "not at once");
    clock.advance(SILENT_MS);
    catalogue.models().await;
    assert_eq!(served.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_provider_that_is_slow_or_sends_too_much_is_given_up() {
    let huge = format!("{{\"data\":[\"{}\"]}}", "x".repeat(MAX_LIST));
    for (answer, says) in [
        (None, "It did not answer within 0.3 s"),
        (Some(("200 OK", huge)), "Its list is longer than 1 MiB"),
        (Some(("200 OK", "<html>".to_owned())), "Its answer is no list of models"),
    ] {
        let served = serve(answer).await;
        let listing = catalogue(&served, &ManualClock::at(0)).models().await;
        assert_eq!(of_openai(&listing), (vec!["openai/gpt-5-mini"], Some(says)));
        assert!(listing.data.iter().any(|model| model.id == "demo/quick"));
    }
}
