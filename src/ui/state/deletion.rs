//! The question whether to delete an agent. The agent's contents are read before it is asked.

use crate::api::agents::read_contents;
use crate::domain::agent::AgentContents;
use crate::domain::id::AgentId;
use crate::ui::state::toasts::Toasts;
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
    /// Creates the state for the page being rendered; closed.
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
