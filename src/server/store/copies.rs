//! Copies of agents.

use super::Store;
use super::error::StoreResult;
use super::scope::Scope;
use crate::domain::agent::AgentSettings;
use crate::domain::agent::copy::copy_name;
use crate::domain::id::AgentId;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use std::collections::HashSet;

impl Store {
    /// Inserts an agent with the settings of another, paused, so that a schedule does not fire twice before somebody has seen
    /// it. Without a `name` it is called after the other one.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn duplicate_agent(&self, scope: &Scope, id: AgentId, name: Option<&str>) -> StoreResult<AgentId> {
        self.write(|txn, _| {
            let work = async move {
                let original = self.present_agent(txn, scope, id).await?;
                let note = format!("Copy of {}, version {}", original.name, original.version);
                let settings = AgentSettings::from(original);
                let name = match name {
                    Some(name) => name.to_owned(),
                    None => {
                        let taken = self.agent_names(txn, scope).await?;
                        copy_name(&settings.name, |name| taken.contains(name))
                    }
                };
                let copy = AgentSettings { name, paused: true, ..settings };
                self.insert_agent(txn, scope.owner(), &copy, Some(&note)).await
            };
            Box::pin(self.once(txn, scope, work, |id| Some(*id)))
        })
        .await
    }

    /// Returns the names of all agents that are not being deleted.
    pub(super) async fn agent_names(&self, txn: &DatabaseTransaction, scope: &Scope) -> StoreResult<HashSet<String>> {
        let select = "SELECT name FROM agents WHERE owner_id = $1 AND deleting_at IS NULL";
        let rows = txn.query_all_raw(self.statement(select, [scope.owner().into()])).await?;
        Ok(rows.iter().map(|row| row.try_get("", "name")).collect::<Result<_, _>>()?)
    }
}
