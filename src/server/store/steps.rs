//! The steps of a run under way, and what it is writing. Every write holds only as long as the claim does.

use super::endings::tidy;
use super::error::StoreResult;
use super::leases::Claim;
use super::transit::Change;
use super::{Moment, Store, map};
use crate::domain::finish::Finish;
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::run::Usage;
use crate::domain::step::{RunStep, StepTry, clamp_payload};
use crate::domain::time::Timestamp;
use crate::server::entity::step;
use crate::server::execution::{NewStep, StepEnding};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Value};

/// The run of a claim that still holds: `$1` is its id, `$2` the owner, `$3` the attempt.
const HELD: &str =
    "SELECT id FROM agent_runs WHERE id = $1 AND status = 'running' AND lease_owner = $2 AND attempt = $3";

#[derive(FromQueryResult)]
struct Piece {
    step: i32,
    text: String,
}

impl Store {
    /// A step begins. `None` when the claim no longer holds.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn begin_step(&self, claim: &Claim, position: i32, new: &NewStep) -> StoreResult<Option<RunStep>> {
        let begun =
            self.write_if(|txn, _| Box::pin(async move { self.insert_step(txn, claim, position, new).await })).await?;
        match begun {
            None => self.step_begun_before(claim, position).await,
            begun => Ok(begun),
        }
    }

    pub(super) async fn insert_step<C: ConnectionTrait>(
        &self,
        db: &C,
        claim: &Claim,
        position: i32,
        new: &NewStep,
    ) -> StoreResult<Option<RunStep>> {
        let (input, input_cut) = clamp_payload(&new.input);
        let insert = self.statement(
            format!(
                "INSERT INTO run_steps (run_id, position, kind, name, started_at, input, input_cut, prompt_tokens,
                                        usage_estimated, call_id)
                 SELECT held.id, CAST($4 AS INTEGER), $5, $6, CAST($7 AS BIGINT), $8, $9, CAST($10 AS BIGINT), $11, $12
                 FROM ({HELD} {}) AS held WHERE TRUE
                 ON CONFLICT (run_id, position) DO NOTHING RETURNING *",
                self.lock_shared()
            ),
            held(claim).into_iter().chain([
                position.into(),
                new.kind.as_str().into(),
                new.name.as_str().into(),
                self.now().ms().into(),
                input.into(),
                input_cut.into(),
                new.prompt_tokens.into(),
                new.prompt_tokens.is_some().into(),
                new.call_id.as_deref().into(),
            ]),
        );
        let begun = step::Model::find_by_statement(insert).one(db).await?.map(map::step).transpose()?;
        if begun.is_some() {
            self.stopwatches.begin_step(claim.run, position, self.elapsed_ms());
        }
        Ok(begun)
    }

    /// Tries of a step have failed; all of them so far. `None` when the claim no longer holds.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn write_tries(&self, claim: &Claim, position: i32, tries: &[StepTry]) -> StoreResult<Option<RunStep>> {
        let update = &self.statement(
            format!(
                "UPDATE run_steps SET tries = $5, revision = revision + 1
                 WHERE run_id IN ({HELD} {}) AND position = $4 RETURNING *",
                self.lock_shared()
            ),
            held(claim).into_iter().chain([position.into(), tries_text(tries).into()]),
        );
        self.write_if(|txn, _| {
            Box::pin(async move {
                step::Model::find_by_statement(update.clone()).one(txn).await?.map(map::step).transpose()
            })
        })
        .await
    }

    /// A step ends and its run goes on, having used `so_far` in all. `None` when the claim no longer holds.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn end_step(
        &self,
        claim: &Claim,
        ending: &StepEnding,
        so_far: &Usage,
    ) -> StoreResult<Option<(Change, RunStep)>> {
        let update = &self.statement(
            format!(
                "UPDATE agent_runs SET prompt_tokens = $4, cached_tokens = $5, completion_tokens = $6,
                        reasoning_tokens = $7, total_tokens = $8, usage_estimated = $9, total_cost = $10,
                        cost_billed = $11
                 WHERE id IN ({HELD}) RETURNING *"
            ),
            held(claim).into_iter().chain(usage_values(so_far)),
        );
        // The same however often it is tried.
        let moment = self.moment();
        let ended = self.write_if(|txn, _| {
            Box::pin(async move {
                let Some(change) = self.progress(txn, claim.agent, update.clone()).await? else { return Ok(None) };
                let Some(step) = self.write_step_end(txn, claim.run, ending, moment).await? else {
                    return Ok(None);
                };
                let delete = "DELETE FROM run_output WHERE run_id = $1 AND step = $2";
                txn.execute_raw(self.statement(delete, [claim.run.0.into(), ending.position.into()])).await?;
                Ok(Some((change, step)))
            })
        });
        match ended.await? {
            None => self.step_ended_before(claim, ending.position).await,
            ended => Ok(ended),
        }
    }

    pub(super) async fn write_step_end<C: ConnectionTrait>(
        &self,
        db: &C,
        run: RunId,
        ending: &StepEnding,
        moment: Moment,
    ) -> StoreResult<Option<RunStep>> {
        let answer = &ending.answer;
        let (output, output_cut) = payload(ending.output.as_deref());
        let (reasoning, reasoning_cut) = payload(answer.reasoning.as_deref());
        let update = self.statement(
            "UPDATE run_steps SET prompt_tokens = $4, cached_tokens = $5, completion_tokens = $6, reasoning_tokens = $7,
                    total_tokens = $8, usage_estimated = $9, total_cost = $10, cost_billed = $11, rates = $12,
                    output = $13, output_cut = $14, error = $15, finish = $16, reasoning = $17, reasoning_cut = $18,
                    served_model = $19, finished_at = $3, revision = revision + 1,
                    duration_ms = COALESCE(CAST($20 AS BIGINT),
                                           CASE WHEN $3 > started_at THEN $3 - started_at ELSE 0 END)
             WHERE run_id = $1 AND position = $2 AND finished_at IS NULL RETURNING *",
            [run.0.into(), ending.position.into(), moment.at.ms().into()].into_iter().chain(usage_values(&ending.usage)).chain([
                ending.rates.as_ref().map(ToString::to_string).into(),
                output.into(),
                output_cut.into(),
                ending.error.as_deref().map(tidy).into(),
                answer.finish.map(Finish::as_str).into(),
                reasoning.into(),
                reasoning_cut.into(),
                answer.served_model.as_deref().into(),
                self.stopwatches.step_ms(run, ending.position, moment.elapsed_ms).into(),
            ]),
        );
        let Some(step) = step::Model::find_by_statement(update).one(db).await? else { return Ok(None) };
        if let Some(echo) = &answer.echo {
            let keep =
                "INSERT INTO run_echoes (run_id, step, echo) VALUES ($1, $2, $3) ON CONFLICT (run_id, step) DO NOTHING";
            let echo = [run.0.into(), ending.position.into(), echo.to_string().into()];
            db.execute_raw(self.statement(keep, echo)).await?;
        }
        map::step(step).map(Some)
    }

    /// The run seems to go round in circles, or no longer does. `None` when the claim no longer holds.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn mark_looping(&self, claim: &Claim, looping: bool) -> StoreResult<Option<Change>> {
        let update = &self.statement(
            format!("UPDATE agent_runs SET looping = $4 WHERE id IN ({HELD}) RETURNING *"),
            held(claim).into_iter().chain([looping.into()]),
        );
        self.write_if(|txn, _| Box::pin(async move { self.progress(txn, claim.agent, update.clone()).await })).await
    }

    /// Keeps what a step has written from byte `start` on, in place of anything that was there. Does nothing when the
    /// claim no longer holds, or the step has ended: its record has all of it.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn append_output(&self, claim: &Claim, step: i32, start: usize, text: &str) -> StoreResult<()> {
        let start = start as i64;
        let stored = self.write_if(|txn, _| {
            Box::pin(async move {
                // The run's row before its output, as whoever ends a step or the run takes them.
                let lock = self.statement(format!("{HELD} {}", self.lock_shared()), held(claim));
                let open = self.statement(
                    "SELECT id FROM run_steps WHERE run_id = $1 AND position = $2 AND finished_at IS NULL",
                    [claim.run.0.into(), step.into()],
                );
                if txn.query_one_raw(lock).await?.is_none() || txn.query_one_raw(open).await?.is_none() {
                    return Ok(None);
                }
                if start == 0 {
                    let void = "DELETE FROM run_output WHERE run_id = $1 AND step = $2";
                    txn.execute_raw(self.statement(void, [claim.run.0.into(), step.into()])).await?;
                }
                let insert = self.statement(
                    "INSERT INTO run_output (run_id, step, start, text) VALUES ($1, $2, $3, $4)
             ON CONFLICT (run_id, step, start) DO UPDATE SET text = excluded.text",
                    [claim.run.0.into(), step.into(), start.into(), text.into()],
                );
                txn.execute_raw(insert).await?;
                Ok(Some(()))
            })
        });
        stored.await.map(drop)
    }

    /// What the last step to write has written, as far as it was kept; `None` when nothing was.
    ///
    /// # Errors
    /// Only those of the database.
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
            [run.0.into()],
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

fn held(claim: &Claim) -> [Value; 3] {
    [claim.run.0.into(), claim.owner.as_str().into(), claim.attempt.into()]
}

/// Prompt, cached, completion, reasoning and total tokens, whether they are estimated, the cost, and whether it is a bill.
pub(super) fn usage_values(usage: &Usage) -> [Value; 8] {
    [
        usage.prompt_tokens.into(),
        usage.cached_tokens.into(),
        usage.completion_tokens.into(),
        usage.reasoning_tokens.into(),
        usage.total_tokens.into(),
        usage.usage_estimated.into(),
        usage.total_cost.map(|cost| cost.0).into(),
        usage.cost_billed.into(),
    ]
}

/// A text as it is kept, and whether that is only its beginning.
fn payload(text: Option<&str>) -> (Option<String>, bool) {
    let kept = text.map(clamp_payload).map(|(kept, is_cut)| (kept.to_owned(), is_cut));
    kept.map_or((None, false), |(kept, is_cut)| (Some(kept), is_cut))
}

fn tries_text(tries: &[StepTry]) -> String {
    // Cannot fail: texts and numbers.
    serde_json::to_string(tries).unwrap_or_else(|_| "[]".to_owned())
}

/// The part of the cost that arose after `since`: of a step that was under way then, in proportion to its time.
pub(super) fn cost_after(steps: &[RunStep], since: Timestamp) -> Option<NanoDollars> {
    let share = |step: &RunStep| {
        let cost = step.usage.total_cost?.0;
        let end = step.finished_at.unwrap_or(step.started_at);
        let (whole, after) = (end.ms_since(step.started_at), end.ms_since(since.max(step.started_at)));
        Some(match whole {
            0 if step.started_at >= since => cost,
            0 => 0,
            _ => i64::try_from(i128::from(cost) * i128::from(after) / i128::from(whole)).unwrap_or(i64::MAX),
        })
    };
    let calls = steps.iter().filter(|step| step.usage.total_tokens.is_some());
    calls.map(share).sum::<Option<i64>>().map(NanoDollars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::StepId;
    use crate::domain::step::StepKind;

    fn step(from_s: i64, to_s: i64, cost: Option<i64>) -> RunStep {
        RunStep {
            id: StepId(1),
            run_id: RunId(1),
            position: 1,
            kind: StepKind::ModelCall,
            name: "demo/quick".to_owned(),
            revision: 1,
            started_at: Timestamp::from_ms(from_s * 1_000),
            finished_at: Some(Timestamp::from_ms(to_s * 1_000)),
            duration_ms: None,
            usage: Usage { total_tokens: Some(9), total_cost: cost.map(NanoDollars), ..Usage::default() },
            rates: None,
            input: None,
            input_cut: false,
            output: None,
            output_cut: false,
            finish: None,
            reasoning: None,
            reasoning_cut: false,
            served_model: None,
            tries: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn what_was_spent_before_a_stop_is_not_spent_after_it() {
        let steps = [step(0, 10, Some(1_000)), step(10, 20, Some(1_000)), step(20, 22, Some(100))];
        assert_eq!(cost_after(&steps, Timestamp::from_ms(15_000)), Some(NanoDollars(600)));
        assert_eq!(cost_after(&steps, Timestamp::from_ms(22_000)), Some(NanoDollars(0)));
    }

    #[test]
    fn with_an_unknown_price_it_is_not_known() {
        assert_eq!(cost_after(&[step(0, 10, None)], Timestamp::from_ms(5_000)), None);
    }
}
