//! Many agents from a file, written together: all of them or none.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::{Owned, Scope};
use crate::domain::agent::AgentSettings;
use crate::domain::id::AgentId;
use crate::server::entity::agent;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use serde::Serialize;

/// Words for an import that is not the one that was looked at.
const OTHERWISE: &str = "The file or the agents are not as they were when the changes were shown. Nothing was imported: look at \
                         the changes again, then import.";

/// An agent as it is.
#[derive(Clone, Debug)]
pub struct PresentAgent {
    pub id: AgentId,
    pub version: i64,
    pub settings: AgentSettings,
}

/// One agent of an import: created, or changed from the version that was compared.
#[derive(Clone, Debug)]
pub struct Import {
    /// The agent that gets the settings, at this version; `None` creates one.
    pub over: Option<(AgentId, i64)>,
    /// Checked and tidied, with a model.
    pub settings: AgentSettings,
}

/// An agent that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    pub id: AgentId,
    pub version: i64,
    pub seq: i64,
}

impl Store {
    /// Returns every agent that is not being deleted, in the order of names and, where these are the same, of age.
    pub async fn present_agents(&self, scope: &Scope) -> StoreResult<Vec<PresentAgent>> {
        let rows = agent::Entity::owned(scope)
            .filter(agent::Column::DeletingAt.is_null())
            .order_by_asc(agent::Column::Id)
            .all(&self.read)
            .await?;
        let present = |row: agent::Model| PresentAgent { id: row.id, version: row.version, settings: row.into() };
        let mut agents: Vec<PresentAgent> = rows.into_iter().map(present).collect();
        // Not by the database, whose order of letters depends on where it was set up.
        agents.sort_by(|one, other| one.settings.name.cmp(&other.settings.name));
        Ok(agents)
    }

    /// Writes all of them in one transaction, each with a version that has this note; returns them in the same order.
    /// `record` says what is kept of it for a repetition of the request. `is_as_shown` says whether it is what somebody has
    /// agreed to, which a repetition need not be.
    ///
    /// # Errors
    /// `Conflict` where it is not, an agent has another version by now or is gone, or another has the name of one that is
    /// new: then nothing is written.
    pub async fn import_agents<R: Serialize + Send>(
        &self,
        scope: &Scope,
        is_as_shown: bool,
        imports: &[Import],
        note: &str,
        record: &(impl Fn(&[Written]) -> R + Sync),
    ) -> StoreResult<Vec<Written>> {
        self.write_alone(|txn, _| {
            let work = async move {
                if !is_as_shown {
                    return Err(StoreError::Conflict(OTHERWISE.to_owned()));
                }
                self.lock_imports(txn).await?;
                let names = self.agent_names(txn, scope).await?;
                let mut written: Vec<(usize, Written)> = Vec::with_capacity(imports.len());
                for (at, id, version) in in_order(imports) {
                    let settings = &imports[at].settings;
                    let present = self.agent_in_turn(txn, scope, id).await.map_err(gone(settings))?;
                    if present.version != version || present.deleting_at.is_some() {
                        return Err(changed_meanwhile(settings));
                    }
                    let (id, seq) = (present.id, present.live_seq);
                    let version = self.replace_in_turn(txn, &present, settings, Some(note)).await?.unwrap_or(version);
                    written.push((at, Written { id, version, seq }));
                }
                for (at, import) in imports.iter().enumerate().filter(|(_, import)| import.over.is_none()) {
                    if names.contains(&import.settings.name) {
                        return Err(changed_meanwhile(&import.settings));
                    }
                    let id = self.insert_agent(txn, scope.owner(), &import.settings, Some(note)).await?;
                    written.push((at, Written { id, version: 1, seq: 1 }));
                }
                written.sort_unstable_by_key(|(at, _)| *at);
                Ok(written.into_iter().map(|(_, written)| written).collect::<Vec<_>>())
            };
            Box::pin(self.once(txn, scope, work, |written| Some(record(written))))
        })
        .await
    }
}

/// Returns those that there are already by their ids, so that two writers never wait for each other.
fn in_order(imports: &[Import]) -> Vec<(usize, AgentId, i64)> {
    let mut present: Vec<_> = imports
        .iter()
        .enumerate()
        .filter_map(|(at, import)| import.over.map(|(id, version)| (at, id, version)))
        .collect();
    present.sort_unstable_by_key(|(_, id, _)| *id);
    present
}

fn gone(settings: &AgentSettings) -> impl Fn(StoreError) -> StoreError {
    move |error| match error {
        StoreError::NoAgent(_) => changed_meanwhile(settings),
        error => error,
    }
}

fn changed_meanwhile(settings: &AgentSettings) -> StoreError {
    StoreError::Conflict(format!(
        "Somebody has changed, created or deleted “{}” meanwhile. Nothing was imported: look at the changes again, then import.",
        settings.name
    ))
}
