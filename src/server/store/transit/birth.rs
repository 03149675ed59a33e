//! How runs come into being: queued, or over from the beginning because they are not to happen.

use super::ended::Ended;
use crate::domain::hook::RunHook;
use crate::domain::id::{AgentId, MessageId, OwnerId, RunId, ThreadId};
use crate::domain::priority::Priority;
use crate::domain::request::RunRequest;
use crate::domain::run::{AgentRun, RunStatus, SkipReason, Trigger};
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use crate::server::entity::{agent, run};
use crate::server::store::error::StoreResult;
use crate::server::store::{Store, storable_row};
use sea_orm::{DatabaseTransaction, EntityTrait, Set};

/// A run that is about to be created.
#[derive(Clone, Debug)]
pub(in crate::server::store) struct NewRun {
    /// Its agent's.
    pub owner: OwnerId,
    pub agent: AgentId,
    pub thread: ThreadId,
    pub model: String,
    /// The version of its agent that it is executed with.
    pub version: i64,
    pub trigger: Trigger,
    pub chat: bool,
    /// The last message it is to answer.
    pub input_message: Option<MessageId>,
    pub retry_of: Option<RunId>,
    /// The first run of the retry chain.
    pub root: Option<RunId>,
    pub scheduled_for: Option<Timestamp>,
    /// The webhook that it comes through.
    pub hook: Option<RunHook>,
    /// The request that it is started with; the caller keeps its input and variables.
    pub request: RunRequest,
    /// Why it is not to happen.
    pub skip: Option<Skip>,
}

impl NewRun {
    /// Returns a run of an agent, with its present settings.
    pub fn of(agent: &agent::Model, thread: ThreadId, trigger: Trigger) -> Self {
        Self {
            owner: agent.owner_id,
            agent: agent.id,
            thread,
            model: agent.model.clone(),
            version: agent.version,
            trigger,
            chat: false,
            input_message: None,
            retry_of: None,
            root: None,
            scheduled_for: None,
            hook: None,
            request: RunRequest::default(),
            skip: None,
        }
    }
}

/// Why a run does not happen.
#[derive(Clone, Debug)]
pub struct Skip {
    pub reason: SkipReason,
    /// Explanation, where the reason alone does not say enough.
    pub says: Option<String>,
}

impl Store {
    /// Queues runs; those that are not to happen are born skipped. One statement however many they are.
    pub(in crate::server::store) async fn bear_runs(
        &self,
        txn: &DatabaseTransaction,
        new: Vec<NewRun>,
        at: Timestamp,
    ) -> StoreResult<Vec<AgentRun>> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let rows = new.into_iter().map(|new| storable_row(row(new, at)));
        let rows = run::Entity::insert_many(rows).exec_with_returning(txn).await?;
        let runs: Vec<_> = rows.into_iter().map(AgentRun::from).collect();
        let ended = runs.iter().filter(|run| run.status.is_terminal()).map(|run| Ended::of(run, None, None));
        self.ended(txn, ended.collect()).await?;
        Ok(runs)
    }
}

fn row(new: NewRun, at: Timestamp) -> run::ActiveModel {
    let status = if new.skip.is_some() { RunStatus::Skipped } else { RunStatus::Queued };
    let (reason, says) = new.skip.map(|skip| (skip.reason, skip.says)).unzip();
    let is_held = reason == Some(SkipReason::Held);
    let (hook_id, hook_name) = new.hook.map(|hook| (hook.id, hook.name)).unzip();
    let preview = new.request.preview();
    let RunRequest {
        tags, metadata, model, run_budget_usd, run_budget_tokens, not_before, trigger_note, priority, ..
    } = new.request;
    let place = priority.ordered_at(at);
    run::ActiveModel {
        owner_id: Set(new.owner),
        agent_id: Set(new.agent),
        thread_id: Set(new.thread),
        status: Set(status),
        trigger: Set(new.trigger),
        chat: Set(new.chat),
        queued_at: Set(at),
        finished_at: Set(status.is_terminal().then_some(at)),
        model_overridden: Set(model.is_some().then_some(true)),
        model: Set(model.unwrap_or(new.model)),
        agent_version: Set(Some(new.version)),
        input_message_id: Set(new.input_message),
        error: Set(says.flatten()),
        skip_reason: Set(if is_held { Some(SkipReason::Missed) } else { reason }),
        missed_on_hold: Set(is_held.then_some(true)),
        scheduled_for: Set(new.scheduled_for),
        retry_of: Set(new.retry_of),
        root_run_id: Set(new.root),
        input_preview: Set(preview),
        tags: Set(Some(tags).filter(|tags| !tags.is_empty()).map(Json)),
        metadata: Set(Some(metadata).filter(|metadata| !metadata.is_empty()).map(Json)),
        not_before: Set(not_before),
        trigger_note: Set(trigger_note),
        run_budget_usd: Set(run_budget_usd),
        run_budget_tokens: Set(run_budget_tokens),
        hook_id: Set(hook_id),
        hook_name: Set(hook_name),
        priority: Set(Some(priority).filter(|priority| *priority != Priority::Normal)),
        ordered_at: Set(place),
        ..Default::default()
    }
}
