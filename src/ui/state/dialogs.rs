//! Which dialog about an agent is open, and what it is about. What a dialog needs is read before it opens.

use super::toasts::Toasts;
use crate::api::agents::read_contents;
use crate::domain::agent::{AgentContents, AgentInput};
use crate::domain::id::AgentId;
use crate::domain::model::ModelChoices;
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

/// The dialog that asks whether to delete an agent.
#[derive(Clone, Copy)]
pub struct Deletion {
    pub open: RwSignal<bool>,
    pub doomed: RwSignal<Option<Doomed>>,
    toasts: Toasts,
}

impl Deletion {
    /// Of the page being made; closed.
    pub fn of_page() -> Self {
        Self { open: RwSignal::new(false), doomed: RwSignal::new(None), toasts: Toasts::from_context() }
    }

    /// Asks whether to delete an agent, naming what would go with it.
    pub fn ask(self, id: AgentId, name: String) {
        spawn_local(async move {
            match read_contents(id).await {
                Ok(contents) => {
                    _ = self.doomed.try_set(Some(Doomed { id, name, contents }));
                    _ = self.open.try_set(true);
                }
                Err(error) => self.toasts.error(format!("Could not delete {name}"), error),
            }
        });
    }
}

/// The dialogs of the dashboard.
#[derive(Clone, Copy)]
pub struct Dialogs {
    pub making: RwSignal<bool>,
    pub deletion: Deletion,
    /// What has been typed for a new agent outlives a dialog that was closed by accident.
    pub draft: AgentForm,
    /// The models a form offers.
    pub models: StoredValue<ModelChoices>,
}

impl Dialogs {
    /// Of the dashboard being made; all closed.
    pub fn of_page(models: ModelChoices) -> Self {
        Self {
            making: RwSignal::new(false),
            deletion: Deletion::of_page(),
            draft: AgentForm::of(AgentInput::named("")),
            models: StoredValue::new(models),
        }
    }
}
