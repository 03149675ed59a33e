//! The demo model as a transport, as any protocol would use it.

use super::super::wire::WireRequest;
use super::*;
use serde_json::{Value, json};

fn request(model: &str, said: &str) -> WireRequest {
    let body = json!({
        "model": model,
        "stream": true,
        "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": said}],
    });
    WireRequest::new(&DemoTransport::endpoint().unwrap(), "chat/completions", body).unwrap()
}

async fn ask(model: &str, retry: bool) -> (StatusCode, String) {
    let request = request(model, "What is new?").with_number(RETRY_HEADER, u32::from(retry));
    answer(request).await
}

async fn answer(request: WireRequest) -> (StatusCode, String) {
    let response = DemoTransport::new(DemoPace::INSTANT).send(request.packed().unwrap()).await.unwrap();
    let chunks: Vec<Bytes> = response.body.map(Result::unwrap).collect().await;
    (response.status, String::from_utf8(chunks.concat()).unwrap())
}

#[tokio::test]
async fn a_stream_ends_with_its_usage() {
    let (status, text) = ask("slow", false).await;
    assert_eq!(status, 200);
    let events: Vec<&str> = text.split("\n\n").collect();
    assert_eq!(events.len(), 100 + 4, "pieces, finish, usage, [DONE] and the empty rest");
    assert!(events[101].contains("\"prompt_tokens\":7"), "{}", events[101]);
    assert_eq!(&events[102..], ["data: [DONE]", ""]);
}

#[tokio::test]
async fn it_fails_where_it_should() {
    for (model, retry, status) in [("fail", true, 400), ("flaky", false, 400), ("flaky", true, 200)] {
        let (answered, text) = ask(model, retry).await;
        assert_eq!(answered, status, "{model} {retry}");
        if status == 400 {
            let body: Value = serde_json::from_str(&text).unwrap();
            assert!(body["error"]["message"].as_str().unwrap().contains(model));
        }
    }
}

#[tokio::test]
async fn a_request_that_is_none_or_has_no_end_is_refused() {
    let mut odd = request("quick", "");
    odd.body = json!({"messages": 7});
    assert_eq!(answer(odd).await.0, 400);
    assert_eq!(answer(request("quick", &"x".repeat(MAX_CONVERSATION + 1))).await.0, 413);
}

#[tokio::test]
async fn an_answer_ends_at_the_tokens_that_it_may_have() {
    let mut limited = request("quick", "What is new?");
    limited.body["max_tokens"] = json!(3);
    let (_, text) = answer(limited).await;
    assert!(text.contains("\"finish_reason\":\"length\"") && text.contains("\"completion_tokens\":3"), "{text}");
    assert!(text.contains("\"content\":\"Runboar\""), "{text}");
    let mut enough = request("quick", "What is new?");
    enough.body["max_tokens"] = json!(100_000);
    assert!(answer(enough).await.1.contains("\"finish_reason\":\"stop\""));
}
