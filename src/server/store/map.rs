//! Rows into the domain's types. A word that the CHECKs forbid is an error, not a guess.

use crate::domain::id::{AgentId, MessageId, RunId, StepId, ThreadId};
use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, FailureKind, RunStatus, SkipReason, Trigger, Usage};
use crate::domain::step::{RunStep, StepKind};
use crate::domain::thread::{Message, Role, Thread, ThreadKind};
use crate::domain::time::Timestamp;
use crate::server::entity::{message, run, step, thread};
use crate::server::store::error::{StoreError, StoreResult};
use sea_orm::DbErr;

/// Reads a word of the database as the value it stands for.
pub fn word<T>(parse: fn(&str) -> Option<T>, text: &str) -> StoreResult<T> {
    parse(text).ok_or_else(|| StoreError::Db(DbErr::Custom(format!("unexpected word {text:?} in a row"))))
}

fn time(ms: Option<i64>) -> Option<Timestamp> {
    ms.map(Timestamp::from_ms)
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
            total_tokens: row.total_tokens,
            total_cost: row.total_cost.map(NanoDollars),
            usage_estimated: row.usage_estimated,
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
        started_at: Timestamp::from_ms(row.started_at),
        finished_at: time(row.finished_at),
        duration_ms: row.duration_ms,
        usage: Usage {
            prompt_tokens: row.prompt_tokens,
            cached_tokens: row.cached_tokens,
            completion_tokens: row.completion_tokens,
            total_tokens: row.total_tokens,
            total_cost: row.total_cost.map(NanoDollars),
            usage_estimated: row.usage_estimated,
        },
        error: row.error,
    })
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
