//! The steps of several runs at once, as far as traces tell of them: without what was sent and what came back, which is most of a
//! step.

use super::Store;
use super::error::StoreResult;
use super::named::among;
use super::scope::Scope;
use crate::domain::finish::Finish;
use crate::domain::id::RunId;
use crate::domain::money::NanoDollars;
use crate::domain::run::Usage;
use crate::domain::step::StepKind;
use crate::domain::time::Timestamp;
use sea_orm::{DbBackend, FromQueryResult};
use std::collections::HashMap;

/// A model or tool call without its payloads; fields are those of a [`RunStep`](crate::domain::step::RunStep).
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct TracedStep {
    pub run_id: RunId,
    pub position: i32,
    pub kind: StepKind,
    pub name: String,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub total_cost: Option<NanoDollars>,
    pub finish: Option<Finish>,
    pub served_model: Option<String>,
    pub call_id: Option<String>,
    pub error: Option<String>,
}

impl TracedStep {
    /// Returns its tokens and cost. How they became known is not read, and neither is their sum.
    pub fn usage(&self) -> Usage {
        Usage {
            prompt_tokens: self.prompt_tokens,
            cached_tokens: self.cached_tokens,
            completion_tokens: self.completion_tokens,
            reasoning_tokens: self.reasoning_tokens,
            total_cost: self.total_cost,
            ..Usage::default()
        }
    }
}

impl Store {
    /// Returns the steps of these runs, as far as they are there, each run's from first to last.
    pub async fn traced_steps(&self, scope: &Scope, runs: &[RunId]) -> StoreResult<HashMap<RunId, Vec<TracedStep>>> {
        let values = [("owner", scope.owner().into()), ("ids", self.ids(runs))];
        let select = self.named(&traced_sql(self.backend()), values);
        let mut steps: HashMap<RunId, Vec<TracedStep>> = HashMap::new();
        for step in TracedStep::find_by_statement(select).all(&self.read).await? {
            steps.entry(step.run_id).or_default().push(step);
        }
        Ok(steps)
    }
}

/// Returns the statement for the steps of runs by their ids. A tool that was not offered to the model is on record beside the steps
/// and is no call: it was given nothing.
pub(super) fn traced_sql(backend: DbBackend) -> String {
    format!(
        "SELECT s.run_id, s.position, s.kind, s.name, s.started_at, s.finished_at, s.prompt_tokens, s.cached_tokens,
                s.completion_tokens, s.reasoning_tokens, s.total_cost, s.finish, s.served_model, s.call_id, s.error
         FROM run_steps s
         WHERE s.run_id {} AND (s.kind <> 'tool_call' OR s.input IS NULL OR s.input <> '')
               AND EXISTS (SELECT 1 FROM agent_runs r WHERE r.id = s.run_id AND r.owner_id = :owner)
         ORDER BY s.run_id, s.position",
        among(backend, ":ids")
    )
}
