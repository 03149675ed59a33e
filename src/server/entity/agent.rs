//! Table `agents`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agents")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
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
    pub overlap: String,
    pub catch_up: bool,
    /// When the schedule comes due next; null without one and while paused.
    pub next_due_at: Option<i64>,
    pub live_seq: i64,
    pub max_steps: i32,
    /// JSON: a list of picks.
    pub tools: String,
    /// Nano-dollars.
    pub run_budget_cost: Option<i64>,
    pub run_budget_tokens: Option<i64>,
    /// Nano-dollars.
    pub month_budget_cost: Option<i64>,
    pub month_budget_tokens: Option<i64>,
    /// Grows whenever somebody changes the settings.
    pub version: i64,
    pub deleting_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
