//! The rows that a request may see.
//!
//! Whatever serves a request takes a [`Scope`] and finds rows by [`Owned::owned`] or by a statement that compares
//! `owner_id`. The engine's own work (claims, firing, recovery, upkeep) is for all owners and takes none.

use crate::domain::id::OwnerId;
use crate::server::entity::{agent, run, thread};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

/// Everything that belongs to one owner. To a request, a row outside of it does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    owner: OwnerId,
}

impl Scope {
    /// Returns the scope of whoever sent a request. Only the doors know that, by `Caller`.
    pub fn of(owner: OwnerId) -> Self {
        Self { owner }
    }

    pub fn owner(&self) -> OwnerId {
        self.owner
    }
}

/// A table whose rows name their owner. Messages and steps do not: they are found through their thread or run.
pub(super) trait Owned: EntityTrait {
    const OWNER: Self::Column;

    /// Returns the rows within a scope.
    fn owned(scope: &Scope) -> Select<Self> {
        Self::find().filter(Self::OWNER.eq(scope.owner))
    }
}

impl Owned for agent::Entity {
    const OWNER: agent::Column = agent::Column::OwnerId;
}

impl Owned for thread::Entity {
    const OWNER: thread::Column = thread::Column::OwnerId;
}

impl Owned for run::Entity {
    const OWNER: run::Column = run::Column::OwnerId;
}
