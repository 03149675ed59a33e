//! Everything a provider may do wrong, done by a local server that does just that. Each must end as one clear error.

mod others;
mod reported;
mod server;

pub(super) use self::server::{Collected, NOW_MS, Server, call, collect, raw, sse};

use super::*;
use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;
use crate::server::work::protocols::limits::MAX_ANSWER;
use futures::StreamExt;
use proptest::prelude::*;
use proptest::{collection, sample};
use std::time::Duration;

const PIECE: &str = r#"data: {"choices":[{"delta":{"content":"Hello"},"finish_reason":null}]}"#;
const FINISH: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
const DONE: &str = "data: [DONE]";

/// Returns the error an OpenAI call to this server ends with, after `text`.
async fn error_after(text: &str, server: Server) -> (String, usize) {
    let served = server.serve().await;
    let got = collect(&served.model(), call("openai/test")).await;
    assert_eq!(got.text, text);
    (got.error.expect("an error").message, served.requests().len())
}

async fn error(server: Server) -> String {
    error_after("", server).await.0
}

fn status(line: &str, headers: &str, body: &str) -> Server {
    raw(format!("HTTP/1.1 {line}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()))
}

fn ok(kind: &str, body: &str) -> Server {
    status("200 OK", &format!("content-type: {kind}\r\n"), body)
}

#[tokio::test]
async fn a_400_is_shown_and_not_repeated() {
    let body = r#"{"error":{"message":"The model says no to Bearer sk-test-0123456789","code":1}}"#;
    let (text, calls) = error_after("", status("400 Bad Request", "", body)).await;
    assert_eq!((text.as_str(), calls), ("400 Bad Request: The model says no to Bearer [key]", 1));
}

#[tokio::test]
async fn overload_may_pass() {
    for line in ["429 Too Many Requests", "503 Service Unavailable"] {
        let served = status(line, "retry-after-ms: 120\r\n", "slow down").serve().await;
        let error = collect(&served.model(), call("openai/test")).await.error.unwrap();
        assert_eq!(error.message, format!("{line}: slow down"));
        assert_eq!((error.is_passing, error.retry_after), (true, Some(Duration::from_millis(120))));
        assert_eq!(served.requests().len(), 1, "repeating is somebody else's business");
    }
    let date = status("429 Too Many Requests", "retry-after: Fri, 27 Nov 2026 03:00:06 GMT\r\n", "{}").serve().await;
    let error = collect(&date.model(), call("openai/test")).await.error.unwrap();
    assert_eq!((error.message.as_str(), error.retry_after), ("429 Too Many Requests", Some(Duration::from_secs(6))));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let served = raw("").serve().await;
    let model = served.model();
    drop(served);
    let error = collect(&model, call("openai/test")).await.error.unwrap();
    assert!(error.message.contains("127.0.0.1:") && error.message.contains("cannot be reached"), "{}", error.message);
    assert_eq!(error.cause, FailureCause::ProviderUnreachable);
}

#[tokio::test]
async fn each_way_of_failing_is_its_own_cause() {
    use FailureCause::*;
    let error_of = |json: &str| sse(&[&format!("data: {json}")]);
    for (server, cause, detail) in [
        (status("429 Too Many Requests", "", "slow down"), ProviderStatus, Some("429")),
        (status("301 Moved Permanently", "location: https://elsewhere.example\r\n", ""), ProviderStatus, Some("301")),
        (error_of(r#"{"error":{"message":"busy","code":529}}"#), ProviderStatus, Some("529")),
        (error_of(r#"{"error":{"message":"out of credit"}}"#), ProviderError, None),
        (sse(&[PIECE]), BrokeOff, None),
        (ok("text/html", "<p>Welcome</p>"), ModelCall, None),
    ] {
        let served = server.serve().await;
        let failure = collect(&served.model(), call("openai/test")).await.error.unwrap().into_failure();
        assert_eq!((failure.cause, failure.detail.as_deref()), (cause, detail), "{failure:?}");
    }
}

#[tokio::test]
async fn a_connection_cut_in_mid_answer_is_an_error() {
    let chunk = format!("{PIECE}\n\n");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let (text, calls) = error_after("Hello", raw(format!("{head}{:x}\r\n{chunk}\r\n", chunk.len()))).await;
    assert!(text.starts_with("the connection broke off before the answer was complete"), "{text}");
    assert_eq!(calls, 1);
}

#[tokio::test]
async fn a_stream_without_its_end_is_an_error() {
    let (text, calls) = error_after("Hello", sse(&[PIECE])).await;
    assert_eq!((text.as_str(), calls), ("the stream ended before the answer was complete", 1));
}

#[tokio::test]
async fn a_broken_stream_may_be_whole_the_next_time() {
    for server in [sse(&[]), sse(&[PIECE]), raw("")] {
        let served = server.serve().await;
        let error = collect(&served.model(), call("openai/test")).await.error.unwrap();
        assert!(error.is_passing, "{error}");
    }
    let served = raw("").then(sse(&[PIECE, DONE])).serve().await;
    let model = served.model();
    assert!(collect(&model, call("openai/test")).await.error.is_some());
    assert_eq!(collect(&model, call("openai/test")).await.text, "Hello");
}

#[tokio::test]
async fn what_is_no_stream_is_an_error() {
    let page = "\n<!DOCTYPE html><html><title>Sign in</title></html>";
    let said = error(ok("text/html", page)).await;
    assert_eq!(said, "an HTML page (\"Sign in\") came instead of an answer: check the base URL");
    assert_eq!(error(ok("text/event-stream", page)).await, said, "whatever it calls itself");
    assert_eq!(error(status("502 Bad Gateway", "", page)).await, "502 Bad Gateway: an HTML page (\"Sign in\")");
    let words = error(ok("text/plain", "upstream connect error")).await;
    let ended = "the stream ended before the answer was complete, and all that came was";
    assert_eq!(words, format!("{ended}: upstream connect error"));
    let garbage = error(sse(&["data: {not json"])).await;
    assert!(garbage.starts_with("the provider sent something that is not JSON"), "{garbage}");
}

#[tokio::test]
async fn broken_frames_between_good_ones_do_no_harm() {
    let odd = [": comment", "event: ping", "data:", "nonsense", "data: {\"choices\":[]}", "data: {}", "data: []"];
    let frames = [&odd[..], &[PIECE, FINISH, DONE]].concat();
    let served = sse(&frames).serve().await;
    let got = collect(&served.model(), call("openai/test")).await;
    assert_eq!((got.text.as_str(), got.error), ("Hello", None));
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_mended() {
    let piece =
        [b"data: {\"choices\":[{\"delta\":{\"content\":\"a".as_slice(), &[0xff, 0xfe], b"b\\ud83d\"}}]}\n\n"].concat();
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".as_slice();
    let served = raw([head, &piece, format!("{DONE}\n\n").as_bytes()].concat()).serve().await;
    let got = collect(&served.model(), call("openai/test")).await;
    assert_eq!((got.text.as_str(), got.error), ("a\u{fffd}\u{fffd}b\u{fffd}", None));
}

#[tokio::test]
async fn an_answer_is_over_with_its_finish_or_with_done() {
    for end in [&[FINISH, DONE][..], &[FINISH], &[DONE]] {
        let served = sse(&[&[PIECE], end].concat()).serve().await;
        let got = collect(&served.model(), call("openai/test")).await;
        assert_eq!((got.text.as_str(), got.error, got.finish), ("Hello", None, Some((Finish::Stop, None))));
    }
}

#[tokio::test]
async fn what_breaks_after_the_finish_costs_nothing() {
    let chunk = format!("{PIECE}\n\n{FINISH}\n\n");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let cut = raw(format!("{head}{:x}\r\n{chunk}\r\n", chunk.len()));
    for server in [cut, sse(&[PIECE, FINISH, "data: {not json"])] {
        let got = collect(&server.serve().await.model(), call("openai/test")).await;
        assert_eq!((got.text.as_str(), got.error), ("Hello", None));
    }
}

#[tokio::test]
async fn a_stream_is_known_by_its_bytes_whatever_it_is_called() {
    let body = [PIECE, FINISH, DONE].map(|event| format!("{event}\n\n")).concat();
    for kind in
        ["application/json", "text/plain", "text/event-stream;charset=UTF-8", "application/x-ndjson", "text/html"]
    {
        let got = collect(&ok(kind, &body).serve().await.model(), call("openai/test")).await;
        assert_eq!((got.text.as_str(), got.error), ("Hello", None), "{kind}");
    }
}

#[tokio::test]
async fn a_packed_stream_is_unpacked_and_measured_unpacked() {
    let gzip: (&str, &[u8], &[u8]) =
        ("gzip", include_bytes!("misbehaves/answer.gz"), include_bytes!("misbehaves/bomb.gz"));
    let brotli: (&str, &[u8], &[u8]) =
        ("br", include_bytes!("misbehaves/answer.br"), include_bytes!("misbehaves/bomb.br"));
    for (coding, answer, bomb) in [gzip, brotli] {
        let served = packed(coding, answer).serve().await;
        let got = collect(&served.model(), call("openai/test")).await;
        assert_eq!((got.text.as_str(), got.error), ("Hello", None), "{coding}");
        assert!(served.requests()[0].contains("accept-encoding: identity"), "nobody asks for it");
        let bomb = packed(coding, bomb).serve().await;
        let error = collect(&bomb.model(), call("openai/test")).await.error.unwrap();
        assert_eq!(error.message, "the provider sent a single event of more than 16 MiB", "{coding}");
    }
}

fn packed(coding: &str, body: &[u8]) -> Server {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: {coding}\r\nconnection: close\r\n\r\n"
    );
    raw([head.as_bytes(), body].concat())
}

#[tokio::test]
async fn an_answer_may_grow_only_so_long() {
    let frame = format!(r#"data: {{"choices":[{{"delta":{{"content":"{}"}}}}]}}"#, "x".repeat(512 << 10));
    let served = sse(&[frame.as_str(); 100]).serve().await;
    let got = collect(&served.model(), call("openai/test")).await;
    assert_eq!(got.error.unwrap().message, "the answer grew over 4 MiB");
    assert_eq!(got.text.len(), MAX_ANSWER);
}

#[tokio::test]
async fn a_line_without_end_is_cut_off() {
    let served = sse(&[]).endless(b"data: ".to_vec(), vec![b'x'; 64 << 10]).serve().await;
    let got = collect(&served.model(), call("openai/test")).await;
    assert_eq!(got.error.unwrap().message, "the provider sent a single event of more than 16 MiB");
}

#[tokio::test]
async fn an_error_body_without_end_is_cut_off() {
    let head = b"HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n".to_vec();
    let got = {
        let served = raw(head).endless(Vec::new(), vec![b'x'; 64 << 10]).serve().await;
        collect(&served.model(), call("openai/test")).await
    };
    let text = got.error.unwrap().message;
    assert!(text.starts_with("500 Internal Server Error: xxx") && text.chars().count() == 2_001, "{}", text.len());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (text, calls) =
        error_after("", status("307 Temporary Redirect", "location: /v1/chat/completions\r\n", "")).await;
    let said = "307 Temporary Redirect: a redirect to /v1/chat/completions is not followed: check the base URL";
    assert_eq!((text.as_str(), calls), (said, 1));
}

#[tokio::test]
async fn every_reason_to_end_is_passed_on_and_so_is_the_usage() {
    let usage = r#"data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":5}}"#;
    for (reason, finish) in [
        ("stop", Finish::Stop),
        ("length", Finish::Length),
        ("model_length", Finish::Context),
        ("tool_calls", Finish::MalformedCall),
        ("function_call", Finish::MalformedCall),
        ("content_filter", Finish::ContentFilter),
        ("refusal", Finish::Refusal),
    ] {
        let served = sse(&[PIECE, &FINISH.replace("stop", reason), usage, DONE]).serve().await;
        let got = collect(&served.model(), call("openai/test")).await;
        let detail = (finish != Finish::Stop).then(|| reason.to_owned());
        assert_eq!((got.finish, got.error), (Some((finish, detail)), None));
        assert_eq!(got.usage.unwrap().prompt, Some(9));
    }
}

#[tokio::test]
async fn a_provider_that_breaks_off_with_a_word_may_be_asked_again() {
    for reason in ["error", "insufficient_system_resource", "abort"] {
        let served = sse(&[PIECE, &FINISH.replace("stop", reason), DONE]).serve().await;
        let error = collect(&served.model(), call("openai/test")).await.error.unwrap();
        assert!(error.is_passing, "{reason}: {error}");
    }
}

#[tokio::test]
async fn a_nul_is_replaced() {
    let served = sse(&[&PIECE.replace("Hello", "a\\u0000b"), DONE]).serve().await;
    assert_eq!(collect(&served.model(), call("openai/test")).await.text, "a\u{fffd}b");
}

#[tokio::test]
async fn hanging_up_on_a_silent_server_closes_the_connection_to_it() {
    for head in ["", "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"] {
        let served = raw(head).holding().serve().await;
        let model = served.model();
        {
            let answered = async {
                let mut stream = model.stream(call("openai/test")).await.unwrap();
                stream.next().await
            };
            tokio::select! {
                answered = answered => panic!("{answered:?}"),
                () = served.connected() => {}
            }
        }
        served.closed().await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Frames in any order, between them bytes of any kind: there is an answer or one error, and never a panic.
    #[test]
    fn no_stream_breaks_it(parts in collection::vec(part(), 0..12)) {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".to_vec();
        let bytes = [head, parts.concat()].concat();
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let served = raw(bytes).serve().await;
            for provider in [Provider::OpenAi, Provider::Anthropic, Provider::Gemini, Provider::Ollama] {
                let got = served.ask(provider).await;
                assert!(got.error.is_some() != got.finish.is_some(), "{provider}");
            }
        });
    }
}

fn part() -> impl Strategy<Value = Vec<u8>> {
    let frames = [PIECE, FINISH, DONE, "data: {\"choices\":[{\"delta\":null}],\"usage\":{\"prompt_tokens\":-1}}", "\r"];
    let frames = frames.map(|frame| format!("{frame}\n\n").into_bytes());
    prop_oneof![sample::select(frames.to_vec()), collection::vec(any::<u8>(), 0..40)]
}
