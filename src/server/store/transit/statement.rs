//! The statements that change a run's status. The statuses they begin at come from the transition.

use super::{RunsOf, Transition};
use crate::domain::failure::Failure;
use crate::domain::run::RunStatus;
use crate::domain::signal::Signals;
use crate::domain::text::beginning;
use crate::domain::time::Timestamp;
use crate::server::entity::run::{self, Column};
use crate::server::store::Store;
use crate::server::store::endings::{Ending, Verdict, tidy};
use crate::server::store::holds::not_held;
use crate::server::store::leases::Claim;
use crate::server::store::offers;
use crate::server::store::stopwatches::since;
use sea_orm::sea_query::{Expr, Query, UpdateStatement};
use sea_orm::{ColumnTrait, ExprTrait, Statement};

impl Store {
    /// Returns the compare-and-set of a transition, which yields the run's row.
    pub(super) fn transition_statement(&self, transition: &Transition<'_>) -> Statement {
        let mut update = update(&transition.sources());
        match *transition {
            Transition::Start { claim, at, .. } => {
                held(&mut update, claim)
                    // Once it has expired its place counts as free, and another run may have taken it.
                    .and_where(Expr::col(Column::LeaseUntil).gte(Expr::cust(self.db_now())))
                    .and_where(Column::CancelRequestedAt.is_null())
                    .and_where(Expr::cust(not_held("agent_runs")))
                    .value(Column::Status, RunStatus::Running)
                    .value(Column::StartedAt, at);
            }
            Transition::End { claim, ending, outputs, moment } => {
                let run_ms = self.stopwatches.run_ms(claim.run, moment.elapsed_ms);
                end(held(&mut update, claim), ending, moment.at, run_ms);
                if let Some(offer) = &outputs.offer {
                    update.value(offers::COLUMN, offer.digest());
                }
            }
            Transition::Interrupt { run, failure, at, .. } => {
                end_as(&mut update, RunStatus::Failed, Some(failure))
                    .and_where(Column::Id.eq(run))
                    .and_where(Expr::col(Column::LeaseUntil).lt(Expr::cust(self.db_now())))
                    .value(Column::FinishedAt, at)
                    .value(Column::DurationMs, since(Column::StartedAt, at))
                    .value(Column::LeaseOwner, Expr::cust("NULL"))
                    .value(Column::LeaseUntil, Expr::cust("NULL"));
            }
            Transition::Cancel { run, at, .. } => {
                cancel(&mut update, at).and_where(Column::Id.eq(run));
            }
        }
        self.build(update.returning_all())
    }

    /// Cancels all of these runs that are in one of these statuses; returns of each what its end needs.
    pub(super) fn cancel_statement(&self, of: RunsOf, sources: &[RunStatus], at: Timestamp) -> Statement {
        let mut update = update(sources);
        cancel(&mut update, at).and_where(of.condition());
        let ended =
            [Column::Id, Column::ThreadId, Column::AgentId, Column::Trigger, Column::Model, Column::AgentVersion];
        self.build(update.returning(Query::returning().columns(ended)))
    }
}

/// Returns an update of runs that are running, which is to leave their status as it is.
pub(in crate::server::store) fn progress() -> UpdateStatement {
    update(&[RunStatus::Running])
}

/// Returns the same for a claim's run, which yields its row.
pub(in crate::server::store) fn progress_of(claim: &Claim) -> UpdateStatement {
    let mut update = progress();
    held(&mut update, claim).returning_all();
    update
}

impl RunsOf {
    /// Returns the condition that a row is one of these.
    pub(in crate::server::store) fn condition(self) -> Expr {
        match self {
            Self::Agent(agent) => Column::AgentId.eq(agent),
            Self::Thread(thread) => Column::ThreadId.eq(thread),
        }
    }
}

fn update(sources: &[RunStatus]) -> UpdateStatement {
    let mut update = Query::update();
    update.table(run::Entity).and_where(is_one_of(sources));
    update
}

/// Adds these to the signals of a run.
pub(in crate::server::store) fn add_signals(update: &mut UpdateStatement, signals: Signals) {
    if !signals.is_empty() {
        update.value(Column::Signals, Expr::cust(format!("COALESCE(signals, 0) | {}", signals.bits())));
    }
}

/// Notes the model that a run was served last, where an answer says so.
pub(in crate::server::store) fn serve(update: &mut UpdateStatement, model: Option<&str>) {
    if let Some(model) = model {
        update.value(Column::ServedModel, model);
    }
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
        .and_where(Column::Id.eq(claim.run))
        .and_where(Column::LeaseOwner.eq(claim.owner.as_str()))
        .and_where(Column::Attempt.eq(claim.attempt))
}

fn cancel(update: &mut UpdateStatement, at: Timestamp) -> &mut UpdateStatement {
    update
        .value(Column::Status, RunStatus::Cancelled)
        .value(Column::CancelRequestedAt, at)
        .value(Column::FinishedAt, at)
        .value(Column::LeaseOwner, Expr::cust("NULL"))
        .value(Column::LeaseUntil, Expr::cust("NULL"))
}

/// Status and reason; a run that was asked to stop becomes cancelled, without a reason.
fn end_as<'u>(
    update: &'u mut UpdateStatement,
    status: RunStatus,
    failure: Option<&Failure>,
) -> &'u mut UpdateStatement {
    let goes_on = || Column::CancelRequestedAt.is_null();
    update
        .value(Column::Status, Expr::case(goes_on(), status).finally(RunStatus::Cancelled))
        .value(Column::FailureKind, Expr::case(goes_on(), failure.map(|failure| failure.cause.kind())))
        .value(Column::FailureCause, Expr::case(goes_on(), failure.map(|failure| failure.cause)))
        .value(Column::FailureDetail, Expr::case(goes_on(), failure.and_then(|failure| failure.detail.as_deref())))
        .value(Column::Error, Expr::case(goes_on(), failure.map(|failure| tidy(&failure.error))))
}

fn end(update: &mut UpdateStatement, ending: &Ending, at: Timestamp, run_ms: Option<i64>) {
    match &ending.verdict {
        Verdict::Success => end_as(update, RunStatus::Success, None),
        Verdict::Failed(failure) => end_as(update, RunStatus::Failed, Some(failure)),
        Verdict::Cancelled => end_as(update, RunStatus::Cancelled, None),
    };
    let acknowledged = ending.acknowledged_at.unwrap_or(at);
    update
        .value(Column::FinishedAt, at)
        .value(Column::DurationMs, run_ms.map_or_else(|| since(Column::StartedAt, at), Expr::val))
        .value(Column::CancelAcknowledgedAt, Expr::case(Column::CancelRequestedAt.is_not_null(), acknowledged))
        .value(Column::Finish, ending.finish)
        .value(Column::AnswerPreview, beginning(&ending.text))
        .value(Column::LeaseUntil, Expr::cust("NULL"))
        // Where nobody has reported, the steps say it afterwards.
        .values(Column::of_usage(&ending.usage.unwrap_or_default()));
    serve(update, ending.served_model());
}
