//! Table `agent_runs`.

use super::usage::has_usage;
use super::values::Json;
use crate::domain::budget::Budgets;
use crate::domain::failure::{FailureCause, FailureKind};
use crate::domain::finish::Finish;
use crate::domain::hook::RunHook;
use crate::domain::id::{AgentId, HookId, MessageId, OwnerId, RunId, ThreadId};
use crate::domain::money::NanoDollars;
use crate::domain::priority::Priority;
use crate::domain::request::{Metadata, RunBrief, RunInput, RunRequest};
use crate::domain::run::{AgentRun, RunStatus, SkipReason, Trigger, Usage};
use crate::domain::signal::Signals;
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
    /// Null where it is not known, of runs that are older than versions.
    pub agent_version: Option<i64>,
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
    /// In this table a run that a hold has kept from happening is one that was missed; the next column tells.
    pub skip_reason: Option<SkipReason>,
    /// Null where it was not missed, or not because of a hold.
    pub missed_on_hold: Option<bool>,
    pub scheduled_for: Option<Timestamp>,
    pub retry_of: Option<RunId>,
    /// Null unless it is kept for good.
    pub kept_at: Option<Timestamp>,
    /// When its input and those of its steps, and what came of them, were removed; null while they are kept.
    pub payloads_removed_at: Option<Timestamp>,
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
    /// Null where there is none.
    pub signals: Option<Signals>,
    /// As its provider calls it, the last time.
    pub served_model: Option<String>,
    /// The first 200 characters.
    pub input_preview: Option<String>,
    pub tags: Option<Json<Vec<String>>>,
    pub metadata: Option<Json<Metadata>>,
    /// It does not begin earlier.
    pub not_before: Option<Timestamp>,
    pub trigger_note: Option<String>,
    /// Null where it is its agent's model of that time.
    pub model_overridden: Option<bool>,
    /// In place of its agent's, as the next.
    #[sea_orm(column_name = "run_budget_cost")]
    pub run_budget_usd: Option<NanoDollars>,
    pub run_budget_tokens: Option<i64>,
    /// The webhook that it came through, and the name that it had.
    pub hook_id: Option<HookId>,
    pub hook_name: Option<String>,
    /// Null where it is normal.
    pub priority: Option<Priority>,
    /// The time by which it has, or had, its place in its agent's queue; 0 where it was there before there were priorities.
    pub ordered_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

has_usage!();

impl Model {
    /// Returns what it was started with; `input` is what it was given.
    pub fn request(&self, input: RunInput) -> RunRequest {
        let RunInput { input, variables } = input;
        RunRequest {
            input,
            variables,
            tags: self.tags.clone().unwrap_or_default().0,
            metadata: self.metadata.clone().unwrap_or_default().0,
            model: self.model_overridden.unwrap_or_default().then(|| self.model.clone()),
            run_budget_usd: self.run_budget_usd,
            run_budget_tokens: self.run_budget_tokens,
            not_before: self.not_before,
            trigger_note: self.trigger_note.clone(),
            priority: self.priority.unwrap_or_default(),
        }
    }

    /// Returns its limits: its own, or else those of its agent.
    pub fn budgets(&self, of_agent: Budgets) -> Budgets {
        Budgets {
            run_cost: self.run_budget_usd.or(of_agent.run_cost),
            run_tokens: self.run_budget_tokens.or(of_agent.run_tokens),
            ..of_agent
        }
    }
}

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
            agent_version: row.agent_version,
            error: row.error,
            failure_kind: row.failure_kind,
            failure_cause: row.failure_cause,
            failure_detail: row.failure_detail,
            skip_reason: if row.missed_on_hold == Some(true) { Some(SkipReason::Held) } else { row.skip_reason },
            scheduled_for: row.scheduled_for,
            retry_of: row.retry_of,
            kept_at: row.kept_at,
            root_run_id: row.root_run_id,
            attempt: row.attempt,
            cancel_requested_at: row.cancel_requested_at,
            cancel_acknowledged_at: row.cancel_acknowledged_at,
            cost_after_stop: row.cost_after_stop,
            looping: row.looping,
            finish: row.finish,
            failed_calls: row.failed_calls,
            answer_preview: row.answer_preview,
            signals: row.signals.unwrap_or_default(),
            served_model: row.served_model,
            brief: RunBrief {
                input_preview: row.input_preview,
                tags: row.tags.unwrap_or_default().0,
                metadata: row.metadata.unwrap_or_default().0,
                not_before: row.not_before,
                trigger_note: row.trigger_note,
                hook: row.hook_id.zip(row.hook_name).map(|(id, name)| RunHook { id, name }),
                model_overridden: row.model_overridden.unwrap_or_default(),
                run_budget_usd: row.run_budget_usd,
                run_budget_tokens: row.run_budget_tokens,
                priority: row.priority.unwrap_or_default(),
            },
        }
    }
}
