//! Which dialog about an agent is open, and what it is about. What a dialog needs is read before it opens.

use super::toasts::Toasts;
use crate::api::agents::{agent_snapshot, read_contents};
use crate::domain::agent::{AgentContents, AgentInput};
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::domain::model::ModelChoices;
use crate::error::AppError;
use crate::ui::form::AgentForm;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An agent that somebody is about to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doomed {
    pub id: AgentId,
    pub name: String,
    pub contents: AgentContents,
}

/// The dialogs of the dashboard.
#[derive(Clone, Copy)]
pub struct Dialogs {
    pub making: RwSignal<bool>,
    pub editing: RwSignal<bool>,
    pub deleting: RwSignal<bool>,
    /// The agent in the form as it was when the dialog opened.
    pub edited: RwSignal<Option<(AgentId, AgentInput)>>,
    pub doomed: RwSignal<Option<Doomed>>,
    /// What has been typed for a new agent outlives a dialog that was closed by accident.
    pub draft: AgentForm,
    /// The models a form offers.
    pub models: StoredValue<ModelChoices>,
    toasts: Toasts,
}

impl Dialogs {
    /// Of the dashboard being made; all closed.
    pub fn of_page(models: ModelChoices) -> Self {
        Self {
            making: RwSignal::new(false),
            editing: RwSignal::new(false),
            deleting: RwSignal::new(false),
            edited: RwSignal::new(None),
            doomed: RwSignal::new(None),
            draft: AgentForm::of(AgentInput::named("")),
            models: StoredValue::new(models),
            toasts: Toasts::from_context(),
        }
    }

    /// Opens the form with an agent's settings as they are now.
    pub fn edit(self, id: AgentId, name: String) {
        spawn_local(async move {
            match read_settings(id).await {
                Ok(agent) => {
                    _ = self.edited.try_set(Some((id, agent)));
                    _ = self.editing.try_set(true);
                }
                Err(error) => self.toasts.error(format!("Could not open {name}"), error),
            }
        });
    }

    /// Asks whether to delete an agent, naming what would go with it.
    pub fn delete(self, id: AgentId, name: String) {
        spawn_local(async move {
            match read_contents(id).await {
                Ok(contents) => {
                    _ = self.doomed.try_set(Some(Doomed { id, name, contents }));
                    _ = self.deleting.try_set(true);
                }
                Err(error) => self.toasts.error(format!("Could not delete {name}"), error),
            }
        });
    }
}

async fn read_settings(id: AgentId) -> Result<AgentInput, AppError> {
    match agent_snapshot(id).await? {
        ServerMessage::AgentState { data, .. } => Ok(data.agent.into()),
        // Not what was asked for: page and server are of different builds.
        _ => Err(AppError::internal()),
    }
}
