//! Steps, budgets and loops: where a run ends without an answer.

use super::harness::*;
use crate::domain::budget::{Budgets, Spent};
use crate::domain::failure::FailureCause;
use crate::domain::money::NanoDollars;
use crate::server::execution::{Outcome, RunExecutor};
use std::sync::Arc;

fn endless() -> Arc<Scripted> {
    model(vec![vec![calls(&["clock"]), usage(100, 10)]])
}

/// Returns a model that never calls the same tool twice in a row.
fn restless() -> Arc<Scripted> {
    model((0..40).map(|at| vec![calls(&[["clock", "echo"][at % 2]]), usage(100, 10)]).collect())
}

#[tokio::test]
async fn a_run_is_given_up_after_its_last_step() {
    let (log, model) = (Arc::<Log>::default(), restless());
    let settled = executor(model.clone()).execute(job(&log)).await;
    let Outcome::Failed(failure) = settled.outcome else { panic!("{:?}", settled.outcome) };
    assert!(failure.error.starts_with("The run has made 25 model and tool calls"), "{failure:?}");
    assert_eq!(failure.cause, FailureCause::StepLimit);
    assert_eq!(log.begun.lock().unwrap().len() + 1, 25);
    assert_eq!(model.asked.lock().unwrap().len(), 13);
}

#[tokio::test]
async fn going_round_in_circles_is_marked_and_then_ended() {
    let (log, model) = (Arc::<Log>::default(), endless());
    let settled = executor(model).execute(job(&log)).await;
    let Outcome::Failed(failure) = settled.outcome else { panic!("{:?}", settled.outcome) };
    assert!(failure.error.contains("the agent called clock with the same arguments 6 times in a row"), "{failure:?}");
    assert_eq!(failure.cause, FailureCause::Loop);
    assert_eq!(*log.looping.lock().unwrap(), [true]);
    let (last, _) = log.ended.lock().unwrap().last().cloned().unwrap();
    assert!(last.error.unwrap().starts_with("Not called"));
}

#[tokio::test]
async fn the_mark_goes_when_the_circle_is_left() {
    let mut scripts: Vec<Script> = (0..3).map(|_| vec![calls(&["clock"])]).collect();
    scripts.extend([vec![calls(&["echo"])], vec![text("Done.")]]);
    let (log, model) = (Arc::<Log>::default(), model(scripts));
    assert_eq!(executor(model).execute(job(&log)).await.outcome, Outcome::Success);
    assert_eq!(*log.looping.lock().unwrap(), [true, false]);
}

async fn with_budgets(budgets: Budgets, others: Spent) -> (Outcome, usize, String) {
    let (log, model) = (Arc::<Log>::default(), restless());
    *log.others.lock().unwrap() = others;
    let mut job = job(&log);
    job.limits.budgets = budgets;
    let settled = executor(model.clone()).execute(job).await;
    let asked = model.asked.lock().unwrap().len();
    (settled.outcome, asked, settled.text)
}

#[tokio::test]
async fn a_run_ends_after_the_step_that_exceeds_its_budget() {
    let tokens = Budgets { run_tokens: Some(250), ..Budgets::default() };
    let (outcome, asked, _) = with_budgets(tokens, Spent::default()).await;
    let Outcome::OverBudget(failure) = outcome else { panic!("{outcome:?}") };
    assert!(failure.error.contains("330 tokens") && failure.cause == FailureCause::RunBudget, "{failure:?}");
    assert_eq!(asked, 3);
    // 100 tokens in and 10 out are 45 000 nano-dollars.
    let dollars = Budgets { run_cost: Some(NanoDollars(45_000)), ..Budgets::default() };
    let (outcome, asked, _) = with_budgets(dollars, Spent::default()).await;
    assert!(matches!(outcome, Outcome::OverBudget(_)));
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn other_runs_of_the_month_count() {
    let others = Spent { tokens: 900, ..Spent::default() };
    let budgets = Budgets { month_tokens: Some(1_000), ..Budgets::default() };
    let (outcome, asked, _) = with_budgets(budgets, others).await;
    let Outcome::OverBudget(failure) = outcome else { panic!("{outcome:?}") };
    assert!(failure.error.contains("1010 tokens") && failure.cause == FailureCause::MonthBudget, "{failure:?}");
    assert_eq!(asked, 1);
    let spent = Spent { tokens: 1_000, ..Spent::default() };
    assert_eq!(with_budgets(budgets, spent).await.1, 0, "not even begun");
}

#[tokio::test]
async fn a_dollar_budget_refuses_a_model_without_a_price() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![text("Done.")]]));
    let mut job = job(&log);
    job.run.model = "ollama/llama3.2".to_owned();
    job.limits.budgets.month_cost = Some(NanoDollars(1));
    let settled = executor(model.clone()).execute(job).await;
    let Outcome::OverBudget(failure) = settled.outcome else { panic!("{:?}", settled.outcome) };
    assert!(failure.error.contains("ollama/llama3.2 is not known"), "{failure:?}");
    assert_eq!(failure.cause, FailureCause::UnknownPrice);
    assert!(model.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_beyond_the_budget_is_kept_though_the_run_has_failed() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![text("Dear answer."), usage(100, 10)]]));
    let mut job = job(&log);
    job.limits.budgets.run_tokens = Some(100);
    let settled = executor(model).execute(job).await;
    assert!(matches!(settled.outcome, Outcome::OverBudget(_)));
    assert_eq!(settled.text, "Dear answer.");
}
