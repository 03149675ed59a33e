//! Threads as a service: everything people do to conversations. Publishes it too: a change of a thread alone as a change of
//! its agent.

use crate::domain::id::{AgentId, ThreadId};
use crate::domain::run::{AgentRun, Trigger};
use crate::domain::text::one_line;
use crate::domain::thread::{Message, NewMessage, NewThread, Role, Thread, ThreadRow, ThreadTitle};
use crate::error::AppError;
use crate::server::runs::Runs;
use crate::server::runs::events::{EventBus, EventKind};
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use garde::Validate;

/// Longest text that chats are looked for by, in characters.
const LONGEST_SEARCH: usize = 200;

/// Cheap to clone.
#[derive(Clone)]
pub struct Threads {
    store: Store,
    runs: Runs,
    events: EventBus,
}

impl Threads {
    pub fn new(store: Store, runs: Runs, events: EventBus) -> Self {
        Self { store, runs, events }
    }

    /// Opens a chat.
    ///
    /// # Errors
    /// No such agent.
    pub async fn create(&self, scope: &Scope, agent: AgentId, new: NewThread) -> Result<Thread, AppError> {
        let (thread, seq) = match self.store.create_thread(scope, agent, &one_line(&new.title)).await {
            Ok(created) => created,
            Err(error) => return Ok(error.recorded()?),
        };
        self.events.publish(scope.owner(), agent, seq, EventKind::AgentChanged);
        Ok(thread)
    }

    /// Returns the chats of an agent that have a text in their title, or in what a person said.
    ///
    /// # Errors
    /// `Invalid` for more than 200 characters; no such agent.
    pub async fn find(&self, scope: &Scope, agent: AgentId, text: &str) -> Result<Vec<ThreadRow>, AppError> {
        let text = text.trim().replace('\0', "");
        if text.chars().count() > LONGEST_SEARCH {
            return Err(AppError::invalid_field("text", format!("Look for {LONGEST_SEARCH} characters at most.")));
        }
        Ok(self.store.find_chats(scope, agent, &text).await?)
    }

    /// Names a thread.
    ///
    /// # Errors
    /// `Invalid` when that is no title; no such thread.
    pub async fn rename(&self, scope: &Scope, id: ThreadId, to: ThreadTitle) -> Result<Thread, AppError> {
        to.validate()?;
        let (thread, seq) = self.store.rename_thread(scope, id, &one_line(&to.title)).await?;
        self.events.publish(scope.owner(), thread.agent_id, seq, EventKind::AgentChanged);
        Ok(thread)
    }

    /// Deletes a chat; its runs that are not over are stopped, and stay on record like the others.
    ///
    /// # Errors
    /// No such thread; `Conflict` when it is no chat.
    pub async fn delete(&self, scope: &Scope, id: ThreadId) -> Result<(), AppError> {
        let (agent, seq, stopping) = self.store.delete_thread(scope, id).await?;
        self.events.publish(scope.owner(), agent, seq, EventKind::AgentChanged);
        if let Some(stopping) = stopping {
            self.runs.stopped(scope.owner(), agent, &stopping);
        }
        Ok(())
    }

    /// Adds a person's message, without starting a run that answers it.
    ///
    /// # Errors
    /// No such thread.
    pub async fn post(&self, scope: &Scope, id: ThreadId, new: NewMessage) -> Result<Message, AppError> {
        let (message, agent, seq) = match self.store.post_message(scope, id, new.role, &new.content).await {
            Ok(posted) => posted,
            Err(error) => return Ok(error.recorded()?),
        };
        self.events.publish(scope.owner(), agent, seq, EventKind::AgentChanged);
        Ok(message)
    }

    /// Adds a person's message to a chat, or to a new one, and starts the run that answers it: both or neither.
    ///
    /// # Errors
    /// `Invalid` when it is blank or too long; no such agent or chat; `Conflict` while the agent is being deleted.
    pub async fn say(
        &self,
        scope: &Scope,
        agent: AgentId,
        thread: Option<ThreadId>,
        content: String,
        trigger: Trigger,
    ) -> Result<AgentRun, AppError> {
        let new = NewMessage { role: Role::User, content };
        new.validate()?;
        if new.content.trim().is_empty() {
            return Err(AppError::invalid_field("content", "must not be blank"));
        }
        Ok(self.runs.accept_chat_turn(scope, agent, thread, &new.content, trigger).await?)
    }
}
