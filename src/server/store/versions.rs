//! Versions of agents' settings. One is written with every change of them, in its transaction, and never changed.
//!
//! The settings stand in a version as JSON, as REST has them; what is read of them later is read by the list of settings,
//! whatever has been added to that since.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::agent::AgentSettings;
use crate::domain::agent::version::AgentVersion;
use crate::domain::id::{AgentId, OwnerId};
use crate::domain::time::Timestamp;
use crate::error::FieldError;
use crate::server::differences;
use crate::server::entity::{agent, run};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, QueryResult};
use serde_json::{Map, Value};

/// Some of an agent's versions, without their settings.
pub(super) const LIST: &str = "
SELECT v.number, v.created_at, v.created_by, v.note, v.changes FROM agent_versions v
WHERE v.agent_id = :agent AND v.number > :after AND v.number < :before
  AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner)
ORDER BY v.number {order} LIMIT :limit";

/// When the newest versions were saved.
pub(super) const SINCE: &str = "
SELECT v.number, v.created_at FROM agent_versions v
WHERE v.agent_id = :agent AND v.created_at >= :since
  AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner)
ORDER BY v.number DESC LIMIT 200";

/// One version, with its settings.
pub(super) const ONE: &str = "
SELECT v.number, v.created_at, v.created_by, v.note, v.changes, v.settings FROM agent_versions v
WHERE v.agent_id = :agent AND v.number = :number
  AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner)";

const INSERT: &str = "
INSERT INTO agent_versions (agent_id, number, created_at, created_by, note, changes, settings)
VALUES (:agent, :number, :at, :owner, :note, :changes, :settings)";

/// Agents whose present settings are no version yet.
const UNRECORDED: &str = "
SELECT a.* FROM agents a
WHERE NOT EXISTS (SELECT 1 FROM agent_versions v WHERE v.agent_id = a.id AND v.number = a.version)
ORDER BY a.id LIMIT 100";

/// Words for a version that was made from none.
const CREATED: &str = "Created";
const FIRST_ON_RECORD: &str = "First version on record";

/// How settings are saved.
#[derive(Clone, Debug, Default)]
pub struct Saving {
    /// The agent's version that they were made from; `None` replaces whatever is there.
    pub from: Option<i64>,
    /// Why, in the words of whoever saves them.
    pub note: Option<String>,
}

/// Which versions a list has, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionsFrom {
    Newest,
    /// Those next below this number.
    Below(i64),
    /// Those next above it.
    Above(i64),
}

/// A page of an agent's versions.
#[derive(Clone, Debug)]
pub struct Versions {
    /// Newest first.
    pub versions: Vec<AgentVersion>,
    pub has_newer: bool,
    pub has_older: bool,
}

/// A version with its settings.
#[derive(Clone, Debug)]
pub struct RecordedVersion {
    pub version: AgentVersion,
    /// As they were written down.
    pub settings: Map<String, Value>,
}

#[derive(FromQueryResult)]
struct VersionRow {
    number: i64,
    created_at: Timestamp,
    created_by: OwnerId,
    note: Option<String>,
    changes: String,
}

impl From<VersionRow> for AgentVersion {
    fn from(row: VersionRow) -> Self {
        let VersionRow { number, created_at, created_by, note, changes } = row;
        Self { number, created_at, created_by, note, changes, figures: Default::default() }
    }
}

#[derive(FromQueryResult)]
struct SettingsRow {
    settings: String,
}

impl Store {
    /// Returns up to `limit` versions of an agent with the figures of their runs, newest first.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn versions(
        &self,
        scope: &Scope,
        agent: AgentId,
        from: VersionsFrom,
        limit: u64,
    ) -> StoreResult<Versions> {
        let (after, before, order) = match from {
            VersionsFrom::Newest => (0, i64::MAX, "DESC"),
            VersionsFrom::Below(number) => (0, number, "DESC"),
            VersionsFrom::Above(number) => (number, i64::MAX, "ASC"),
        };
        let values = [
            ("agent", agent.into()),
            ("owner", scope.owner().into()),
            ("after", after.into()),
            ("before", before.into()),
            ("limit", (limit as i64 + 1).into()),
        ];
        let list = &self.named(&LIST.replace("{order}", order), values);
        let read = self.read_at_once(|txn, _| {
            Box::pin(async move {
                let rows = VersionRow::find_by_statement(list.clone()).all(txn).await?;
                let mut versions: Vec<AgentVersion> = rows.into_iter().map(AgentVersion::from).collect();
                if versions.is_empty() {
                    self.present_agent(txn, scope, agent).await?;
                }
                let has_more = versions.len() as u64 > limit;
                versions.truncate(limit as usize);
                if order == "ASC" {
                    versions.reverse();
                }
                self.add_figures(txn, scope, agent, &mut versions).await?;
                Ok((versions, has_more))
            })
        });
        let (versions, has_more) = read.await?;
        // Whoever asks for what is above or below a number has seen the version that has it.
        let (has_newer, has_older) = match from {
            VersionsFrom::Newest => (false, has_more),
            VersionsFrom::Below(_) => (true, has_more),
            VersionsFrom::Above(_) => (has_more, true),
        };
        Ok(Versions { versions, has_newer, has_older })
    }

    /// Returns the numbers of an agent's versions that were saved from an instant on, with when, oldest first; of more than
    /// 200, the newest.
    pub async fn versions_since(
        &self,
        scope: &Scope,
        agent: AgentId,
        since: Timestamp,
    ) -> StoreResult<Vec<(i64, Timestamp)>> {
        let values = [("agent", agent.into()), ("owner", scope.owner().into()), ("since", since.ms().into())];
        let rows = self.read.query_all_raw(self.named(SINCE, values)).await?;
        let saved = |row: &QueryResult| Ok((row.try_get("", "number")?, row.try_get("", "created_at")?));
        rows.iter().rev().map(saved).collect()
    }

    /// Returns one version of an agent.
    ///
    /// # Errors
    /// `NoAgent`; `NoVersion`.
    pub async fn version(&self, scope: &Scope, agent: AgentId, number: i64) -> StoreResult<RecordedVersion> {
        self.read_at_once(|txn, _| {
            Box::pin(async move {
                let values = [("agent", agent.into()), ("owner", scope.owner().into()), ("number", number.into())];
                let Some(row) = txn.query_one_raw(self.named(ONE, values)).await? else {
                    self.present_agent(txn, scope, agent).await?;
                    return Err(StoreError::NoVersion(agent, number));
                };
                let mut versions = [VersionRow::from_query_result(&row, "")?.into()];
                let settings = members(&SettingsRow::from_query_result(&row, "")?.settings);
                self.add_figures(txn, scope, agent, &mut versions).await?;
                let [version] = versions;
                Ok(RecordedVersion { version, settings })
            })
        })
        .await
    }

    async fn add_figures<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        agent: AgentId,
        versions: &mut [AgentVersion],
    ) -> StoreResult<()> {
        let (Some(newest), Some(oldest)) = (versions.first(), versions.last()) else { return Ok(()) };
        let mut tallies = self.version_tallies(db, scope, agent, oldest.number..=newest.number).await?;
        for version in versions {
            version.figures = tallies.remove(&version.number).unwrap_or_default().of_version();
        }
        Ok(())
    }

    /// Writes down the first version of an agent that was just inserted.
    pub(super) async fn record_first(
        &self,
        txn: &DatabaseTransaction,
        row: &agent::Model,
        note: Option<&str>,
    ) -> StoreResult<()> {
        self.record(txn, row, &row.clone().into(), note, CREATED.to_owned()).await
    }

    /// Writes down the version that a change of an agent's settings makes. `row` has its new number.
    pub(super) async fn record_change(
        &self,
        txn: &DatabaseTransaction,
        row: &agent::Model,
        before: &AgentSettings,
        note: Option<&str>,
    ) -> StoreResult<()> {
        let after = row.clone().into();
        let changes = differences::in_words(before, &after);
        self.record(txn, row, &after, note, changes).await
    }

    /// Writes down the present settings of agents from before there were versions.
    pub(super) async fn record_unrecorded(&self, txn: &DatabaseTransaction) -> StoreResult<()> {
        loop {
            let agents = agent::Model::find_by_statement(self.statement(UNRECORDED, [])).all(txn).await?;
            if agents.is_empty() {
                return Ok(());
            }
            for row in agents {
                let changes = if row.version == 1 { CREATED } else { FIRST_ON_RECORD };
                self.record(txn, &row, &row.clone().into(), None, changes.to_owned()).await?;
            }
        }
    }

    async fn record(
        &self,
        txn: &DatabaseTransaction,
        row: &agent::Model,
        settings: &AgentSettings,
        note: Option<&str>,
        changes: String,
    ) -> StoreResult<()> {
        let values = [
            ("agent", row.id.into()),
            ("number", row.version.into()),
            ("at", row.updated_at.into()),
            ("owner", row.owner_id.into()),
            ("note", note.map(str::to_owned).into()),
            ("changes", changes.into()),
            // Cannot fail: texts, numbers and lists.
            ("settings", serde_json::to_string(settings).unwrap_or_default().into()),
        ];
        txn.execute_raw(self.named(INSERT, values)).await?;
        Ok(())
    }

    /// Returns the settings that a run is executed with: those of the version that it was accepted with, which may no longer
    /// be the agent's present one.
    pub(super) async fn settings_of_run(&self, run: &run::Model, agent: &agent::Model) -> StoreResult<AgentSettings> {
        let present = AgentSettings::from(agent.clone());
        let Some(number) = run.agent_version.filter(|number| *number != agent.version) else { return Ok(present) };
        let select = "SELECT settings FROM agent_versions WHERE agent_id = $1 AND number = $2";
        let select = self.statement(select, [run.agent_id.into(), number.into()]);
        Ok(match SettingsRow::find_by_statement(select).one(&self.read).await? {
            Some(row) => logged(present.recorded(members(&row.settings)), run),
            None => {
                tracing::error!(run = %run.id, number, "the version of a run is not on record: it has the present settings");
                present
            }
        })
    }
}

/// Returns the settings; what cannot be read of them any more is worth knowing.
fn logged((settings, unread): (AgentSettings, Vec<FieldError>), run: &run::Model) -> AgentSettings {
    for error in unread {
        tracing::warn!(run = %run.id, setting = error.field(), why = %error.detail, "a run has the present value of a setting");
    }
    settings
}

/// Returns the values of settings by name; of what is no JSON object, none.
fn members(settings: &str) -> Map<String, Value> {
    serde_json::from_str(settings).unwrap_or_else(|error| {
        tracing::error!(%error, "the settings of a version cannot be read");
        Map::new()
    })
}
