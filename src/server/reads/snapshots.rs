//! Snapshots: what a topic looks like now. The same for the WebSocket, for SSE and for the pages' first HTML.

use crate::domain::agent::listing::Listing;
use crate::domain::agent::{Agent, RECENT_RUNS};
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::{AgentState, RunState, Said, ServerMessage, Topic, Writing};
use crate::domain::normal::Normal;
use crate::domain::request::RunInput;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::{RunStep, StepKind};
use crate::domain::views::agent::AgentDetail;
use crate::domain::views::run::RunDetail;
use crate::error::AppError;
use crate::server::execution::RunExecutor;
use crate::server::reads::recent::Recent;
use crate::server::runs::registry::Registry;
use crate::server::schedule::Schedule;
use crate::server::store::Store;
use crate::server::store::board::{AgentList, Board};
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::inputs::RecordedRequest;
use crate::server::store::scope::Scope;
use crate::server::store::transcripts::RunRecord;
use crate::server::store::which::Which;
use crate::server::{aside, markdown};
use std::sync::Arc;

/// Reads snapshots. Cheap to clone.
#[derive(Clone)]
pub struct Snapshots {
    pub(super) store: Store,
    registry: Registry,
    /// Asked how much of a conversation a model is given.
    pub(super) executor: Arc<dyn RunExecutor>,
    recent: Recent,
}

/// The snapshots that the dashboard shows.
pub struct DashboardSnapshots {
    pub agents: ServerMessage,
    pub summary: ServerMessage,
    /// That of the agent whose row is open, or an error where there is no such agent.
    pub history: Option<Result<ServerMessage, AppError>>,
}

impl Snapshots {
    pub fn new(store: Store, registry: Registry, executor: Arc<dyn RunExecutor>) -> Self {
        Self { store, registry, executor, recent: Recent::default() }
    }

    /// Returns a topic's current snapshot.
    ///
    /// # Errors
    /// No such agent or run.
    pub async fn read(&self, scope: &Scope, topic: Topic) -> StoreResult<ServerMessage> {
        match topic {
            Topic::Agents => self.agents(scope).await,
            Topic::Summary => self.summary(scope).await,
            Topic::Hold => self.hold(scope).await,
            Topic::Runs => self.runs(scope).await,
            Topic::Agent(id) => self.agent(scope, id).await,
            Topic::Run(id) => self.run(scope, id).await,
        }
    }

    /// Returns the snapshots that the dashboard shows, all of one instant.
    ///
    /// # Errors
    /// Those of the database. That there is no agent `open` is no error of the whole.
    pub async fn dashboard(
        &self,
        scope: &Scope,
        listing: &Listing,
        open: Option<AgentId>,
    ) -> StoreResult<DashboardSnapshots> {
        let recent = self.recent.get(scope.owner(), self.store.now());
        let Board { list, summary, open: read } = self.store.board(scope, listing, open, recent).await?;
        self.recent.put(scope.owner(), &summary);
        let server_now = self.store.now();
        let history = open.zip(read).map(|(id, read)| {
            read.map(|(agent, runs, seq)| self.agent_state(id, agent, runs, seq)).map_err(AppError::from)
        });
        Ok(DashboardSnapshots {
            agents: self.agents_state(list),
            summary: ServerMessage::SummaryState { topic: Topic::Summary, server_now, data: Box::new(summary) },
            history,
        })
    }

    /// Returns the rows that a dashboard asks for: all, or a page where there are many.
    pub async fn agent_list(
        &self,
        scope: &Scope,
        listing: &Listing,
        open: Option<AgentId>,
    ) -> StoreResult<ServerMessage> {
        Ok(self.agents_state(self.store.agent_list(scope, listing, open).await?))
    }

    /// Returns the rows of these agents, as far as they are there.
    pub async fn rows(&self, scope: &Scope, only: &[AgentId]) -> StoreResult<ServerMessage> {
        let rows = self.store.agent_rows(scope, Which::These(only)).await?;
        Ok(self.agents_state(AgentList { rows, page: None }))
    }

    async fn agents(&self, scope: &Scope) -> StoreResult<ServerMessage> {
        let rows = self.store.agent_rows(scope, Which::All).await?;
        Ok(self.agents_state(AgentList { rows, page: None }))
    }

    fn agents_state(&self, AgentList { rows: data, page }: AgentList) -> ServerMessage {
        let (server_now, page) = (self.store.now(), page.map(Box::new));
        ServerMessage::AgentsState { topic: Topic::Agents, server_now, data, page }
    }

    async fn summary(&self, scope: &Scope) -> StoreResult<ServerMessage> {
        let data = Box::new(self.store.summary(scope).await?);
        self.recent.put(scope.owner(), &data);
        Ok(ServerMessage::SummaryState { topic: Topic::Summary, server_now: self.store.now(), data })
    }

    async fn hold(&self, scope: &Scope) -> StoreResult<ServerMessage> {
        let data = Box::new(self.store.hold_status(scope).await?);
        Ok(ServerMessage::HoldState { topic: Topic::Hold, server_now: self.store.now(), data })
    }

    async fn agent(&self, scope: &Scope, id: AgentId) -> StoreResult<ServerMessage> {
        let (agent, runs, seq) = self.store.agent_with_runs(scope, id, RECENT_RUNS as u64).await?;
        Ok(self.agent_state(id, agent, runs, seq))
    }

    fn agent_state(&self, id: AgentId, agent: Agent, runs: Vec<AgentRun>, seq: i64) -> ServerMessage {
        let (topic, data) = (Topic::Agent(id), Box::new(AgentState { agent, runs }));
        ServerMessage::AgentState { topic, seq, server_now: self.store.now(), data }
    }

    /// Returns an agent with its newest runs, how its schedule reads, and what it has used this month.
    ///
    /// # Errors
    /// No such agent.
    pub async fn agent_detail(&self, scope: &Scope, id: AgentId) -> StoreResult<AgentDetail> {
        let state = self.agent(scope, id).await?;
        let spent = self.store.spent_this_month(id, None).await?;
        Ok(AgentDetail { reading: reading(&state), state, spent })
    }

    async fn run(&self, scope: &Scope, id: RunId) -> StoreResult<ServerMessage> {
        let RunRecord { run, seq, steps, .. } = self.store.run_record(scope, id).await?;
        let writing = self.writing(&run, &steps).await?;
        Ok(ServerMessage::RunState {
            topic: Topic::Run(id),
            seq,
            server_now: self.store.now(),
            data: Box::new(aside::run(move || run_state(run, steps, writing.formatted())).await),
        })
    }

    /// Returns a run with its steps and messages.
    ///
    /// # Errors
    /// No such run.
    pub async fn run_detail(&self, scope: &Scope, id: RunId) -> StoreResult<RunDetail> {
        // The run and its counter are of one instant: what comes after arrives again as an update.
        let RunRecord { run, agent_name, seq, steps, ahead, payloads_removed_at } =
            self.store.run_record(scope, id).await?;
        let writing = self.writing(&run, &steps).await?;
        let normal = self.store.normal(scope, run.agent_id, run.chat).await?;
        let given = self.store.run_request(scope, id).await?;
        let changes = match run.retry_of {
            None => Vec::new(),
            Some(original) => match self.store.recorded_request(scope, original).await {
                Ok(RecordedRequest { request: before, removed_at: None }) if payloads_removed_at.is_none() => {
                    before.again().changes(&given)
                }
                // Of what has been removed nobody knows whether it was the same.
                Ok(_) => Vec::new(),
                // It may be gone without this one.
                Err(StoreError::NoRun(_) | StoreError::RunRemoved(_)) => Vec::new(),
                Err(error) => return Err(error),
            },
        };
        let since_good = match is_out_of_order(&run, normal) {
            true => self.since_good(scope, &run, &agent_name).await?,
            false => None,
        };
        Ok(RunDetail {
            since_good,
            server_now: self.store.now(),
            seq,
            agent_name,
            writing: aside::run(move || writing.formatted()).await,
            run,
            steps,
            messages: self.store.transcript(scope, id, |model| self.executor.history_limit(model)).await?,
            ahead,
            normal,
            retried_as: self.store.retried_as(scope, id).await?,
            payloads_removed_at,
            given: RunInput { input: given.input, variables: given.variables },
            changes,
        })
    }

    /// Returns the text of a run's newest model call so far, or its answer.
    async fn writing(&self, run: &AgentRun, steps: &[RunStep]) -> StoreResult<Written> {
        match run.status.is_terminal() && self.registry.written(run.id).is_none() {
            true => Ok(answered(steps, self.store.answer(run.id).await?.unwrap_or_default())),
            false => self.writing_now(run.id).await,
        }
    }

    /// Returns the text so far of the newest model call of a run under way.
    pub(super) async fn writing_now(&self, run: RunId) -> StoreResult<Written> {
        Ok(match self.registry.written(run) {
            Some(written) => Written { step: written.step, text: written.text },
            // Executed elsewhere, or not begun.
            None => {
                let (step, text) = self.store.kept_output(run).await?.unwrap_or_default();
                Written { step, text }
            }
        })
    }

    /// Whether another process executes the run that a snapshot is of: its output then does not come through here.
    pub fn is_executed_elsewhere(&self, snapshot: &ServerMessage) -> bool {
        match snapshot {
            ServerMessage::RunState { data, .. } => {
                data.run.status == RunStatus::Running && self.registry.written(data.run.id).is_none()
            }
            _ => false,
        }
    }
}

/// Whether a run that is over failed, or was far slower or more expensive than its agent's others.
fn is_out_of_order(run: &AgentRun, normal: Option<Normal>) -> bool {
    let is_slow = || normal.zip(run.duration_ms).and_then(|(normal, took)| normal.times_as_long(took)).is_some();
    let is_dear = || normal.zip(run.usage.total_cost).and_then(|(normal, cost)| normal.times_the_cost(cost)).is_some();
    run.status.is_terminal() && (run.status == RunStatus::Failed || is_slow() || is_dear())
}

/// Returns the schedule of a snapshot's agent in plain English.
fn reading(snapshot: &ServerMessage) -> Option<String> {
    let ServerMessage::AgentState { data, .. } = snapshot else { return None };
    let agent = &data.agent;
    // It was read when it was saved.
    Some(Schedule::parse(agent.settings.schedule.as_deref()?, &agent.settings.time_zone).ok()?.reading())
}

/// Text of a model call, as it was read: making HTML of it takes its time.
pub(super) struct Written {
    /// Position of its step; 0 before any has written.
    step: i32,
    text: String,
}

impl Written {
    /// Adds its HTML. For a thread of its own.
    pub(super) fn formatted(self) -> Writing {
        let blocks = markdown::blocks(&self.text);
        Writing { text: self.text, text_step: Some(self.step).filter(|step| *step > 0), blocks }
    }
}

/// Returns the answer of a run that is over: it is what the last model call has written.
pub(super) fn answered(steps: &[RunStep], answer: String) -> Written {
    let last = steps.iter().rfind(|step| step.kind == StepKind::ModelCall);
    Written { step: last.map_or(0, |step| step.position), text: answer }
}

/// Returns a run with its steps and all that was said in them, as HTML. For a thread of its own.
pub(super) fn run_state(run: AgentRun, steps: Vec<RunStep>, writing: Writing) -> RunState {
    let earlier = steps.iter().filter(|step| Some(step.position) != writing.text_step);
    let said = |step: &RunStep| {
        let text = step.said.as_deref().filter(|text| !text.trim().is_empty())?;
        Some(Said { step: step.position, blocks: markdown::blocks(text) })
    };
    RunState { said: earlier.filter_map(said).collect(), run, steps, writing }
}
