//! Table `holds`: times during which none of an owner's runs began. At most one of each owner is in force.

use crate::domain::hold::Hold;
use crate::domain::id::{HoldId, OwnerId};
use crate::domain::run::Trigger;
use crate::domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "holds")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: HoldId,
    pub owner_id: OwnerId,
    pub held_at: Timestamp,
    pub held_by: OwnerId,
    /// The door through which it was asked for.
    pub trigger: Trigger,
    pub note: Option<String>,
    /// Null while it is in force, as the next.
    pub released_at: Option<Timestamp>,
    pub released_by: Option<OwnerId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Hold {
    fn from(row: Model) -> Self {
        let Model { id, held_at, held_by, trigger, note, .. } = row;
        Self { id, held_at, held_by, trigger, note }
    }
}
