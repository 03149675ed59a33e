//! Rows into the domain's types. A word that the CHECKs forbid is an error, not a guess.

use crate::domain::budget::Budgets;
use crate::domain::finish::Finish;
use crate::domain::id::{AgentId, MessageId, RunId, StepId, ThreadId};
use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, FailureKind, RunStatus, SkipReason, Trigger, Usage};
use crate::domain::step::{RunStep, StepKind};
use crate::domain::thread::{Message, Role, Thread, ThreadKind};
use crate::domain::time::Timestamp;
use crate::server::entity::{agent, message, run, step, thread};
use crate::server::store::error::{StoreError, StoreResult};
use sea_orm::DbErr;
use serde::de::DeserializeOwned;

/// Reads a word of the database as the value it stands for.
pub fn word<T>(parse: fn(&str) -> Option<T>, text: &str) -> StoreResult<T> {
    parse(text).ok_or_else(|| StoreError::Db(DbErr::Custom(format!("unexpected word {text:?} in a row"))))
}

fn time(ms: Option<i64>) -> Option<Timestamp> {
    ms.map(Timestamp::from_ms)
}

fn finish(text: Option<&str>) -> StoreResult<Option<Finish>> {
    text.map(|text| word(Finish::parse, text)).transpose()
}

/// A run's row as the wire shows it.
pub fn run(row: run::Model) -> StoreResult<AgentRun> {
    Ok(AgentRun {
        id: RunId(row.id),
        agent_id: AgentId(row.agent_id),
        thread_id: ThreadId(row.thread_id),
        status: word(RunStatus::parse, &row.status)?,
        trigger: word(Trigger::parse, &row.trigger)?,
        chat: row.chat,
        queued_at: Timestamp::from_ms(row.queued_at),
        started_at: time(row.started_at),
        finished_at: time(row.finished_at),
        duration_ms: row.duration_ms,
        model: row.model,
        usage: Usage {
            prompt_tokens: row.prompt_tokens,
            cached_tokens: row.cached_tokens,
            completion_tokens: row.completion_tokens,
            reasoning_tokens: row.reasoning_tokens,
            total_tokens: row.total_tokens,
            total_cost: row.total_cost.map(NanoDollars),
            usage_estimated: row.usage_estimated,
            cost_billed: row.cost_billed,
        },
        error: row.error,
        failure_kind: row.failure_kind.as_deref().map(|text| word(FailureKind::parse, text)).transpose()?,
        skip_reason: row.skip_reason.as_deref().map(|text| word(SkipReason::parse, text)).transpose()?,
        scheduled_for: time(row.scheduled_for),
        retry_of: row.retry_of.map(RunId),
        root_run_id: row.root_run_id.map(RunId),
        parent_run_id: row.parent_run_id.map(RunId),
        attempt: row.attempt,
        cancel_requested_at: time(row.cancel_requested_at),
        cancel_acknowledged_at: time(row.cancel_acknowledged_at),
        cost_after_stop: row.cost_after_stop.map(NanoDollars),
        looping: row.looping,
        finish: finish(row.finish.as_deref())?,
    })
}

/// A step's row as the wire shows it.
pub fn step(row: step::Model) -> StoreResult<RunStep> {
    Ok(RunStep {
        id: StepId(row.id),
        run_id: RunId(row.run_id),
        position: row.position,
        kind: word(StepKind::parse, &row.kind)?,
        name: row.name,
        revision: row.revision,
        started_at: Timestamp::from_ms(row.started_at),
        finished_at: time(row.finished_at),
        duration_ms: row.duration_ms,
        usage: Usage {
            prompt_tokens: row.prompt_tokens,
            cached_tokens: row.cached_tokens,
            completion_tokens: row.completion_tokens,
            reasoning_tokens: row.reasoning_tokens,
            total_tokens: row.total_tokens,
            total_cost: row.total_cost.map(NanoDollars),
            usage_estimated: row.usage_estimated,
            cost_billed: row.cost_billed,
        },
        rates: row.rates.as_deref().map(json).transpose()?,
        input: row.input,
        input_cut: row.input_cut,
        output: row.output,
        output_cut: row.output_cut,
        finish: finish(row.finish.as_deref())?,
        reasoning: row.reasoning,
        reasoning_cut: row.reasoning_cut,
        served_model: row.served_model,
        tries: json(&row.tries)?,
        error: row.error,
    })
}

/// What an agent's row allows its runs to use.
pub fn budgets(row: &agent::Model) -> Budgets {
    Budgets {
        run_cost: row.run_budget_cost.map(NanoDollars),
        run_tokens: row.run_budget_tokens,
        month_cost: row.month_budget_cost.map(NanoDollars),
        month_tokens: row.month_budget_tokens,
    }
}

/// Reads a text of the database as the JSON it holds.
pub fn json<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Db(DbErr::Json(error.to_string())))
}

/// A thread's row as the wire shows it.
pub fn thread(row: thread::Model) -> StoreResult<Thread> {
    Ok(Thread {
        id: ThreadId(row.id),
        agent_id: AgentId(row.agent_id),
        kind: word(ThreadKind::parse, &row.kind)?,
        title: row.title,
        created_at: Timestamp::from_ms(row.created_at),
        updated_at: Timestamp::from_ms(row.updated_at),
    })
}

/// A message's row as the wire shows it.
pub fn message(row: message::Model) -> StoreResult<Message> {
    Ok(Message {
        id: MessageId(row.id),
        thread_id: ThreadId(row.thread_id),
        run_id: row.run_id.map(RunId),
        role: word(Role::parse, &row.role)?,
        content: row.content,
        created_at: Timestamp::from_ms(row.created_at),
    })
}
