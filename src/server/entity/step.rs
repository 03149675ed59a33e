//! Table `run_steps`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run_steps")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub run_id: i64,
    pub position: i32,
    pub kind: String,
    pub name: String,
    pub revision: i32,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub duration_ms: Option<i64>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    pub usage_estimated: bool,
    pub cost_billed: bool,
    /// Nano-dollars.
    pub total_cost: Option<i64>,
    /// JSON of the rates the cost was computed from.
    pub rates: Option<String>,
    pub error: Option<String>,
    pub input: Option<String>,
    pub input_cut: bool,
    pub output: Option<String>,
    pub output_cut: bool,
    /// Why the model stopped writing.
    pub finish: Option<String>,
    pub reasoning: Option<String>,
    pub reasoning_cut: bool,
    pub served_model: Option<String>,
    /// The model's own id of a tool call.
    pub call_id: Option<String>,
    /// JSON: a list of what failed and was repeated.
    pub tries: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
