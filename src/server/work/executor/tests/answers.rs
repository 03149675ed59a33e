//! One model call: its answer, its tokens, its end.

use super::harness::*;
use crate::domain::failure::{Failure, FailureCause};
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::run::Usage;
use crate::domain::thread::Role;
use crate::server::execution::cut::CutReason;
use crate::server::execution::{Outcome, RunExecutor};
use crate::server::work::model::{ChatCall, ChatModel, ChatStream, ChatTurn, ModelError};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use std::sync::Arc;

const FREE: Usage = Usage {
    prompt_tokens: None,
    cached_tokens: None,
    completion_tokens: None,
    reasoning_tokens: None,
    total_tokens: None,
    total_cost: Some(NanoDollars(0)),
    usage_estimated: false,
    cost_billed: false,
};

#[tokio::test]
async fn a_success_has_text_tokens_cost_and_rates() {
    let (log, model) = (Arc::default(), model(vec![vec![text("All "), text("quiet."), usage(1_000, 100)]]));
    let job = job(&log);
    let live = job.output.clone();
    let settled = executor(model.clone()).execute(job).await;
    assert_eq!(settled.outcome, Outcome::Success);
    assert_eq!((settled.text.as_str(), live.get().text.as_str()), ("All quiet.", "All quiet."));
    assert_eq!(settled.usage.unwrap().total_tokens, Some(1_100));
    assert_eq!(settled.usage.unwrap().total_cost, Some(NanoDollars(450_000)));
    assert!(!settled.usage.unwrap().usage_estimated);
    let step = &settled.open[0];
    assert_eq!((step.position, step.output.as_deref(), Some(step.usage)), (1, Some("All quiet."), settled.usage));
    assert_eq!(step.rates.as_ref().unwrap()["model"], "gpt-5-mini");
    assert_eq!(model.asked.lock().unwrap()[0].turns.len(), 2);
}

#[tokio::test]
async fn without_reported_usage_tokens_are_estimated_and_say_so() {
    let log = Arc::default();
    let settled = executor(model(vec![vec![text("12345678")]])).execute(job(&log)).await;
    assert_eq!(settled.usage.unwrap().prompt_tokens, Some(6), "21 characters");
    assert_eq!(settled.usage.unwrap().completion_tokens, Some(2));
    assert!(settled.usage.unwrap().usage_estimated);
    assert!(settled.usage.unwrap().total_cost.is_some());
}

#[tokio::test]
async fn a_cut_keeps_what_was_written_and_estimates_the_rest() {
    let log = Arc::default();
    let job = job(&log);
    let (cut, live) = (job.cut.clone(), job.output.clone());
    let stop = async {
        while live.get().text.is_empty() {
            tokio::task::yield_now().await;
        }
        cut.trip(CutReason::Stopped);
    };
    let executor = executor(hanging(vec![text("12345678")]));
    let (settled, ()) = tokio::join!(executor.execute(job), stop);
    assert_eq!((settled.outcome, settled.text.as_str()), (Outcome::Cut, "12345678"));
    assert_eq!(settled.usage.unwrap().total_tokens, Some(8));
    assert!(settled.usage.unwrap().usage_estimated);
    assert_eq!(settled.open[0].output.as_deref(), Some("12345678"));
}

#[tokio::test]
async fn a_run_cut_before_it_began_asks_nobody_and_spends_nothing() {
    let (log, model) = (Arc::default(), model(vec![vec![text("never")]]));
    let job = job(&log);
    job.cut.trip(CutReason::Stopped);
    let settled = executor(model.clone()).execute(job).await;
    assert_eq!((settled.outcome, settled.usage.unwrap().total_tokens), (Outcome::Cut, None));
    assert!(model.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_endless_answer_can_be_cut() {
    struct Endless;
    #[async_trait]
    impl ChatModel for Endless {
        async fn stream(&self, _call: ChatCall) -> Result<ChatStream, ModelError> {
            Ok(stream::repeat_with(|| text("more ")).boxed())
        }
    }
    let log = Arc::default();
    let job = job(&log);
    let cut = job.cut.clone();
    let executor = executor(Arc::new(Endless));
    let (settled, ()) = tokio::join!(executor.execute(job), async { cut.trip(CutReason::TimedOut) });
    assert_eq!(settled.outcome, Outcome::Cut);
    assert!(settled.text.starts_with("more more "));
}

#[tokio::test]
async fn a_refused_call_is_known_to_cost_nothing() {
    let log = Arc::default();
    let settled = executor(model(vec![vec![error("400 Bad Request: no")]])).execute(job(&log)).await;
    assert_eq!(settled.outcome, failed("400 Bad Request: no"));
    assert_eq!((settled.usage, &settled.open[0].rates), (Some(FREE), &None));
    assert_eq!(settled.open[0].error.as_deref(), Some("400 Bad Request: no"));
}

#[tokio::test]
async fn a_failure_in_mid_answer_has_spent_tokens() {
    let log = Arc::default();
    let settled = executor(model(vec![vec![text("12345678"), error("it broke")]])).execute(job(&log)).await;
    assert_eq!((settled.outcome, settled.text.as_str()), (failed("it broke"), "12345678"));
    assert_eq!(settled.usage.unwrap().completion_tokens, Some(2));
    assert!(settled.usage.unwrap().usage_estimated);
}

#[tokio::test]
async fn an_empty_answer_is_a_failure_that_keeps_its_usage() {
    let log = Arc::default();
    let settled = executor(model(vec![vec![text(" \n"), usage(10, 20)]])).execute(job(&log)).await;
    let failure = Failure::new(FailureCause::EmptyAnswer, "the model sent an empty answer");
    assert_eq!(settled.outcome, Outcome::Failed(failure));
    assert_eq!(settled.usage.unwrap().total_tokens, Some(30));
    assert!(!settled.usage.unwrap().usage_estimated);
}

#[tokio::test]
async fn tool_results_and_empty_messages_of_the_history_are_not_sent() {
    let (log, model) = (Arc::default(), model(vec![vec![text("ok")]]));
    let mut job = job(&log);
    job.history.extend([said(Role::Tool, "{}"), said(Role::Assistant, " ")]);
    job.run.retry_of = Some(RunId(5));
    executor(model.clone()).execute(job).await;
    let asked = model.asked.lock().unwrap();
    let turns = [ChatTurn::System("Be brief.".to_owned()), ChatTurn::User("What is new?".to_owned())];
    assert_eq!((asked[0].turns.as_slice(), asked[0].is_retry), (turns.as_slice(), true));
}

#[tokio::test]
async fn without_any_message_no_model_is_asked() {
    let (log, model) = (Arc::default(), model(vec![vec![text("ok")]]));
    let mut job = job(&log);
    job.history.clear();
    let settled = executor(model.clone()).execute(job).await;
    let Outcome::Failed(failure) = settled.outcome else { panic!("{:?}", settled.outcome) };
    assert!(failure.error.contains("give the agent instructions"), "{failure:?}");
    assert_eq!(failure.cause, FailureCause::NothingToAnswer);
    assert!(model.asked.lock().unwrap().is_empty());
}
