//! Groups of errors, written where runs end, in the same transaction; and what somebody decides about them.

mod normalised;

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::error_group::{ErrorGroup, ErrorState, MOST_GROUPS};
use crate::domain::failure::FailureKind;
use crate::domain::id::{AgentId, ErrorGroupId, RunId};
use crate::domain::run_filter::Choice;
use crate::domain::time::Timestamp;
use normalised::{fingerprint, normalised};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};
use std::collections::BTreeMap;

/// Rows written by one statement, of ten parameters each.
const ROWS: usize = 100;
/// Longest sample, in characters.
const SAMPLE: usize = 500;

const COLUMNS: &str =
    "id, failure_kind, message, sample, runs, first_seen, last_seen, last_run_id, state, state_changed_at";

/// The error of a run that has failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeenError<'a> {
    pub agent: AgentId,
    pub run: RunId,
    pub kind: FailureKind,
    pub error: &'a str,
    pub at: Timestamp,
}

/// What a batch adds to a group.
struct Addition<'a> {
    latest: SeenError<'a>,
    message: String,
    first: Timestamp,
    runs: i64,
}

#[derive(FromQueryResult)]
struct GroupRow {
    id: ErrorGroupId,
    failure_kind: FailureKind,
    message: String,
    sample: String,
    runs: i64,
    first_seen: Timestamp,
    last_seen: Timestamp,
    last_run_id: RunId,
    state: ErrorState,
    state_changed_at: Timestamp,
}

impl From<GroupRow> for ErrorGroup {
    fn from(row: GroupRow) -> Self {
        let GroupRow { id, failure_kind, message, sample, runs, first_seen, last_seen, last_run_id, .. } = row;
        let GroupRow { state, state_changed_at, .. } = row;
        Self { id, failure_kind, message, sample, runs, first_seen, last_seen, last_run_id, state, state_changed_at }
    }
}

/// The groups of the list, those seen last first.
pub(super) fn list_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM error_groups WHERE agent_id = :agent
           AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner)
         ORDER BY last_seen DESC, id DESC"
    )
}

/// Returns the statement that adds so many rows. What was resolved and comes again is open again. A failure may be stored long
/// after it happened, so it turns nothing back that has been seen or decided since.
fn add_sql(rows: usize) -> String {
    let row = |row: usize| {
        let values: Vec<_> = (1..=10).map(|place| format!("${}", row * 10 + place)).collect();
        format!("({}, 'open')", values.join(", "))
    };
    let newer = |column: &str| {
        format!(
            "CASE WHEN excluded.last_seen >= error_groups.last_seen THEN excluded.{column}
             ELSE error_groups.{column} END"
        )
    };
    let earlier = "excluded.first_seen < error_groups.first_seen";
    let again = "error_groups.state = 'resolved' AND excluded.last_seen > error_groups.state_changed_at";
    format!(
        "INSERT INTO error_groups (agent_id, fingerprint, failure_kind, message, sample, runs, first_seen, last_seen,
                                   last_run_id, state_changed_at, state)
         VALUES {}
         ON CONFLICT (agent_id, fingerprint) DO UPDATE SET
             runs = error_groups.runs + excluded.runs,
             sample = {},
             last_run_id = {},
             first_seen = CASE WHEN {earlier} THEN excluded.first_seen ELSE error_groups.first_seen END,
             last_seen = {},
             state_changed_at = CASE WHEN {again} THEN excluded.last_seen ELSE error_groups.state_changed_at END,
             state = CASE WHEN {again} THEN 'open' ELSE error_groups.state END
         RETURNING agent_id, CAST(CASE WHEN first_seen = last_seen THEN 1 ELSE 0 END AS BIGINT) AS may_be_new",
        (0..rows).map(row).collect::<Vec<_>>().join(", "),
        newer("sample"),
        newer("last_run_id"),
        newer("last_seen"),
    )
}

/// Forgets the groups of an agent that were seen longest ago, beyond [`MOST_GROUPS`].
const FORGET: &str = "
DELETE FROM error_groups WHERE agent_id = :agent AND id NOT IN
    (SELECT id FROM error_groups WHERE agent_id = :agent ORDER BY last_seen DESC, id DESC LIMIT :most)";

impl Store {
    /// Counts errors in their groups. The caller holds the rows of the agents, so on PostgreSQL no two transactions wait for
    /// each other here.
    pub(super) async fn group_errors(&self, txn: &DatabaseTransaction, seen: Vec<SeenError<'_>>) -> StoreResult<()> {
        let mut groups: BTreeMap<(AgentId, String), Addition<'_>> = BTreeMap::new();
        for error in seen {
            let message = normalised(error.error);
            let key = (error.agent, fingerprint(error.kind, &message));
            let added = groups.entry(key).or_insert(Addition { latest: error, message, first: error.at, runs: 0 });
            added.runs += 1;
            added.first = added.first.min(error.at);
            if (error.at, error.run) > (added.latest.at, added.latest.run) {
                added.latest = error;
            }
        }
        let groups: Vec<_> = groups.into_iter().collect();
        let mut grown = Vec::new();
        for part in groups.chunks(ROWS) {
            let add =
                self.statement(add_sql(part.len()), part.iter().flat_map(|((_, print), group)| row(print, group)));
            for row in txn.query_all_raw(add).await? {
                let (agent, may_be_new): (AgentId, i64) =
                    (row.try_get("", "agent_id")?, row.try_get("", "may_be_new")?);
                if may_be_new > 0 && !grown.contains(&agent) {
                    grown.push(agent);
                }
            }
        }
        for agent in grown {
            let values = [("agent", agent.into()), ("most", (MOST_GROUPS as i64).into())];
            txn.execute_raw(self.named(FORGET, values)).await?;
        }
        Ok(())
    }

    /// Returns the groups of an agent's errors, those seen last first: at most [`MOST_GROUPS`].
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn error_groups(
        &self,
        scope: &Scope,
        agent: AgentId,
        states: Option<&Choice<ErrorState>>,
    ) -> StoreResult<Vec<ErrorGroup>> {
        let values = [("agent", agent.into()), ("owner", scope.owner().into())];
        let rows = GroupRow::find_by_statement(self.named(&list_sql(), values)).all(&self.read).await?;
        if rows.is_empty() {
            self.present_agent(&self.read, scope, agent).await?;
        }
        let groups = rows.into_iter().map(ErrorGroup::from);
        Ok(groups.filter(|group| states.is_none_or(|states| states.has(&group.state))).collect())
    }

    /// Writes down what was decided about a group; returns the group.
    ///
    /// # Errors
    /// `NoAgent`; `NoErrorGroup`.
    pub async fn decide_error(
        &self,
        scope: &Scope,
        agent: AgentId,
        id: ErrorGroupId,
        state: ErrorState,
    ) -> StoreResult<ErrorGroup> {
        let now = self.now();
        let values: [(&str, Value); 5] = [
            ("agent", agent.into()),
            ("owner", scope.owner().into()),
            ("id", id.into()),
            ("state", state.into()),
            ("now", now.into()),
        ];
        let update = format!(
            "UPDATE error_groups SET state_changed_at = CASE state WHEN :state THEN state_changed_at ELSE :now END,
                                     state = :state
             WHERE id = :id AND agent_id = :agent
               AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner AND deleting_at IS NULL)
             RETURNING {COLUMNS}"
        );
        let update = &self.named(&update, values);
        let decided = self.write_if(|txn, _| {
            Box::pin(async move { Ok(GroupRow::find_by_statement(update.clone()).one(txn).await?) })
        });
        match decided.await? {
            Some(row) => Ok(row.into()),
            None => {
                self.present_agent(&self.read, scope, agent).await?;
                Err(StoreError::NoErrorGroup(agent, id))
            }
        }
    }
}

/// Returns the values of a row, in the order of its columns.
fn row(fingerprint: &str, group: &Addition<'_>) -> [Value; 10] {
    let Addition { latest: SeenError { agent, run, kind, error, at }, message, first, runs } = group;
    let sample: String = error.chars().take(SAMPLE).collect();
    [
        (*agent).into(),
        fingerprint.into(),
        (*kind).into(),
        message.as_str().into(),
        sample.into(),
        (*runs).into(),
        (*first).into(),
        (*at).into(),
        (*run).into(),
        (*at).into(),
    ]
}
