//! Table `concurrency_groups`: the limits of groups. A group that only agents name has no row.

use crate::domain::id::OwnerId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "concurrency_groups")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub owner_id: OwnerId,
    pub name: String,
    /// How many runs of all its agents are executed at once at most.
    pub most: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
