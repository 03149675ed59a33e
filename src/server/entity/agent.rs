//! Table `agents`.

use super::values::Json;
use crate::domain::budget::Budgets;
use crate::domain::id::{AgentId, OwnerId};
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolPick;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agents")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AgentId,
    pub owner_id: OwnerId,
    pub name: String,
    pub description: String,
    pub system_instructions: String,
    pub task_instructions: String,
    pub model: String,
    pub paused: bool,
    pub max_concurrent_runs: i32,
    pub timeout_s: i32,
    pub schedule: Option<String>,
    pub time_zone: String,
    pub overlap: Overlap,
    pub catch_up: bool,
    /// When the schedule comes due next; null without one and while paused.
    pub next_due_at: Option<Timestamp>,
    pub live_seq: i64,
    pub max_steps: i32,
    pub tools: Json<Vec<ToolPick>>,
    pub run_budget_cost: Option<NanoDollars>,
    pub run_budget_tokens: Option<i64>,
    pub month_budget_cost: Option<NanoDollars>,
    pub month_budget_tokens: Option<i64>,
    /// Grows whenever somebody changes the settings.
    pub version: i64,
    pub deleting_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Limits of its runs.
    pub fn budgets(&self) -> Budgets {
        Budgets {
            run_cost: self.run_budget_cost,
            run_tokens: self.run_budget_tokens,
            month_cost: self.month_budget_cost,
            month_tokens: self.month_budget_tokens,
        }
    }
}
