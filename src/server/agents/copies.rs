//! Copies of agents.

use super::Agents;
use crate::domain::agent::settings::Fault;
use crate::domain::agent::{Agent, AgentSettings, Setting};
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::server::runs::events::EventKind;
use crate::server::store::scope::Scope;

impl Agents {
    /// Creates an agent with the settings of another, paused, so that a schedule does not fire twice before somebody has seen
    /// it. Without a `name` it is called after the other one.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a name that is out of its bounds.
    pub async fn duplicate(&self, scope: &Scope, id: AgentId, name: Option<String>) -> Result<Agent, AppError> {
        let name = name.map(named).transpose()?;
        let copy = match self.store.duplicate_agent(scope, id, name.as_deref()).await {
            Ok(copy) => copy,
            Err(error) => return Ok(self.store.agent(scope, error.recorded()?).await?.0),
        };
        let (agent, seq) = self.stored(scope, copy).await?;
        self.events.publish(scope.owner(), copy, seq, EventKind::AgentChanged);
        Ok(agent)
    }
}

/// Returns a name as it is kept.
fn named(name: String) -> Result<String, AppError> {
    let settings = AgentSettings::named(name).tidied();
    let fault = settings.faults().into_iter().find(|fault| fault.setting == Setting::Name);
    match fault {
        Some(Fault { setting, detail }) => Err(AppError::invalid_field(setting.name(), detail)),
        None => Ok(settings.name),
    }
}
