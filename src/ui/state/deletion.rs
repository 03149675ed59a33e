//! The question whether to delete an agent. The agent's contents are read, and the form's code
//! loaded, before it is asked.

use crate::api::agents::read_contents;
use crate::domain::agent::AgentContents;
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::ui::state::lazy::{self, LazyView, LazyViews};
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An agent that somebody is about to delete.
#[derive(Clone, Debug)]
pub struct DeletionTarget {
    pub id: AgentId,
    pub name: String,
    pub contents: AgentContents,
    /// The form's code.
    pub show: LazyView<DeletionInput>,
}

/// The input of the form: what is deleted, and what hears that it is gone.
pub struct DeletionInput {
    pub open: RwSignal<bool>,
    pub target: DeletionTarget,
    pub done: Callback<AgentId>,
}

/// The dialog that asks whether to delete an agent.
#[derive(Clone, Copy)]
pub struct Deletion {
    pub open: RwSignal<bool>,
    pub target: RwSignal<Option<DeletionTarget>>,
    toasts: Toasts,
    lazy: LazyViews,
}

impl Deletion {
    /// Creates the state for the page being rendered; closed.
    pub fn of_page() -> Self {
        let (open, target) = (RwSignal::new(false), RwSignal::new(None));
        Self { open, target, toasts: Toasts::from_context(), lazy: LazyViews::from_context() }
    }

    /// Asks whether to delete an agent, naming what would go with it.
    pub fn ask(self, id: AgentId, name: String) {
        lazy::begin(self.lazy.delete_agent);
        spawn_local(async move {
            match self.prepare(id, name.clone()).await {
                Ok(target) => {
                    _ = self.target.try_set(Some(target));
                    _ = self.open.try_set(true);
                }
                Err(error) => self.toasts.error(format!("Could not delete {name}"), error),
            }
        });
    }

    async fn prepare(self, id: AgentId, name: String) -> Result<DeletionTarget, AppError> {
        let contents = read_contents(id).await?;
        let show = (self.lazy.delete_agent)().await?;
        Ok(DeletionTarget { id, name, contents, show })
    }
}
