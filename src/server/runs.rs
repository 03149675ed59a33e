//! The run engine: how a run is accepted, fired by a schedule, claimed, executed, stopped, retried and recovered.
//!
//! Knows neither HTTP nor any model provider: the work of a run is behind [`RunExecutor`], its audience behind
//! [`events::EventBus`].

pub mod dispatcher;
pub mod due;
pub mod events;
pub mod firing;
mod groups;
mod hold;
pub mod leases;
pub mod lifecycle;
pub mod persist;
mod pump;
pub mod recovery;
pub mod registry;
pub mod removal;
pub mod steps;

use crate::domain::hook::{Receipt, RunHook};
use crate::domain::id::{AgentId, BulkId, OwnerId, RunId, ThreadId};
use crate::domain::request::RunRequest;
use crate::domain::run::{AgentRun, Trigger};
use crate::domain::tags::TagChange;
use crate::server::execution::RunExecutor;
use crate::server::execution::cut::CutReason;
use crate::server::store::bulk::Deletion;
use crate::server::store::deliveries::NewDelivery;
use crate::server::store::error::StoreResult;
use crate::server::store::removal::Stopping;
use crate::server::store::scope::Scope;
use crate::server::store::transit::Change;
use crate::server::store::transitions::StopOutcome;
use crate::server::store::{Store, leases::Claim};
use crate::server::tasks::Tasks;
use events::{EventBus, EventKind};
use registry::Registry;
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// The engine. Cheap to clone; every clone is the same engine.
#[derive(Clone)]
pub struct Runs(Arc<Inner>);

struct Inner {
    store: Store,
    executor: Arc<dyn RunExecutor>,
    events: EventBus,
    registry: Registry,
    /// Who holds the leases of this process. New at every start: a restarted server is somebody else.
    owner: String,
    workers: Arc<Semaphore>,
    /// A run was queued.
    arrived: Notify,
    /// A run is over: one that waited for its place may have become claimable.
    freed: Notify,
    /// No new claims.
    closing: CancellationToken,
    executions: TaskTracker,
}

impl Runs {
    /// Creates an engine that executes at most `workers` runs at once. Nothing is executed before [`Runs::start`].
    pub fn new(store: Store, executor: Arc<dyn RunExecutor>, events: EventBus, owner: String, workers: usize) -> Self {
        Self(Arc::new(Inner {
            store,
            executor,
            events,
            registry: Registry::default(),
            owner,
            workers: Arc::new(Semaphore::new(workers)),
            arrived: Notify::new(),
            freed: Notify::new(),
            closing: CancellationToken::new(),
            executions: TaskTracker::new(),
        }))
    }

    /// Recovers what the last process left behind, then begins to claim and execute, and to fire what is due.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub async fn start(&self, tasks: &Tasks) -> StoreResult<()> {
        recovery::at_start(self).await?;
        let runs = self.clone();
        tasks.keep("dispatcher", move || dispatcher::run(runs.clone()));
        let runs = self.clone();
        tasks.keep("leases", move || leases::keep(runs.clone()));
        let runs = self.clone();
        tasks.keep("schedules", move || due::keep(runs.clone()));
        let runs = self.clone();
        tasks.every("recovery", recovery::EVERY, move || {
            let runs = runs.clone();
            async move { recovery::round(&runs).await }
        });
        Ok(())
    }

    /// Returns the answers of running executions so far.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// Accepts a task run: its thread is created from the agent's system and task instructions, and from what it is given. The
    /// request is within its bounds.
    ///
    /// # Errors
    /// No such agent, or it is being deleted; a value is missing that its instructions hold a name for.
    pub async fn accept_task_run(
        &self,
        scope: &Scope,
        agent: AgentId,
        trigger: Trigger,
        request: &RunRequest,
    ) -> StoreResult<AgentRun> {
        self.accepted(self.0.store.create_task_run_with(scope, agent, trigger, request).await)
    }

    /// Accepts a task run for a delivery of a webhook, and records the delivery with it. The request is within its bounds.
    ///
    /// # Errors
    /// The same was delivered before; the webhook is gone; those of [`Runs::accept_task_run`].
    pub async fn accept_delivery(
        &self,
        scope: &Scope,
        agent: AgentId,
        request: &RunRequest,
        hook: &RunHook,
        delivery: &NewDelivery,
    ) -> StoreResult<Receipt> {
        let (change, delivery) = match self.0.store.deliver(scope, agent, request, hook, delivery).await {
            Ok(delivered) => delivered,
            Err(error) => return error.recorded(),
        };
        let run = Some(change.run.clone());
        self.publish(change);
        Ok(Receipt { delivery, run })
    }

    /// Accepts a chat turn: a run that answers a thread's messages so far.
    ///
    /// # Errors
    /// No such thread, nothing in it to answer, or its agent is being deleted.
    pub async fn accept_thread_run(&self, scope: &Scope, thread: ThreadId, trigger: Trigger) -> StoreResult<AgentRun> {
        self.accepted(self.0.store.create_thread_run(scope, thread, trigger).await)
    }

    /// Accepts a person's message in a chat, or in a new one, together with the run that answers it.
    ///
    /// # Errors
    /// No such agent or chat, or the agent is being deleted.
    pub async fn accept_chat_turn(
        &self,
        scope: &Scope,
        agent: AgentId,
        thread: Option<ThreadId>,
        content: &str,
        trigger: Trigger,
    ) -> StoreResult<AgentRun> {
        self.accepted(self.0.store.create_chat_turn(scope, agent, thread, content, trigger).await)
    }

    /// Accepts a new run that repeats a finished one: as it was, or started with something else.
    ///
    /// # Errors
    /// No such run, or it is not over, or its agent is being deleted; and as [`Runs::accept_task_run`].
    pub async fn retry(
        &self,
        scope: &Scope,
        run: RunId,
        trigger: Trigger,
        other: Option<&RunRequest>,
    ) -> StoreResult<AgentRun> {
        self.accepted(self.0.store.create_retry(scope, run, trigger, other).await)
    }

    /// Asks a run to stop. Asking twice is fine.
    ///
    /// # Errors
    /// No such run, or it is over.
    pub async fn stop(&self, scope: &Scope, run: RunId) -> StoreResult<AgentRun> {
        let run = match self.0.store.request_stop(scope, run).await {
            Ok(StopOutcome::Cancelled(change) | StopOutcome::Requested(change)) => self.accepted(Ok(change))?,
            Ok(StopOutcome::AlreadyRequested(run)) => run,
            Err(error) => error.recorded()?,
        };
        self.0.registry.cut(run.id, CutReason::Stopped);
        Ok(run)
    }

    /// Keeps a run for good, or no longer. Doing it twice is fine.
    ///
    /// # Errors
    /// No such run.
    pub async fn keep(&self, scope: &Scope, run: RunId, is_kept: bool) -> StoreResult<AgentRun> {
        match self.0.store.keep_run(scope, run, is_kept).await? {
            None => self.0.store.run(scope, run).await,
            Some(Change { owner, run, seq, .. }) => {
                let kind = EventKind::RunProgressed(Arc::new(run.clone()));
                self.0.events.publish(owner, run.agent_id, seq, kind);
                Ok(run)
            }
        }
    }

    /// Adds tags to a run and removes others. Returns whether that made a difference.
    ///
    /// # Errors
    /// No such run, or it would have too many.
    pub async fn tag(&self, scope: &Scope, run: RunId, change: &TagChange) -> StoreResult<bool> {
        match self.0.store.tag_run(scope, run, change).await {
            Ok(None) => Ok(false),
            Ok(Some(change)) => self.accepted(Ok(change)).map(|_| true),
            Err(error) => self.accepted(Err(error)).map(|_| true),
        }
    }

    /// Deletes a run that is over, with all that belongs to it, as one of the runs of an action. Where an earlier attempt did so and
    /// was cut off, it is done.
    ///
    /// # Errors
    /// As [`Store::delete_run`].
    pub async fn delete_listed(&self, scope: &Scope, job: BulkId, run: RunId) -> StoreResult<()> {
        loop {
            let Deletion { removed, is_done } = match self.0.store.delete_run(scope, job, run).await {
                Ok(deletion) => deletion,
                Err(error) => return error.recorded::<bool>().map(drop),
            };
            self.0.events.publish(removed.owner, removed.agent, removed.seq, EventKind::RunsChanged);
            if is_done {
                return Ok(());
            }
        }
    }

    /// Stops all runs of an agent: the queued ones at once, the running ones once they have settled. Returns how many.
    ///
    /// # Errors
    /// No such agent.
    pub async fn stop_all(&self, scope: &Scope, agent: AgentId) -> StoreResult<u64> {
        let stopping = match self.0.store.stop_agent_runs(scope, agent).await {
            Ok(Some(stopping)) => stopping,
            Ok(None) => return Ok(0),
            Err(error) => return error.recorded(),
        };
        self.stopped(scope.owner(), agent, &stopping);
        Ok(stopping.count())
    }

    /// Runs that have been stopped together, committed: notifies whoever listens and cuts short those that are executed
    /// here.
    pub fn stopped(&self, owner: OwnerId, agent: AgentId, stopping: &Stopping) {
        self.0.events.publish(owner, agent, stopping.seq, EventKind::RunsChanged);
        for run in &stopping.running {
            self.0.registry.cut(*run, CutReason::Stopped);
        }
        self.0.freed.notify_one();
    }

    /// Deletes an agent with everything it has. Goes on when whoever asked does not wait for it.
    ///
    /// # Errors
    /// No such agent.
    pub async fn delete_agent(&self, scope: Scope, agent: AgentId) -> StoreResult<()> {
        let runs = self.clone();
        let removal = tokio::spawn(async move { removal::delete_agent(&runs, &scope, agent).await });
        // Only a panic keeps it from returning. It goes on here, as if there were no task between; recovery takes the
        // deletion up again.
        removal.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    /// Returns the newest runs of an agent, newest first, at most `limit`.
    ///
    /// # Errors
    /// No such agent.
    pub async fn list_runs(&self, scope: &Scope, agent: AgentId, limit: u64) -> StoreResult<Vec<AgentRun>> {
        self.0.store.list_runs(scope, agent, limit).await
    }

    /// Publishes a change that was asked for and is committed. Returns the run; of a request that was carried out before, as
    /// it was then.
    fn accepted(&self, change: StoreResult<Change>) -> StoreResult<AgentRun> {
        let change = match change {
            Ok(change) => change,
            Err(error) => return error.recorded(),
        };
        let run = change.run.clone();
        self.publish(change);
        Ok(run)
    }

    /// Publishes a committed change: notifies whoever listens, and the dispatcher, since there is more to do or a place
    /// may have become free.
    fn publish(&self, change: Change) {
        let Change { owner, run, before, seq } = change;
        let (agent, kind) = (run.agent_id, EventKind::of_run(before, run));
        match kind {
            EventKind::RunQueued(_) => self.0.arrived.notify_one(),
            EventKind::RunEnded { .. } => self.0.freed.notify_one(),
            _ => {}
        }
        self.0.events.publish(owner, agent, seq, kind);
    }

    /// Stops claiming, lets what is running finish until `patience` has passed, then cuts it off as
    /// failed/interrupted. Returns when every execution has been written down or `limit` has passed.
    pub async fn drain(&self, patience: std::time::Duration, limit: std::time::Duration) {
        self.0.closing.cancel();
        self.0.executions.close();
        let finished = tokio::time::timeout(patience, self.0.executions.wait()).await.is_ok();
        if !finished {
            tracing::info!("cutting off what is still running");
            self.0.registry.cut_all(CutReason::ShuttingDown);
            if tokio::time::timeout(limit.saturating_sub(patience), self.0.executions.wait()).await.is_err() {
                tracing::warn!("some runs did not settle in time; they will be recovered at the next start");
            }
        }
    }

    fn claimed(&self, claim: Claim, permit: tokio::sync::OwnedSemaphorePermit) {
        let runs = self.clone();
        let span = tracing::info_span!("run", run = %claim.run, agent = %claim.agent);
        let execution = async move {
            lifecycle::execute(&runs, claim).await;
            drop(permit);
            runs.0.freed.notify_one();
        };
        self.0.executions.spawn(execution.instrument(span));
    }
}
