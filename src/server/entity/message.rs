//! Table `thread_messages`.

use crate::domain::id::{MessageId, RunId, ThreadId};
use crate::domain::thread::{Message, Role};
use crate::domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "thread_messages")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: MessageId,
    pub thread_id: ThreadId,
    pub run_id: Option<RunId>,
    pub role: Role,
    pub content: String,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Message {
    fn from(row: Model) -> Self {
        let Model { id, thread_id, run_id, role, content, created_at } = row;
        Self { id, thread_id, run_id, role, content, created_at }
    }
}
