//! The statements that change a run's status. The statuses they begin at come from the transition.

use super::{RunsOf, Transition};
use crate::domain::run::{FailureKind, RunStatus, Usage};
use crate::domain::time::Timestamp;
use crate::server::entity::run::{self, Column};
use crate::server::store::Store;
use crate::server::store::endings::{Ending, Verdict, tidy};
use crate::server::store::leases::Claim;
use sea_orm::sea_query::{Expr, Query, UpdateStatement};
use sea_orm::{ColumnTrait, ExprTrait, Statement};

impl Store {
    /// The compare-and-set of a transition; returns the run's row.
    pub(super) fn transition_statement(&self, transition: &Transition<'_>) -> Statement {
        let mut update = update(&transition.sources());
        match *transition {
            Transition::Start { claim, at } => {
                held(&mut update, claim)
                    .and_where(Column::CancelRequestedAt.is_null())
                    .value(Column::Status, RunStatus::Running.as_str())
                    .value(Column::StartedAt, at.ms());
            }
            Transition::End { claim, ending, moment } => {
                let run_ms = self.stopwatches.run_ms(claim.run, moment.elapsed_ms);
                end(held(&mut update, claim), ending, moment.at, run_ms);
            }
            Transition::Interrupt { run, error, at, .. } => {
                end_as(&mut update, RunStatus::Failed, Some(FailureKind::Interrupted), Some(error))
                    .and_where(Column::Id.eq(run.0))
                    .and_where(Expr::col(Column::LeaseUntil).lt(Expr::cust(self.db_now())))
                    .value(Column::FinishedAt, at.ms())
                    .value(Column::DurationMs, since_start(at))
                    .value(Column::LeaseOwner, Expr::cust("NULL"))
                    .value(Column::LeaseUntil, Expr::cust("NULL"));
            }
            Transition::Cancel { run, at, .. } => {
                cancel(&mut update, at).and_where(Column::Id.eq(run.0));
            }
        }
        self.build(update.returning_all())
    }

    /// Cancels all of these runs that are in one of these statuses; returns their `id` and `thread_id`.
    pub(super) fn cancel_statement(&self, of: RunsOf, sources: &[RunStatus], at: Timestamp) -> Statement {
        let mut update = update(sources);
        cancel(&mut update, at).and_where(match of {
            RunsOf::Agent(agent) => Column::AgentId.eq(agent.0),
            RunsOf::Thread(thread) => Column::ThreadId.eq(thread.0),
        });
        self.build(update.returning(Query::returning().columns([Column::Id, Column::ThreadId])))
    }
}

fn update(sources: &[RunStatus]) -> UpdateStatement {
    let mut update = Query::update();
    update.table(run::Entity).and_where(is_one_of(sources));
    update
}

/// Spelled out rather than bound, since that is what partial indexes are found by.
pub(super) fn is_one_of(statuses: &[RunStatus]) -> Expr {
    let words: Vec<_> = statuses.iter().map(|status| format!("'{status}'")).collect();
    Expr::cust(match &words[..] {
        [word] => format!("status = {word}"),
        words => format!("status IN ({})", words.join(", ")),
    })
}

fn held<'u>(update: &'u mut UpdateStatement, claim: &Claim) -> &'u mut UpdateStatement {
    update
        .and_where(Column::Id.eq(claim.run.0))
        .and_where(Column::LeaseOwner.eq(claim.owner.as_str()))
        .and_where(Column::Attempt.eq(claim.attempt))
}

fn cancel(update: &mut UpdateStatement, at: Timestamp) -> &mut UpdateStatement {
    update
        .value(Column::Status, RunStatus::Cancelled.as_str())
        .value(Column::CancelRequestedAt, at.ms())
        .value(Column::FinishedAt, at.ms())
        .value(Column::LeaseOwner, Expr::cust("NULL"))
        .value(Column::LeaseUntil, Expr::cust("NULL"))
}

/// Status and reason; a run that was asked to stop becomes cancelled, without a reason.
fn end_as<'u>(
    update: &'u mut UpdateStatement,
    status: RunStatus,
    kind: Option<FailureKind>,
    error: Option<&str>,
) -> &'u mut UpdateStatement {
    let goes_on = || Column::CancelRequestedAt.is_null();
    update
        .value(Column::Status, Expr::case(goes_on(), status.as_str()).finally(RunStatus::Cancelled.as_str()))
        .value(Column::FailureKind, Expr::case(goes_on(), kind.map(FailureKind::as_str)))
        .value(Column::Error, Expr::case(goes_on(), error))
}

fn end(update: &mut UpdateStatement, ending: &Ending, at: Timestamp, run_ms: Option<i64>) {
    match &ending.verdict {
        Verdict::Success => end_as(update, RunStatus::Success, None, None),
        Verdict::Failed { kind, error } => end_as(update, RunStatus::Failed, Some(*kind), Some(&tidy(error))),
        Verdict::Cancelled => end_as(update, RunStatus::Cancelled, None, None),
    };
    let acknowledged = ending.acknowledged_at.unwrap_or(at);
    update
        .value(Column::FinishedAt, at.ms())
        .value(Column::DurationMs, run_ms.map_or_else(|| since_start(at), Expr::val))
        .value(Column::CancelAcknowledgedAt, Expr::case(Column::CancelRequestedAt.is_not_null(), acknowledged.ms()))
        .value(Column::Finish, ending.finish.map(crate::domain::finish::Finish::as_str))
        .value(Column::LeaseUntil, Expr::cust("NULL"))
        // Where nobody has reported, the steps say it afterwards.
        .values(usage(&ending.usage.unwrap_or_default()));
}

/// Milliseconds since the run began, never below 0.
fn since_start(at: Timestamp) -> Expr {
    Expr::case(
        Expr::val(at.ms()).gt(Expr::col(Column::StartedAt)),
        Expr::val(at.ms()).sub(Expr::col(Column::StartedAt)),
    )
    .finally(0_i64)
    .into()
}

fn usage(usage: &Usage) -> [(Column, Expr); 8] {
    [
        (Column::PromptTokens, usage.prompt_tokens.into()),
        (Column::CachedTokens, usage.cached_tokens.into()),
        (Column::CompletionTokens, usage.completion_tokens.into()),
        (Column::ReasoningTokens, usage.reasoning_tokens.into()),
        (Column::TotalTokens, usage.total_tokens.into()),
        (Column::UsageEstimated, usage.usage_estimated.into()),
        (Column::TotalCost, usage.total_cost.map(|cost| cost.0).into()),
        (Column::CostBilled, usage.cost_billed.into()),
    ]
}
