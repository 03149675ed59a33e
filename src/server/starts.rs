//! Starting runs as a service: checks what somebody asks for a run against its bounds and its agent, then hands it to the
//! engine, which knows no models. All doors start runs here.

use crate::domain::agent::{Agent, AgentSettings};
use crate::domain::hook::{Hook, Receipt, RunHook};
use crate::domain::id::{AgentId, RunId};
use crate::domain::request::{Field, Metadata, PastInput, RunPatch, RunRequest};
use crate::domain::run::{AgentRun, Trigger};
use crate::domain::task::Instructions;
use crate::domain::views::start::{LAST_INPUTS, SHOWN_TASK, StartForm};
use crate::error::AppError;
use crate::server::agents::Agents;
use crate::server::runs::Runs;
use crate::server::store::Store;
use crate::server::store::deliveries::NewDelivery;
use crate::server::store::error::StoreError;
use crate::server::store::scope::Scope;

/// Cheap to clone.
#[derive(Clone)]
pub struct Starts {
    store: Store,
    runs: Runs,
    agents: Agents,
}

/// The result of carrying out a delivery.
#[derive(Clone, Debug)]
pub enum Carried {
    Out(Box<Receipt>),
    /// The same was delivered before, and started this run, which may be gone by now.
    Before(RunId),
}

/// How many inputs a search of the dialog shows at most.
const FOUND_INPUTS: u64 = 20;

/// Fields that a turn of a chat cannot be started with: its input is the messages of its thread.
const NOT_OF_CHATS: &[Field] = &[Field::Input, Field::Variables, Field::NotBefore, Field::Priority];

impl Starts {
    pub fn new(store: Store, runs: Runs, agents: Agents) -> Self {
        Self { store, runs, agents }
    }

    /// Starts a task run.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with all values that are out of their bounds, missing for the instructions, or a model that no
    /// provider can have; `Conflict` while the agent is being deleted.
    pub async fn task(
        &self,
        scope: &Scope,
        agent: AgentId,
        request: RunRequest,
        trigger: Trigger,
    ) -> Result<AgentRun, AppError> {
        if let Some(run) = self.started_before(scope).await? {
            return Ok(run);
        }
        let request = self.checked(scope, agent, request).await?;
        Ok(self.runs.accept_task_run(scope, agent, trigger, &request).await?)
    }

    /// Starts a task run for a delivery of a webhook, and records the delivery with it.
    ///
    /// # Errors
    /// As [`Starts::task`]; `NotFound` where the webhook has just gone.
    pub async fn delivered(
        &self,
        scope: &Scope,
        hook: &Hook,
        request: RunRequest,
        delivery: &NewDelivery,
    ) -> Result<Carried, AppError> {
        let agent = hook.agent_id;
        let request = self.checked(scope, agent, request).await?;
        let through = RunHook { id: hook.id, name: hook.settings.name.clone() };
        match self.runs.accept_delivery(scope, agent, &request, &through, delivery).await {
            Ok(receipt) => Ok(Carried::Out(Box::new(receipt))),
            Err(StoreError::DeliveredBefore(run)) => Ok(Carried::Before(run)),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns what a task run would be started with, and starts none.
    ///
    /// # Errors
    /// As [`Starts::task`].
    pub async fn trial(&self, scope: &Scope, agent: AgentId, request: RunRequest) -> Result<RunRequest, AppError> {
        let request = self.checked(scope, agent, request).await?;
        let settings = self.store.agent_settings(scope, agent).await?;
        Instructions::from(&settings).messages(&request).map_err(AppError::invalid_fields)?;
        Ok(request)
    }

    /// Repeats a run that is over, with all that it was started with.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` unless the run is over, or while the agent is being deleted.
    pub async fn retry(&self, scope: &Scope, run: RunId, trigger: Trigger) -> Result<AgentRun, AppError> {
        Ok(self.runs.retry(scope, run, trigger, None).await?)
    }

    /// Repeats a run that is over, started with something else.
    ///
    /// # Errors
    /// As [`Starts::task`] and [`Starts::retry`]; `Invalid` for a value that a turn of a chat cannot have.
    pub async fn retry_with(
        &self,
        scope: &Scope,
        run: RunId,
        patch: RunPatch,
        trigger: Trigger,
    ) -> Result<AgentRun, AppError> {
        if patch.is_empty() {
            return self.retry(scope, run, trigger).await;
        }
        if let Some(run) = self.started_before(scope).await? {
            return Ok(run);
        }
        let original = self.store.run(scope, run).await?;
        if let Some(field) = patch.names(NOT_OF_CHATS).filter(|_| original.chat) {
            let detail = "must be left out: the run is a turn of a chat, which is given the messages of its thread";
            return Err(AppError::invalid_field(field.name(), detail));
        }
        // Nobody asks for metadata that is kept as it is: it was taken once.
        let keeps_metadata = patch.names(&[Field::Metadata]).is_none();
        let gives_all = patch.names(&[Field::Input]).is_some() && patch.names(&[Field::Variables]).is_some();
        let mut request = patch.over(self.store.run_request(scope, run).await?.again());
        if !gives_all {
            self.store.require_input(scope, run).await?;
        }
        let metadata = if keeps_metadata { std::mem::take(&mut request.metadata) } else { Metadata::new() };
        let mut request = self.checked(scope, original.agent_id, request).await?;
        if keeps_metadata {
            request.metadata = metadata;
        }
        Ok(self.runs.retry(scope, run, trigger, Some(&request)).await?)
    }

    /// Returns the run that this request has started already, where it is sent again.
    async fn started_before(&self, scope: &Scope) -> Result<Option<AgentRun>, AppError> {
        match self.store.not_again(scope).await {
            Ok(()) => Ok(None),
            Err(error) => Ok(Some(error.recorded()?)),
        }
    }

    /// Returns what the dialog shows for a run of an agent, or for one that repeats a run of it.
    ///
    /// # Errors
    /// `NotFound`, also for a run of another agent.
    pub async fn form(&self, scope: &Scope, agent: AgentId, repeats: Option<RunId>) -> Result<StartForm, AppError> {
        let (shown, _) = self.store.agent(scope, agent).await?;
        let request = match repeats {
            None => RunRequest::default(),
            Some(run) if self.store.run(scope, run).await?.agent_id != agent => {
                return Err(StoreError::NoRun(run).into());
            }
            Some(run) => self.store.run_request(scope, run).await?.again(),
        };
        let Agent { settings, normal, .. } = shown;
        let names = settings.names();
        let mut task = settings.task_instructions;
        task.truncate(task.floor_char_boundary(SHOWN_TASK));
        Ok(StartForm {
            agent_name: settings.name,
            model: settings.model,
            task,
            names,
            run_budget_usd: settings.run_budget_usd,
            normal,
            past: self.store.past_inputs(scope, agent, None, LAST_INPUTS).await?,
            request,
        })
    }

    /// Returns the last inputs of an agent that contain a text; without one, the last few.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn inputs(&self, scope: &Scope, agent: AgentId, text: &str) -> Result<Vec<PastInput>, AppError> {
        let text = text.trim().replace('\0', "");
        let (text, limit) = if text.is_empty() { (None, LAST_INPUTS) } else { (Some(text), FOUND_INPUTS) };
        Ok(self.store.past_inputs(scope, agent, text.as_deref(), limit).await?)
    }

    /// Returns a request as it is kept, once nothing is wrong with it.
    async fn checked(&self, scope: &Scope, agent: AgentId, request: RunRequest) -> Result<RunRequest, AppError> {
        let mut request = request.tidied();
        let errors = request.faults(self.store.now());
        if !errors.is_empty() {
            // Of an agent that is not there nothing else is said.
            self.store.require_agent(scope, agent).await?;
            return Err(AppError::invalid_fields(errors));
        }
        if request.overrides() {
            let present = self.store.agent_settings(scope, agent).await?;
            let settings = AgentSettings {
                model: request.model.clone().unwrap_or_else(|| present.model.clone()),
                run_budget_usd: request.run_budget_usd.or(present.run_budget_usd),
                run_budget_tokens: request.run_budget_tokens.or(present.run_budget_tokens),
                ..present.clone()
            };
            let model = self.agents.check_run(&settings, &present)?;
            request.model = request.model.map(|_| model);
        }
        Ok(request)
    }
}
