//! Model calls that fail and are repeated within their step.

use super::harness::*;
use crate::server::execution::{Outcome, RunExecutor};
use std::sync::Arc;

#[tokio::test]
async fn a_call_that_failed_for_now_is_repeated_and_each_try_is_on_record() {
    let scripts = vec![vec![passing("429 Too Many Requests")], vec![passing("503")], vec![text("Done."), usage(10, 2)]];
    let (log, model) = (Arc::<Log>::default(), model(scripts));
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!((settled.outcome, settled.usage.unwrap().total_tokens), (Outcome::Success, Some(12)));
    assert!(!settled.usage.unwrap().usage_estimated, "a refusal costs nothing");
    let tries = log.tries.lock().unwrap();
    let errors: Vec<&str> = tries.iter().map(|tried| tried.error.as_str()).collect();
    assert_eq!(errors, ["429 Too Many Requests", "503"]);
    assert_eq!(tries[0].at.ms(), NOW_MS);
    let attempts: Vec<u32> = model.asked.lock().unwrap().iter().map(|call| call.attempt).collect();
    assert_eq!(attempts, [1, 2, 3]);
}

#[tokio::test]
async fn five_tries_are_the_most() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![passing("503 Service Unavailable")]]));
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!(settled.outcome, failed("503 Service Unavailable (tried 5 times)"));
    assert_eq!((model.asked.lock().unwrap().len(), log.tries.lock().unwrap().len()), (5, 4));
}

#[tokio::test]
async fn what_a_broken_stream_wrote_is_void_but_not_what_it_cost() {
    let scripts = vec![vec![text("12345678"), passing("the connection broke off")], vec![text("Done."), usage(10, 2)]];
    let (log, model) = (Arc::<Log>::default(), model(scripts));
    let job = job(&log);
    let live = job.output.clone();
    let settled = executor(model).execute(job).await;
    assert_eq!((settled.text.as_str(), live.get().text.as_str()), ("Done.", "Done."));
    assert_eq!(settled.usage.unwrap().prompt_tokens, Some(6 + 10));
    assert_eq!(settled.usage.unwrap().completion_tokens, Some(2 + 2));
    assert!(settled.usage.unwrap().usage_estimated);
    // On record as soon as the try had failed: with what the second was sent, should nobody report on it.
    let tried = *log.tried.lock().unwrap();
    assert_eq!((tried.step.prompt_tokens, tried.step.completion_tokens), (Some(6 + 6), Some(2)));
    assert_eq!((tried.run.prompt_tokens, tried.run.completion_tokens), (Some(6), Some(2)));
}

#[tokio::test]
async fn a_lasting_error_is_not_repeated() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![error("401 Unauthorized")]]));
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!(settled.outcome, failed("401 Unauthorized"));
    assert_eq!(model.asked.lock().unwrap().len(), 1);
}
