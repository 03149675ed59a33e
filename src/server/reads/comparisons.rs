//! Two runs compared, and what has changed since the last good one.

use super::snapshots::Snapshots;
use crate::domain::id::RunId;
use crate::domain::request::RunInput;
use crate::domain::run::AgentRun;
use crate::domain::views::comparison::{RunComparison, SinceGood};
use crate::server::aside;
use crate::server::compare::{KnownRun, WholeRun, runs, since};
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::inputs::RecordedRequest;
use crate::server::store::scope::Scope;
use crate::server::store::transcripts::RunRecord;

/// The word that stands for the last good run.
pub const LAST_GOOD: &str = "last_good";
/// Pairs of steps that the page shows.
const SHOWN: usize = 500;

/// The run that another one is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    Run(RunId),
    /// The last success of the same agent before it.
    LastGood,
}

impl Other {
    /// Reads an id, or `last_good`.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            LAST_GOOD => Some(Self::LastGood),
            text => text.parse().ok().map(Self::Run),
        }
    }
}

impl Snapshots {
    /// Compares run `a` with another one, of the same agent or not.
    ///
    /// # Errors
    /// `NoRun`, which names the one that is not there; `NoGoodRun` where `a` has no last good run.
    pub async fn comparison(&self, scope: &Scope, a: RunId, b: Other) -> StoreResult<RunComparison> {
        let now = self.whole_run(scope, a).await?;
        let then = match b {
            Other::Run(id) if id == a => now.clone(),
            Other::Run(id) => self.whole_run(scope, id).await?,
            Other::LastGood => {
                let good = self.store.last_good(scope, &now.known.run).await?;
                self.whole_run(scope, good).await?
            }
        };
        let at = self.store.now();
        Ok(aside::run(move || runs(&now, &then, at)).await)
    }

    /// Does the same for the page, which shows the first 500 pairs of steps.
    ///
    /// # Errors
    /// As above.
    pub async fn comparison_to_show(&self, scope: &Scope, a: RunId, b: Other) -> StoreResult<RunComparison> {
        let mut compared = self.comparison(scope, a, b).await?;
        compared.left_out = i64::try_from(compared.steps.len().saturating_sub(SHOWN)).unwrap_or(i64::MAX);
        compared.steps.truncate(SHOWN);
        Ok(compared)
    }

    /// Returns what has changed since the last good run before this one; `None` where there is none.
    pub(super) async fn since_good(
        &self,
        scope: &Scope,
        run: &AgentRun,
        agent_name: &str,
    ) -> StoreResult<Option<SinceGood>> {
        let read = async || {
            let good = self.store.last_good(scope, run).await?;
            let good = self.store.run(scope, good).await?;
            let now = self.known_run(scope, run.clone(), agent_name).await?;
            Ok((now, self.known_run(scope, good, agent_name).await?))
        };
        match read().await {
            Ok((now, good)) => Ok(Some(aside::run(move || since(&now, &good)).await)),
            // It may be gone by now, or its agent may be being deleted.
            Err(
                StoreError::NoGoodRun(_) | StoreError::NoRun(_) | StoreError::RunRemoved(_) | StoreError::NoAgent(_),
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn whole_run(&self, scope: &Scope, id: RunId) -> StoreResult<WholeRun> {
        let RunRecord { run, agent_name, steps, .. } = self.store.run_record(scope, id).await?;
        let answer = self.store.answer(id).await?.unwrap_or_default();
        let known = self.known_run(scope, run, &agent_name).await?;
        Ok(WholeRun { known, steps, answer })
    }

    async fn known_run(&self, scope: &Scope, run: AgentRun, agent_name: &str) -> StoreResult<KnownRun> {
        let settings = match run.agent_version {
            None => None,
            Some(number) => match self.store.version(scope, run.agent_id, number).await {
                Ok(version) => {
                    let present = self.store.agent(scope, run.agent_id).await?.0.settings;
                    Some(present.recorded(version.settings).0)
                }
                Err(StoreError::NoVersion(..)) => None,
                Err(error) => return Err(error),
            },
        };
        let (given, is_stripped) = match run.chat {
            true => {
                let input = self.store.message_to_answer(scope, run.id).await?;
                (RunInput { input, ..RunInput::default() }, false)
            }
            false => {
                let RecordedRequest { request, removed_at } = self.store.recorded_request(scope, run.id).await?;
                (RunInput { input: request.input, variables: request.variables }, removed_at.is_some())
            }
        };
        Ok(KnownRun {
            settings,
            is_stripped,
            served_model: self.store.served_model(scope, run.id).await?,
            given,
            tools: self.store.offered_tools(scope, run.id).await?,
            agent_name: agent_name.to_owned(),
            run,
        })
    }
}
