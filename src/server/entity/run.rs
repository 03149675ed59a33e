//! Table `agent_runs`.

use super::usage::has_usage;
use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;
use crate::domain::id::{AgentId, MessageId, OwnerId, RunId, ThreadId};
use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, FailureKind, RunStatus, SkipReason, Trigger, Usage};
use crate::domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_runs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RunId,
    /// Its agent's.
    pub owner_id: OwnerId,
    pub agent_id: AgentId,
    pub thread_id: ThreadId,
    pub status: RunStatus,
    pub trigger: Trigger,
    pub chat: bool,
    pub queued_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub model: String,
    /// The last message the run answers.
    pub input_message_id: Option<MessageId>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    pub usage_estimated: bool,
    pub cost_billed: bool,
    pub total_cost: Option<NanoDollars>,
    pub error: Option<String>,
    pub failure_kind: Option<FailureKind>,
    pub failure_cause: Option<FailureCause>,
    pub failure_detail: Option<String>,
    pub skip_reason: Option<SkipReason>,
    pub scheduled_for: Option<Timestamp>,
    pub retry_of: Option<RunId>,
    pub root_run_id: Option<RunId>,
    pub attempt: i32,
    pub lease_owner: Option<String>,
    /// Milliseconds on the clock of the database.
    pub lease_until: Option<i64>,
    pub cancel_requested_at: Option<Timestamp>,
    pub cancel_acknowledged_at: Option<Timestamp>,
    pub cost_after_stop: Option<NanoDollars>,
    pub looping: bool,
    /// Why the model stopped writing, the last time.
    pub finish: Option<Finish>,
    pub failed_calls: i32,
    pub answer_preview: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

has_usage!();

impl From<Model> for AgentRun {
    fn from(row: Model) -> Self {
        Self {
            usage: row.usage(),
            id: row.id,
            agent_id: row.agent_id,
            thread_id: row.thread_id,
            status: row.status,
            trigger: row.trigger,
            chat: row.chat,
            queued_at: row.queued_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            duration_ms: row.duration_ms,
            model: row.model,
            error: row.error,
            failure_kind: row.failure_kind,
            failure_cause: row.failure_cause,
            failure_detail: row.failure_detail,
            skip_reason: row.skip_reason,
            scheduled_for: row.scheduled_for,
            retry_of: row.retry_of,
            root_run_id: row.root_run_id,
            attempt: row.attempt,
            cancel_requested_at: row.cancel_requested_at,
            cancel_acknowledged_at: row.cancel_acknowledged_at,
            cost_after_stop: row.cost_after_stop,
            looping: row.looping,
            finish: row.finish,
            failed_calls: row.failed_calls,
            answer_preview: row.answer_preview,
        }
    }
}
