//! Table `run_steps`.

use super::usage::has_usage;
use super::values::Json;
use crate::domain::finish::Finish;
use crate::domain::id::{RunId, StepId};
use crate::domain::money::NanoDollars;
use crate::domain::run::Usage;
use crate::domain::step::{RunStep, StepCall, StepKind, StepTry};
use crate::domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run_steps")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: StepId,
    pub run_id: RunId,
    pub position: i32,
    pub kind: StepKind,
    pub name: String,
    pub revision: i32,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    pub usage_estimated: bool,
    pub cost_billed: bool,
    pub total_cost: Option<NanoDollars>,
    /// The rates the cost was computed from.
    pub rates: Option<Json<serde_json::Value>>,
    pub error: Option<String>,
    pub input: Option<String>,
    pub input_cut: bool,
    /// Bytes of the whole, where `input` is only the beginning and more is kept; null otherwise.
    pub input_bytes: Option<i64>,
    /// A model's text, or a tool's result.
    pub output: Option<String>,
    pub output_cut: bool,
    pub output_bytes: Option<i64>,
    /// The tools that the model asked for.
    pub calls: Json<Vec<StepCall>>,
    /// Why the model stopped writing.
    pub finish: Option<Finish>,
    pub reasoning: Option<String>,
    pub reasoning_cut: bool,
    pub served_model: Option<String>,
    /// The model's own id of a tool call.
    pub call_id: Option<String>,
    /// Calls that failed and were repeated.
    pub tries: Json<Vec<StepTry>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

has_usage!();

impl From<Model> for RunStep {
    fn from(row: Model) -> Self {
        let is_model = row.kind == StepKind::ModelCall;
        let usage = row.usage();
        let input_bytes = bytes(row.input_bytes, row.input.as_deref(), row.input_cut);
        let output_bytes = bytes(row.output_bytes, row.output.as_deref(), row.output_cut);
        let (said, output) = if is_model { (row.output, None) } else { (None, row.output) };
        Self {
            usage,
            id: row.id,
            run_id: row.run_id,
            position: row.position,
            kind: row.kind,
            name: row.name,
            revision: row.revision,
            started_at: row.started_at,
            finished_at: row.finished_at,
            duration_ms: row.duration_ms,
            rates: row.rates.map(|rates| rates.0),
            input: row.input,
            input_cut: row.input_cut,
            input_bytes,
            said,
            said_cut: row.output_cut && is_model,
            calls: row.calls.0,
            call_id: row.call_id,
            output,
            output_cut: row.output_cut && !is_model,
            output_bytes,
            finish: row.finish,
            reasoning: row.reasoning,
            reasoning_cut: row.reasoning_cut,
            served_model: row.served_model,
            tries: row.tries.0,
            error: row.error,
        }
    }
}

/// Returns the bytes of a text, of which the row may have the beginning only.
fn bytes(recorded: Option<i64>, text: Option<&str>, is_cut: bool) -> Option<i64> {
    let whole = || text.filter(|_| !is_cut).and_then(|text| i64::try_from(text.len()).ok());
    recorded.or_else(whole)
}
