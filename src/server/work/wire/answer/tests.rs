//! Waiting: how long for what. Time is the test's.

use super::super::WireEvent;
use super::*;
use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;
use crate::server::work::model::{ChatCall, ChatTurn};
use crate::server::work::name::Provider;
use crate::server::work::protocols::openai_chat::OpenAiChat;
use crate::server::work::protocols::{AnswerReader, Protocol};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::Duration;

const PIECE: &str = r#"data: {"choices":[{"delta":{"content":"Hello"}}]}"#;
const FINISH: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":5}}"#;
const DONE: &str = "data: [DONE]";

/// Returns the events of a body that sends these, each after this many milliseconds, and is then held open; and how
/// many milliseconds they took.
async fn read(sent: &'static [(u64, &'static str)], patience: Patience) -> (Vec<ChatEvent>, Option<ModelError>, u128) {
    let chunks = stream::iter(sent).then(|(ms, event)| async move {
        tokio::time::sleep(Duration::from_millis(*ms)).await;
        Ok(Bytes::from(format!("{event}\n\n")))
    });
    let body = chunks.chain(stream::pending()).boxed();
    let response = WireResponse { status: StatusCode::OK, headers: HeaderMap::new(), body };
    let turns = vec![ChatTurn::User("Hello?".to_owned())];
    let call = ChatCall {
        model: "groq/x".to_owned(),
        turns,
        tools: [].into(),
        max_output_tokens: None,
        is_retry: false,
        attempt: 1,
    };
    let reader = OpenAiChat::of(Provider::Groq).reader(&call, &call.model.parse().unwrap());
    let begun = Instant::now();
    let (mut got, mut failed) = (Vec::new(), None);
    let mut stream = std::pin::pin!(events(response, Decoder::new(reader), patience, Timestamp::from_ms(0)));
    while let Some(event) = stream.next().await {
        match event {
            Ok(event) => got.push(event),
            Err(error) => failed = Some(error),
        }
    }
    (got, failed, begun.elapsed().as_millis())
}

fn is_finished(events: &[ChatEvent]) -> bool {
    matches!(events.last(), Some(ChatEvent::Finished(finished)) if finished.finish == Finish::Stop)
}

/// Far longer than a test may take.
const LONG: Duration = Duration::from_secs(600);

fn lingering(ms: u64) -> Patience {
    Patience { silence: LONG, linger: Duration::from_millis(ms) }
}

#[tokio::test]
async fn after_done_nothing_is_waited_for() {
    let (events, error, _) =
        read(&[(0, PIECE), (0, FINISH), (0, DONE)], Patience { silence: LONG, linger: LONG }).await;
    assert!(is_finished(&events) && error.is_none());
}

#[tokio::test]
async fn after_the_finish_usage_is_waited_for_a_moment_and_no_longer() {
    let (events, error, took) = read(&[(0, PIECE), (0, FINISH), (50, USAGE)], lingering(1_000)).await;
    assert!(is_finished(&events) && error.is_none());
    assert!(events.iter().any(|event| matches!(event, ChatEvent::Usage(usage) if usage.prompt == Some(9))));
    assert!(took >= 1_000, "{took}");
    let (events, _, _) = read(&[(0, PIECE), (0, FINISH), (600_000, USAGE)], lingering(50)).await;
    assert_eq!((is_finished(&events), events.len()), (true, 2));
}

#[tokio::test]
async fn an_answer_that_goes_on_after_its_finish_is_read_on() {
    let sent = &[(0, FINISH), (700, PIECE), (700, PIECE), (0, DONE)];
    let (events, _, _) = read(sent, lingering(1_000)).await;
    assert_eq!((events.len(), is_finished(&events)), (3, true), "longer in all than it is waited for");
}

#[tokio::test]
async fn silence_is_borne_so_long_and_a_keep_alive_ends_it() {
    let patience = Patience { silence: Duration::from_millis(1_000), linger: LONG };
    let (events, error, took) = read(&[(700, ": keep-alive"), (700, PIECE)], patience).await;
    assert_eq!(events, [ChatEvent::Text("Hello".to_owned())]);
    let error = error.unwrap();
    assert_eq!((error.message.as_str(), error.is_passing), ("the provider sent nothing for 1 s", true));
    assert_eq!(error.cause, FailureCause::ProviderSilent);
    assert!(took >= 2_400, "{took}");
    assert_eq!(Patience::default().silence.as_secs(), 900);
}

/// A reader that notes on which thread it is called, and keeps so much from its second event on.
struct Spy {
    seen: Arc<Mutex<Vec<ThreadId>>>,
    kept: usize,
}

impl AnswerReader for Spy {
    fn read(&mut self, _: &WireEvent, _: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        self.seen.lock().unwrap().push(std::thread::current().id());
        Ok(())
    }

    fn is_complete(&self) -> bool {
        false
    }

    fn is_over(&self) -> bool {
        false
    }

    fn kept(&self) -> usize {
        if self.seen.lock().unwrap().len() > 1 { self.kept } else { 0 }
    }

    fn finish(self: Box<Self>, _: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        Ok(())
    }
}

/// Returns for each event whether it is read here.
async fn are_read_here(chunks: Vec<Bytes>, kept: usize) -> Vec<bool> {
    let seen = Arc::<Mutex<Vec<ThreadId>>>::default();
    let body = stream::iter(chunks.into_iter().map(Ok)).boxed();
    let response = WireResponse { status: StatusCode::OK, headers: HeaderMap::new(), body };
    let decoder = Decoder::new(Box::new(Spy { seen: Arc::clone(&seen), kept }));
    let read: Vec<_> = events(response, decoder, Patience::default(), Timestamp::from_ms(0)).collect().await;
    assert!(matches!(read.as_slice(), [Err(error)] if error.message.contains("ended before")), "{read:?}");
    let here = std::thread::current().id();
    seen.lock().unwrap().iter().map(|thread| *thread == here).collect()
}

#[tokio::test]
async fn a_long_event_is_read_away_from_the_threads_that_serve_requests() {
    let short = Bytes::from("data: {\"a\":1}\n\n");
    let long = Bytes::from(format!("data: {{\"a\":\"{}\"}}\n\n", "x".repeat(200 << 10)));
    // In chunks as networks bring them.
    let chunks = long.chunks(8 << 10).map(Bytes::copy_from_slice);
    let chunks = [short.clone()].into_iter().chain(chunks).chain([short]).collect();
    assert_eq!(are_read_here(chunks, 0).await, [true, false, true]);
}

#[tokio::test]
async fn a_small_event_is_read_aside_too_where_the_end_puts_together_much_that_was_kept() {
    let short = Bytes::from("data: {\"a\":1}\n\n");
    assert_eq!(are_read_here(vec![short; 3], 200 << 10).await, [true, true, false]);
}
