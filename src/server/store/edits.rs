//! One change of many agents, written together; one that cannot have it keeps nobody else from it.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::agent::AgentSettings;
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::server::entity::agent;
use sea_orm::DatabaseTransaction;
use serde::Serialize;

/// Returns the settings that an agent is to have, or why it cannot have them.
pub type Edit<'a> = &'a (dyn Fn(&AgentSettings) -> Result<AgentSettings, AppError> + Send + Sync);

/// The result of a change for one agent.
#[derive(Clone, Debug)]
pub struct Edited {
    pub id: AgentId,
    /// `None` where there is no such agent.
    pub name: Option<String>,
    /// The version it has, and whether the change has made it; or why the agent stays as it was.
    pub outcome: Result<(i64, bool), AppError>,
    /// Its live sequence number, where that was raised.
    pub seq: Option<i64>,
}

impl Store {
    /// Changes each of these agents that can have the change, in one transaction. Returns what came of it in the order of
    /// `ids`, which name each agent once. `record` says what is kept of it for a repetition of the request.
    pub async fn edit_agents<R: Serialize + Send>(
        &self,
        scope: &Scope,
        ids: &[AgentId],
        edit: Edit<'_>,
        record: &(impl Fn(&[Edited]) -> R + Sync),
    ) -> StoreResult<Vec<Edited>> {
        self.write_alone(|txn, _| {
            let work = async move {
                // By their ids, so that two writers never wait for each other.
                let mut order: Vec<usize> = (0..ids.len()).collect();
                order.sort_unstable_by_key(|at| ids[*at]);
                let mut edited = Vec::with_capacity(ids.len());
                for at in order {
                    edited.push((at, self.edit_in_turn(txn, scope, ids[at], edit).await?));
                }
                edited.sort_unstable_by_key(|(at, _)| *at);
                Ok(edited.into_iter().map(|(_, edited)| edited).collect::<Vec<_>>())
            };
            Box::pin(self.once(txn, scope, work, |edited| Some(record(edited))))
        })
        .await
    }

    async fn edit_in_turn(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        id: AgentId,
        edit: Edit<'_>,
    ) -> StoreResult<Edited> {
        // First without raising its number: for one that is being deleted nothing happens.
        let present = match self.present_agent(txn, scope, id).await {
            Ok(_) => self.agent_in_turn(txn, scope, id).await,
            Err(error) => Err(error),
        };
        let present: agent::Model = match present {
            Ok(present) => present,
            Err(error @ StoreError::NoAgent(_)) => {
                return Ok(Edited { id, name: None, outcome: Err(error.into()), seq: None });
            }
            Err(error) => return Err(error),
        };
        let (name, seq) = (Some(present.name.clone()), Some(present.live_seq));
        let outcome = match edit(&present.clone().into()) {
            Ok(settings) => {
                let made = self.replace_in_turn(txn, &present, &settings, None).await?;
                Ok((made.unwrap_or(present.version), made.is_some()))
            }
            Err(error) => Err(error),
        };
        Ok(Edited { id, name, outcome, seq })
    }
}
