//! The agents that a query is about.

use super::Store;
use super::named::among;
use super::scope::Scope;
use crate::domain::id::AgentId;
use sea_orm::{DbBackend, Value};

/// All agents within a scope, or some of them.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    All,
    These(&'a [AgentId]),
}

impl Which<'_> {
    /// Returns the condition that `a` is one of these agents. Its parameters are those of [`Store::which`].
    pub(super) fn condition(self, backend: DbBackend) -> String {
        match self {
            Self::All => "a.owner_id = :owner".to_owned(),
            Self::These(_) => format!("a.owner_id = :owner AND a.id {}", among(backend, ":ids")),
        }
    }
}

impl Store {
    /// Returns the parameters of [`Which::condition`]. PostgreSQL refuses one that does not occur.
    pub(super) fn which(&self, scope: &Scope, which: Which<'_>) -> Vec<(&'static str, Value)> {
        let owner = ("owner", scope.owner().into());
        match which {
            Which::All => vec![owner],
            Which::These(ids) => vec![owner, ("ids", self.ids(ids))],
        }
    }
}
