//! One change of many agents, with a result for each.

use super::Agents;
use crate::domain::agent::edit::{AgentEdit, EditResult, EditedAgent, MAX_EDITED};
use crate::domain::agent::settings::Fault;
use crate::domain::agent::{AgentSettings, Setting};
use crate::domain::id::AgentId;
use crate::error::{AppError, FieldError};
use crate::server::runs::events::EventKind;
use crate::server::store::edits::Edited;
use crate::server::store::scope::Scope;
use std::collections::HashSet;

impl Agents {
    /// Changes each of these agents that can have the change, and returns what came of it for each in the order of `ids`, an
    /// agent that is named twice once. One that cannot have it, or is not there, keeps no other from it.
    ///
    /// # Errors
    /// `Invalid`: no agent is named, or too many, or the change is one that no agent can have.
    pub async fn edit(&self, scope: &Scope, ids: &[AgentId], edit: AgentEdit) -> Result<Vec<EditedAgent>, AppError> {
        let mut errors = Vec::new();
        if !(1..=MAX_EDITED).contains(&ids.len()) {
            errors.push(FieldError::of("ids", format!("must be a list of 1 to {MAX_EDITED} agents")));
        }
        let edit = edit.checked().map_err(|found| errors.extend(found)).ok();
        let Some(edit) = edit.filter(|_| errors.is_empty()) else { return Err(AppError::invalid_fields(errors)) };
        let edit = match edit {
            AgentEdit::Model(model) => AgentEdit::Model(self.model_for_all(&model)?),
            edit => edit,
        };
        let mut seen = HashSet::new();
        let ids: Vec<AgentId> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        let change = |present: &AgentSettings| self.edited(&edit, present);
        let reported = |edited: &[Edited]| edited.iter().map(report).collect::<Vec<_>>();
        let edited = match self.store.edit_agents(scope, &ids, &change, &reported).await {
            Ok(edited) => edited,
            Err(error) => return Ok(error.recorded()?),
        };
        for Edited { id, seq, .. } in &edited {
            if let Some(seq) = seq {
                self.events.publish(scope.owner(), *id, *seq, EventKind::AgentChanged);
            }
        }
        Ok(reported(&edited))
    }

    /// Returns the settings with the change. What is wrong with others of them is no reason against it, except that another model
    /// has to suit the limits.
    fn edited(&self, edit: &AgentEdit, present: &AgentSettings) -> Result<AgentSettings, AppError> {
        let settings = edit.of(present);
        match edit {
            AgentEdit::Pause | AgentEdit::Resume => Ok(settings),
            AgentEdit::Tag { .. } => {
                let fault = settings.faults().into_iter().find(|fault| fault.setting == Setting::Tags);
                match fault.filter(|_| settings.tags != present.tags) {
                    Some(Fault { setting, detail }) => Err(AppError::invalid_field(setting.name(), detail)),
                    None => Ok(settings),
                }
            }
            AgentEdit::Model(_) if settings == *present => Ok(settings),
            AgentEdit::Model(_) => {
                self.check_price(&settings)?;
                Ok(settings)
            }
        }
    }

    /// Returns the model as it is kept.
    fn model_for_all(&self, model: &str) -> Result<String, AppError> {
        if model.trim().is_empty() {
            return Err(AppError::invalid_field("model", "must be provider/model, such as openai/gpt-5-mini"));
        }
        self.named_model(model).map_err(|error| AppError::invalid_field("model", error))
    }
}

fn report(edited: &Edited) -> EditedAgent {
    let Edited { id, name, outcome, .. } = edited.clone();
    let (result, version, error) = match outcome {
        Ok((version, true)) => (EditResult::Changed, Some(version), None),
        Ok((version, false)) => (EditResult::Unchanged, Some(version), None),
        Err(error) => (EditResult::Failed, None, Some(error)),
    };
    EditedAgent { id, name, result, version, error }
}
