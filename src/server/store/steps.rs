//! The steps of a run under way, and what it is writing. Every write holds only as long as the claim does.

use super::endings::tidy;
use super::error::StoreResult;
use super::leases::Claim;
use super::payloads::Kept;
use super::stopwatches::since;
use super::transit::{Change, add_signals, progress_of, serve};
use super::{Moment, Store, offers};
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::run::Usage;
use crate::domain::signal::{Signal, Signals};
use crate::domain::step::payload::{Side, preview};
use crate::domain::step::{RunStep, StepKind, StepTry, clamp_calls};
use crate::domain::time::Timestamp;
use crate::server::entity::run;
use crate::server::entity::step::{self, Column};
use crate::server::entity::values::Json;
use crate::server::execution::{NewStep, StepEnding, Tried};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, ExprTrait, FromQueryResult, QueryResult, Statement, Value};
use std::cmp;

/// The run of a claim that still holds.
const HELD: &str =
    "SELECT id FROM agent_runs WHERE id = :run AND status = 'running' AND lease_owner = :owner AND attempt = :attempt";

#[derive(FromQueryResult)]
struct Piece {
    step: i32,
    text: String,
}

impl Store {
    /// Records that a step begins. `None` when the claim no longer holds.
    pub async fn begin_step(&self, claim: &Claim, position: i32, new: &NewStep) -> StoreResult<Option<RunStep>> {
        let Moment { at, elapsed_ms } = self.moment();
        let input = &Kept::of(Some(&new.input)).await;
        let begun = self.write_if(|txn, _| {
            Box::pin(async move {
                let begin = self.step_beginning(claim, position, new, input, at);
                let Some(step) = step::Model::find_by_statement(begin).one(txn).await? else { return Ok(None) };
                self.insert_payload(txn, claim.run, position, Side::Input, input).await?;
                Ok(Some(RunStep::from(step)))
            })
        });
        let begun = begun.await;
        // As for a run's beginning.
        if !matches!(begun, Ok(None)) {
            self.stopwatches.begin_step(claim.run, position, elapsed_ms);
        }
        match begun? {
            None => self.step_begun_before(claim, position).await,
            begun => Ok(begun),
        }
    }

    /// Returns the statement that begins a step as long as the claim holds, and yields it. `input` is the step's, prepared;
    /// where it is long, whoever executes the statement stores it too.
    pub(super) fn step_beginning(
        &self,
        claim: &Claim,
        position: i32,
        new: &NewStep,
        input: &Kept,
        at: Timestamp,
    ) -> Statement {
        self.named(
            &format!(
                "INSERT INTO run_steps (run_id, position, kind, name, started_at, input, input_cut, input_bytes,
                                        prompt_tokens, usage_estimated, call_id)
                 SELECT held.id, CAST(:position AS INTEGER), :kind, :name, CAST(:at AS BIGINT), :input, :input_cut,
                        CAST(:input_bytes AS BIGINT), CAST(:prompt_tokens AS BIGINT), :estimated, :call_id
                 FROM ({HELD} {}) AS held WHERE TRUE
                 ON CONFLICT (run_id, position) DO NOTHING RETURNING *",
                self.lock_shared()
            ),
            held(claim).into_iter().chain([
                ("position", position.into()),
                ("kind", new.kind.into()),
                ("name", new.name.as_str().into()),
                ("at", at.into()),
                ("input", input.record.as_deref().into()),
                ("input_cut", input.is_cut.into()),
                ("input_bytes", input.bytes.into()),
                ("prompt_tokens", new.prompt_tokens.into()),
                ("estimated", new.prompt_tokens.is_some().into()),
                ("call_id", new.call_id.as_deref().into()),
            ]),
        )
    }

    /// Records that tries of a step have failed: all of them so far, and what they have used. `None` when the claim no longer
    /// holds.
    pub async fn write_tries(
        &self,
        claim: &Claim,
        position: i32,
        tries: &[StepTry],
        used: &Tried,
    ) -> StoreResult<Option<(Change, RunStep)>> {
        let update = &self.build(progress_of(claim).values(run::Column::of_usage(&used.run)));
        // As long as the step is open it has no sum and no cost.
        let open =
            Usage { total_tokens: None, total_cost: None, usage_estimated: true, cost_billed: false, ..used.step };
        let mut tried = Query::update();
        tried
            .table(step::Entity)
            .and_where(Column::RunId.eq(claim.run))
            .and_where(Column::Position.eq(position))
            .and_where(Column::FinishedAt.is_null())
            .value(Column::Tries, Json(tries.to_vec()))
            .values(Column::of_usage(&open))
            .value(Column::Revision, Expr::col(Column::Revision).add(1))
            .returning_all();
        let tried = &self.build(&tried);
        self.write_if(|txn, _| {
            Box::pin(async move {
                // The failed try's output is void, and its tokens are counted already.
                let forget = "DELETE FROM run_output WHERE run_id = $1 AND step = $2";
                let forget = self.statement(forget, [claim.run.into(), position.into()]);
                let progress = self.progress(txn, claim.agent, update.clone(), vec![tried.clone(), forget]).await?;
                let Some((change, then)) = progress else { return Ok(None) };
                Ok(read_steps(then.iter().flatten())?.pop().map(|step| (change, step)))
            })
        })
        .await
    }

    /// Records that a step ends and its run goes on, having used `so_far` in all. `None` when the claim no longer
    /// holds.
    pub async fn end_step(
        &self,
        claim: &Claim,
        ending: &StepEnding,
        so_far: &Usage,
    ) -> StoreResult<Option<(Change, RunStep)>> {
        let mut update = progress_of(claim);
        update.values(run::Column::of_usage(so_far));
        add_signals(&mut update, ending.signals);
        serve(&mut update, ending.answer.served_model.as_deref());
        if ending.error.is_some() {
            let failed = || Expr::col(run::Column::FailedCalls);
            let counted = Expr::case(is_call(claim.run, ending.position), failed().add(1)).finally(failed());
            update.value(run::Column::FailedCalls, counted);
        }
        let offer = &self.kept_offer(ending.offer.as_ref()).await;
        if let Some(offer) = offer {
            update.value(offers::COLUMN, offer.digest());
        }
        let update = &self.build(&update);
        // The same however often it is tried.
        let moment = self.moment();
        let output = &Kept::of(ending.output.as_deref()).await;
        let ended = self.write_if(|txn, _| {
            Box::pin(async move {
                let forget = "DELETE FROM run_output WHERE run_id = $1 AND step = $2";
                let forget = self.statement(forget, [claim.run.into(), ending.position.into()]);
                let then = vec![self.step_end(claim.run, ending, output, moment), forget];
                let progress = self.progress(txn, claim.agent, update.clone(), then).await?;
                let Some((change, then)) = progress else { return Ok(None) };
                let Some(step) = read_steps(then.iter().flatten())?.pop() else { return Ok(None) };
                self.insert_payload(txn, claim.run, ending.position, Side::Output, output).await?;
                self.keep_echo(txn, claim.run, ending).await?;
                self.insert_offer(txn, offer.as_ref()).await?;
                Ok(Some((change, step)))
            })
        });
        match ended.await? {
            None => self.step_ended_before(claim, ending.position).await,
            ended => {
                self.remember_offer(offer.as_ref());
                Ok(ended)
            }
        }
    }

    /// Returns the statement that ends a step which has not ended, and yields it. `output` is the step's, prepared; where it
    /// is long, whoever executes the statement stores it too.
    pub(super) fn step_end(&self, run: RunId, ending: &StepEnding, output: &Kept, moment: Moment) -> Statement {
        let answer = &ending.answer;
        let reasoning = answer.reasoning.as_deref().map(preview);
        let duration = self.stopwatches.step_ms(run, ending.position, moment.elapsed_ms);
        let mut update = Query::update();
        update
            .table(step::Entity)
            .and_where(Column::RunId.eq(run))
            .and_where(Column::Position.eq(ending.position))
            .and_where(Column::FinishedAt.is_null())
            .values(Column::of_usage(&ending.usage))
            .value(Column::Rates, ending.rates.clone().map(Json))
            .value(Column::Output, output.record.as_deref())
            .value(Column::OutputCut, output.is_cut)
            .value(Column::OutputBytes, output.bytes)
            .value(Column::Calls, Json(clamp_calls(&answer.calls)))
            .value(Column::Error, ending.error.as_deref().map(tidy))
            .value(Column::Finish, answer.finish)
            .value(Column::Reasoning, reasoning.map(|(text, _)| text))
            .value(Column::ReasoningCut, reasoning.is_some_and(|(_, is_cut)| is_cut))
            .value(Column::ServedModel, answer.served_model.as_deref())
            .value(Column::FinishedAt, moment.at)
            .value(Column::Revision, Expr::col(Column::Revision).add(1))
            .value(Column::DurationMs, duration.map_or_else(|| since(Column::StartedAt, moment.at), Expr::val))
            .returning_all();
        self.build(&update)
    }

    /// Keeps the echo of a step that has ended, if there is one.
    pub(super) async fn keep_echo<C: ConnectionTrait>(
        &self,
        db: &C,
        run: RunId,
        ending: &StepEnding,
    ) -> StoreResult<()> {
        if let Some(echo) = &ending.answer.echo {
            let keep =
                "INSERT INTO run_echoes (run_id, step, echo) VALUES ($1, $2, $3) ON CONFLICT (run_id, step) DO NOTHING";
            let echo = [run.into(), ending.position.into(), Json(echo.clone()).into()];
            db.execute_raw(self.statement(keep, echo)).await?;
        }
        Ok(())
    }

    /// Records whether the run seems to be stuck in a loop. `None` when the claim no longer holds.
    pub async fn mark_looping(&self, claim: &Claim, looping: bool) -> StoreResult<Option<Change>> {
        let mut update = progress_of(claim);
        update.value(run::Column::Looping, looping);
        add_signals(&mut update, Signals::default().with(Signal::Looping, looping));
        let update = &self.build(&update);
        let marked = self.write_if(|txn, _| {
            Box::pin(async move { self.progress(txn, claim.agent, update.clone(), Vec::new()).await })
        });
        Ok(marked.await?.map(|(change, _)| change))
    }

    /// Keeps what a step has written from byte `start` on, in place of anything that was there. Does nothing when the
    /// claim no longer holds, or the step has ended: its record has all of it.
    pub async fn append_output(&self, claim: &Claim, step: i32, start: usize, text: &str) -> StoreResult<()> {
        let start = start as i64;
        let stored = self.write_if(|txn, _| {
            Box::pin(async move {
                // The run's row before its output, as whoever ends a step or the run takes them.
                let lock = self.named(&format!("{HELD} {}", self.lock_shared()), held(claim));
                let open = self.statement(
                    "SELECT id FROM run_steps WHERE run_id = $1 AND position = $2 AND finished_at IS NULL",
                    [claim.run.into(), step.into()],
                );
                if txn.query_one_raw(lock).await?.is_none() || txn.query_one_raw(open).await?.is_none() {
                    return Ok(None);
                }
                if start == 0 {
                    let void = "DELETE FROM run_output WHERE run_id = $1 AND step = $2";
                    txn.execute_raw(self.statement(void, [claim.run.into(), step.into()])).await?;
                }
                let insert = self.statement(
                    "INSERT INTO run_output (run_id, step, start, text) VALUES ($1, $2, $3, $4)
             ON CONFLICT (run_id, step, start) DO UPDATE SET text = excluded.text",
                    [claim.run.into(), step.into(), start.into(), text.into()],
                );
                txn.execute_raw(insert).await?;
                Ok(Some(()))
            })
        });
        stored.await.map(drop)
    }

    /// Returns the output of the last step that wrote, as far as it was kept; `None` when nothing was.
    pub async fn kept_output(&self, run: RunId) -> StoreResult<Option<(i32, String)>> {
        self.read_output(&self.read, run).await
    }

    pub(super) async fn read_output<C: ConnectionTrait>(
        &self,
        db: &C,
        run: RunId,
    ) -> StoreResult<Option<(i32, String)>> {
        let pieces = Piece::find_by_statement(self.statement(
            "SELECT step, text FROM run_output
             WHERE run_id = $1 AND step = (SELECT MAX(step) FROM run_output WHERE run_id = $1) ORDER BY start",
            [run.into()],
        ))
        .all(db)
        .await?;
        let step = pieces.first().map(|piece| piece.step);
        Ok(step.map(|step| (step, pieces.into_iter().map(|piece| piece.text).collect())))
    }

    /// Keeps a run's row from ending while something is added to it. SQLite writes one at a time anyway.
    fn lock_shared(&self) -> &'static str {
        match self.backend() {
            DbBackend::Postgres => "FOR SHARE",
            _ => "",
        }
    }
}

/// Returns the condition that a step is a tool call that was made: a tool that was not offered to the model is given nothing.
fn is_call(run: RunId, position: i32) -> Expr {
    let mut step = Query::select();
    step.expr(1)
        .from(step::Entity)
        .and_where(Column::RunId.eq(run))
        .and_where(Column::Position.eq(position))
        .and_where(Column::Kind.eq(StepKind::ToolCall))
        .and_where(Column::Input.ne(""));
    Expr::exists(step)
}

/// Returns the steps of a statement that yields steps.
pub(super) fn read_steps<'r>(rows: impl IntoIterator<Item = &'r QueryResult>) -> StoreResult<Vec<RunStep>> {
    rows.into_iter().map(|row| Ok(step::Model::from_query_result(row, "")?.into())).collect()
}

/// Returns the parameters of [`HELD`].
fn held(claim: &Claim) -> [(&'static str, Value); 3] {
    [("run", claim.run.into()), ("owner", claim.owner.as_str().into()), ("attempt", claim.attempt.into())]
}

/// Returns the part of the cost that arose after `since`: of a step that was under way then, in proportion to its time.
pub(super) fn cost_after(steps: &[RunStep], since: Timestamp) -> Option<NanoDollars> {
    let share = |step: &RunStep| {
        let cost = step.usage.total_cost?.0;
        let end = step.finished_at.unwrap_or(step.started_at);
        let (whole, after) = (end.ms_since(step.started_at), end.ms_since(cmp::max(since, step.started_at)));
        Some(match whole {
            0 if step.started_at >= since => cost,
            0 => 0,
            _ => i64::try_from(i128::from(cost) * i128::from(after) / i128::from(whole)).unwrap_or(i64::MAX),
        })
    };
    let calls = steps.iter().filter(|step| step.usage.total_tokens.is_some());
    let sum = calls.map(share).try_fold(0_i64, |sum, cost| Some(sum.saturating_add(cost?)));
    sum.map(NanoDollars)
}

#[cfg(test)]
mod tests;
