//! Inputs and variables of runs, whole: kept, copied to a retry, found again. The only room that knows the
//! table, which is read only for one run, or for an agent's last inputs.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::named::has_text;
use super::scope::{Owned, Scope};
use crate::domain::id::{AgentId, RunId};
use crate::domain::money::NanoDollars;
use crate::domain::request::{PastInput, RunInput, RunRequest, Variables};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use crate::server::entity::{input, run};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult, QueryFilter, Set,
};
use sha2::{Digest, Sha256};

/// How many of its newest runs an agent's inputs are looked for among.
pub const AMONG: i64 = 5_000;
/// How many characters of each input, and of its variables, are looked through.
const LOOKED_THROUGH: i64 = 16_384;
/// Bytes of the hash that tells inputs apart: two with the same one do not occur.
const DIGEST: usize = 16;

/// The newest run with each input. CROSS JOIN: SQLite keeps the order, and reads of the runs only their index.
pub(super) const PAST: &str = "
SELECT r.id AS run_id, r.input_preview, i.variables, r.tags, r.status, r.queued_at, r.total_cost
FROM agent_runs r JOIN run_inputs i ON i.run_id = r.id
WHERE r.id IN (
    SELECT MAX(f.run_id) FROM agent_runs b CROSS JOIN run_inputs f
    WHERE b.agent_id = :agent AND f.run_id = b.id AND f.removed_at IS NULL {matches}
      AND b.id >= COALESCE((SELECT m.id FROM agent_runs m WHERE m.agent_id = :agent
                            ORDER BY m.id DESC LIMIT 1 OFFSET {among}), 0)
    GROUP BY f.digest ORDER BY MAX(f.run_id) DESC LIMIT :limit)
  AND r.owner_id = :owner
ORDER BY r.id DESC";

#[derive(FromQueryResult)]
struct PastRow {
    run_id: RunId,
    input_preview: Option<String>,
    variables: Json<Variables>,
    tags: Option<Json<Vec<String>>>,
    status: RunStatus,
    queued_at: Timestamp,
    total_cost: Option<NanoDollars>,
}

impl From<PastRow> for PastInput {
    fn from(row: PastRow) -> Self {
        let PastRow { run_id, input_preview, variables, tags, status, queued_at, total_cost } = row;
        let (variables, tags) = (variables.0, tags.unwrap_or_default().0);
        Self { run_id, input_preview, variables, tags, status, queued_at, total_cost }
    }
}

/// A request as it is on record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedRequest {
    pub request: RunRequest,
    /// Since when its input and its variables are gone, with the payloads of the run's steps; `None` while they are kept.
    pub removed_at: Option<Timestamp>,
}

/// A run with its input, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct RunWithInput {
    pub run: AgentRun,
    pub given: RunInput,
    /// As in [`RecordedRequest`].
    pub removed_at: Option<Timestamp>,
}

impl Store {
    /// Keeps what a new run is given, if that is anything.
    pub(super) async fn keep_input(
        &self,
        txn: &DatabaseTransaction,
        run: RunId,
        request: &RunRequest,
    ) -> StoreResult<()> {
        if request.is_silent() {
            return Ok(());
        }
        let row = input::ActiveModel {
            run_id: Set(run),
            input: Set(request.input.clone()),
            variables: Set(Json(request.variables.clone())),
            digest: Set(digest(request)),
            removed_at: Set(None),
        };
        self.insert(txn, row).await.map(drop)
    }

    /// Returns a run with what it was given, whole.
    ///
    /// # Errors
    /// `NoRun`.
    pub async fn run_with_input(&self, scope: &Scope, id: RunId) -> StoreResult<RunWithInput> {
        let run = run::Entity::owned(scope).filter(run::Column::Id.eq(id)).one(&self.read).await?;
        let Some(run) = run else { return Err(self.no_run(&self.read, scope, id).await) };
        let removed_at = run.payloads_removed_at;
        Ok(RunWithInput { run: run.into(), given: self.input_of(&self.read, id).await?, removed_at })
    }

    /// Returns what a run was started with.
    ///
    /// # Errors
    /// `NoRun`.
    pub async fn run_request(&self, scope: &Scope, id: RunId) -> StoreResult<RunRequest> {
        Ok(self.recorded_request(scope, id).await?.request)
    }

    /// Returns what a run was started with, as far as it is on record, and since when it is not.
    ///
    /// # Errors
    /// `NoRun`.
    pub async fn recorded_request(&self, scope: &Scope, id: RunId) -> StoreResult<RecordedRequest> {
        let run = run::Entity::owned(scope).filter(run::Column::Id.eq(id)).one(&self.read).await?;
        let run = run.ok_or(StoreError::NoRun(id))?;
        let request = run.request(self.input_of(&self.read, id).await?);
        Ok(RecordedRequest { request, removed_at: run.payloads_removed_at })
    }

    /// Returns what a run was given; nothing where there is no such run.
    pub(super) async fn input_of<C: ConnectionTrait>(&self, db: &C, run: RunId) -> StoreResult<RunInput> {
        Ok(input::Entity::find_by_id(run).one(db).await?.map(RunInput::from).unwrap_or_default())
    }

    /// Refuses a run of which is gone what it was given.
    ///
    /// # Errors
    /// `Conflict`.
    pub async fn require_input(&self, scope: &Scope, id: RunId) -> StoreResult<()> {
        self.run(scope, id).await?;
        self.input_is_there(&self.read, id).await
    }

    /// Does that for a run that was found within a scope.
    pub(super) async fn input_is_there<C: ConnectionTrait>(&self, db: &C, run: RunId) -> StoreResult<()> {
        match self.input_removed_at(db, run).await? {
            None => Ok(()),
            Some(at) => Err(StoreError::Conflict(format!(
                "What run #{run} was given was removed on {}: start it with both `input` and `variables`; either may be \
                 empty.",
                at.to_utc().date_naive()
            ))),
        }
    }

    /// Returns when what a run was given was removed; `None` where it is there, or the run was given nothing.
    pub(super) async fn input_removed_at<C: ConnectionTrait>(
        &self,
        db: &C,
        run: RunId,
    ) -> StoreResult<Option<Timestamp>> {
        Ok(input::Entity::find_by_id(run).one(db).await?.and_then(|row| row.removed_at))
    }

    /// Returns the last inputs of an agent, newest first, each once and at most `limit`, those that contain `text` if there is
    /// one. ASCII letters match in either case. They are looked for among its newest [`AMONG`] runs, in the first
    /// [`LOOKED_THROUGH`] characters of each.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn past_inputs(
        &self,
        scope: &Scope,
        agent: AgentId,
        text: Option<&str>,
        limit: u64,
    ) -> StoreResult<Vec<PastInput>> {
        self.require_agent(scope, agent).await?;
        let values = [
            ("agent", agent.into()),
            ("owner", scope.owner().into()),
            ("limit", i64::try_from(limit).unwrap_or(i64::MAX).into()),
        ];
        let text = text.map(|text| ("text", text.into()));
        let sql = past_sql(self.backend(), text.is_some());
        let rows = PastRow::find_by_statement(self.named(&sql, values.into_iter().chain(text))).all(&self.read).await?;
        Ok(rows.into_iter().map(PastInput::from).collect())
    }
}

/// Returns the statement for the last inputs, or for those that contain `:text`.
pub(super) fn past_sql(backend: DbBackend, is_search: bool) -> String {
    let given = format!(
        "SUBSTR(COALESCE(f.input, ''), 1, {LOOKED_THROUGH}) || ' ' || SUBSTR(f.variables, 1, {LOOKED_THROUGH})"
    );
    let matches = if is_search { format!("AND {}", has_text(backend, &given)) } else { String::new() };
    PAST.replace("{matches}", &matches).replace("{among}", &(AMONG - 1).to_string())
}

fn digest(request: &RunRequest) -> Vec<u8> {
    let mut hash = Sha256::new();
    // Lengths before texts: no two different requests are the same bytes.
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    add(if request.input.is_some() { "input" } else { "" });
    add(request.input.as_deref().unwrap_or_default());
    for (name, value) in &request.variables {
        add(name);
        add(value);
    }
    hash.finalize()[..DIGEST].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_input_and_variables_have_the_same_digest() {
        let of = |input: Option<&str>, variables: &[(&str, &str)]| {
            let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            let tags = vec!["any".to_owned()];
            digest(&RunRequest { input: input.map(str::to_owned), variables, tags, ..RunRequest::default() })
        };
        let all = [
            of(None, &[]),
            of(Some(""), &[]),
            of(Some("a"), &[]),
            of(None, &[("a", "")]),
            of(Some("a"), &[("b", "c")]),
            of(Some("a"), &[("bc", "")]),
            of(Some("ab"), &[("c", "")]),
            of(Some(""), &[("a", "b"), ("c", "d")]),
            of(Some(""), &[("a", "bc"), ("d", "")]),
        ];
        for (at, digest) in all.iter().enumerate() {
            assert_eq!(digest.len(), DIGEST);
            assert_eq!(all.iter().position(|other| other == digest), Some(at));
        }
        let again = RunRequest { input: Some("a".into()), ..RunRequest::default() };
        assert_eq!(digest(&again), all[2], "tags make no difference");
    }
}
