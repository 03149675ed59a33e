//! Table `threads`.

use crate::domain::id::{AgentId, OwnerId, ThreadId};
use crate::domain::thread::{Thread, ThreadKind};
use crate::domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "threads")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ThreadId,
    /// Its agent's.
    pub owner_id: OwnerId,
    pub agent_id: AgentId,
    pub kind: ThreadKind,
    pub title: String,
    /// Whether somebody has named it; otherwise its first message does.
    pub titled: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Thread {
    fn from(row: Model) -> Self {
        let Model { id, agent_id, kind, title, created_at, updated_at, .. } = row;
        Self { id, agent_id, kind, title, created_at, updated_at }
    }
}
