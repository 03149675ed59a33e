//! One run as a single document: the run, what it was given, its steps and its conversation.

use super::snapshots::Snapshots;
use crate::domain::id::RunId;
use crate::domain::request::RunInput;
use crate::domain::run::AgentRun;
use crate::domain::step::RunStep;
use crate::domain::step::payload::clamp;
use crate::domain::thread::Message;
use crate::domain::time::Timestamp;
use crate::domain::views::run::{MOST_JSON, RunRaw};
use crate::error::AppError;
use crate::server::aside;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use crate::server::store::transcripts::RunRecord;
use serde::Serialize;

/// A run with its steps and messages. Inputs and outputs of steps that are longer than 16 KiB are its beginning, and say so.
#[derive(Serialize)]
pub struct RunDocument {
    #[serde(skip)]
    agent_name: String,
    #[serde(flatten)]
    run: AgentRun,
    #[serde(flatten)]
    given: RunInput,
    /// When that, and what its steps were given and gave, was removed; null while it is kept.
    payloads_removed_at: Option<Timestamp>,
    /// First to last.
    steps: Vec<RunStep>,
    /// Those that it was given and those that it wrote, oldest first.
    messages: Vec<Message>,
}

impl RunDocument {
    /// Returns it as indented JSON, made on a thread of its own.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn into_json(self) -> Result<String, AppError> {
        aside::run(move || serde_json::to_string_pretty(&self)).await.map_err(|_| AppError::internal())
    }

    /// Returns it for the page that shows it.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn into_page(self) -> Result<RunRaw, AppError> {
        let (agent_name, run) = (self.agent_name.clone(), self.run.clone());
        let whole = self.into_json().await?;
        let json = clamp(&whole, MOST_JSON).0.to_owned();
        Ok(RunRaw { agent_name, run, json, bytes: i64::try_from(whole.len()).unwrap_or(i64::MAX) })
    }
}

impl Snapshots {
    /// Returns a run as a document.
    ///
    /// # Errors
    /// No such run.
    pub async fn run_document(&self, scope: &Scope, id: RunId) -> StoreResult<RunDocument> {
        let RunRecord { run, agent_name, steps, payloads_removed_at, .. } = self.store.run_record(scope, id).await?;
        let request = self.store.run_request(scope, id).await?;
        let messages = self.store.transcript(scope, id, |model| self.executor.history_limit(model)).await?;
        let given = RunInput { input: request.input, variables: request.variables };
        Ok(RunDocument { agent_name, run, given, payloads_removed_at, steps, messages })
    }
}
