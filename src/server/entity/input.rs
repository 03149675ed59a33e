//! Table `run_inputs`: what runs were given, whole. Runs that were given nothing have no row.

use super::values::Json;
use crate::domain::id::RunId;
use crate::domain::request::{RunInput, Variables};
use crate::domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run_inputs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: RunId,
    pub input: Option<String>,
    pub variables: Json<Variables>,
    /// Hash of input and variables.
    pub digest: Vec<u8>,
    /// When input and variables were removed; this row says that there were some.
    pub removed_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for RunInput {
    fn from(row: Model) -> Self {
        Self { input: row.input, variables: row.variables.0 }
    }
}
