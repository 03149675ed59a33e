//! The steps of one run as far as charts draw them: times, tries, tokens and cost, without payloads.

use super::Store;
use super::error::StoreResult;
use super::scope::Scope;
use crate::domain::finish::Finish;
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::step::{StepKind, StepTry};
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use sea_orm::FromQueryResult;

/// The steps of run `:run`, from first to last.
pub(super) const TIMED: &str = "
SELECT s.position, s.kind, s.name, s.started_at, s.finished_at, s.duration_ms, s.prompt_tokens, s.cached_tokens,
       s.completion_tokens, s.total_tokens, s.total_cost, s.usage_estimated, s.finish, s.tries, s.error IS NOT NULL AS has_failed
FROM run_steps s
WHERE s.run_id = :run AND EXISTS (SELECT 1 FROM agent_runs r WHERE r.id = s.run_id AND r.owner_id = :owner)
ORDER BY s.position";

/// A model or tool call; fields are those of a [`RunStep`](crate::domain::step::RunStep).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedStep {
    pub position: i32,
    pub kind: StepKind,
    pub name: String,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    pub total_cost: Option<NanoDollars>,
    pub usage_estimated: bool,
    pub finish: Option<Finish>,
    pub tries: Vec<StepTry>,
    pub has_failed: bool,
}

#[derive(FromQueryResult)]
struct Row {
    position: i32,
    kind: StepKind,
    name: String,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
    duration_ms: Option<i64>,
    prompt_tokens: Option<i64>,
    cached_tokens: Option<i64>,
    completion_tokens: Option<i64>,
    total_tokens: Option<i64>,
    total_cost: Option<NanoDollars>,
    usage_estimated: bool,
    finish: Option<Finish>,
    tries: Json<Vec<StepTry>>,
    has_failed: bool,
}

impl From<Row> for TimedStep {
    fn from(row: Row) -> Self {
        Self {
            position: row.position,
            kind: row.kind,
            name: row.name,
            started_at: row.started_at,
            finished_at: row.finished_at,
            duration_ms: row.duration_ms,
            prompt_tokens: row.prompt_tokens,
            cached_tokens: row.cached_tokens,
            completion_tokens: row.completion_tokens,
            total_tokens: row.total_tokens,
            total_cost: row.total_cost,
            usage_estimated: row.usage_estimated,
            finish: row.finish,
            tries: row.tries.0,
            has_failed: row.has_failed,
        }
    }
}

impl Store {
    /// Returns the steps of a run; none of somebody else's.
    pub async fn timed_steps(&self, scope: &Scope, run: RunId) -> StoreResult<Vec<TimedStep>> {
        let select = self.named(TIMED, [("owner", scope.owner().into()), ("run", run.into())]);
        Ok(Row::find_by_statement(select).all(&self.read).await?.into_iter().map(TimedStep::from).collect())
    }
}
