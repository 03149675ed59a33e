//! Table `agent_runs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_runs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub agent_id: i64,
    pub thread_id: i64,
    pub status: String,
    pub trigger: String,
    pub chat: bool,
    pub queued_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub duration_ms: Option<i64>,
    pub model: String,
    /// The last message the run answers.
    pub input_message_id: Option<i64>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    pub usage_estimated: bool,
    pub cost_billed: bool,
    /// Nano-dollars.
    pub total_cost: Option<i64>,
    pub error: Option<String>,
    pub failure_kind: Option<String>,
    pub skip_reason: Option<String>,
    pub scheduled_for: Option<i64>,
    pub retry_of: Option<i64>,
    pub root_run_id: Option<i64>,
    pub parent_run_id: Option<i64>,
    pub attempt: i32,
    pub lease_owner: Option<String>,
    /// On the clock of the database.
    pub lease_until: Option<i64>,
    pub cancel_requested_at: Option<i64>,
    pub cancel_acknowledged_at: Option<i64>,
    /// Nano-dollars.
    pub cost_after_stop: Option<i64>,
    pub looping: bool,
    /// Why the model stopped writing, the last time.
    pub finish: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
