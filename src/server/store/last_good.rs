//! The run that another one is compared with: the last of its kind that succeeded before it. And facts of a run that only
//! comparing asks for.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, Trigger};
use sea_orm::ConnectionTrait;

/// The newest success before run `:run` of agent `:agent`, among tasks or among chat turns. One that came through the webhook
/// `:hook`, or by the schedule where `:scheduled` is 1, goes before the others, if it is among the latest hundred. By the index
/// of an agent's successes, of which so many are read.
pub(super) const LAST_GOOD: &str = "
SELECT g.id FROM (
    SELECT r.id, r.trigger, r.hook_id FROM agent_runs r
    WHERE r.agent_id = :agent AND r.chat = :chat AND r.status = 'success' AND r.id < :run
    ORDER BY r.id DESC LIMIT 100) AS g
WHERE EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner)
ORDER BY CASE WHEN g.hook_id = CAST(:hook AS BIGINT) THEN 0
              WHEN CAST(:scheduled AS INTEGER) = 1 AND g.trigger = 'schedule' THEN 0 ELSE 1 END, g.id DESC
LIMIT 1";

/// The models that served a run, each once, in the order in which they first did.
const SERVED: &str = "
SELECT served_model FROM run_steps
WHERE run_id = :run AND kind = 'model_call' AND served_model IS NOT NULL
  AND EXISTS (SELECT 1 FROM agent_runs WHERE id = :run AND owner_id = :owner)
GROUP BY served_model ORDER BY MIN(position) LIMIT 5";

/// The message that a run replies to.
const ANSWERED: &str = "
SELECT m.content FROM agent_runs r JOIN thread_messages m ON m.id = r.input_message_id
WHERE r.id = :run AND r.owner_id + 0 = :owner";

impl Store {
    /// Returns the last good run before this one: the newest success of the same agent that was accepted before it, a task for a
    /// task and a chat turn for a chat turn. For a run that came through a webhook or by the schedule, one that came the same way
    /// goes first, if it is among the latest 100.
    ///
    /// # Errors
    /// `NoGoodRun` where there is none.
    pub async fn last_good(&self, scope: &Scope, run: &AgentRun) -> StoreResult<RunId> {
        let hook = run.brief.hook.as_ref().map_or(0, |hook| hook.id.0);
        let scheduled = i32::from(run.trigger == Trigger::Schedule);
        let values = [
            ("agent", run.agent_id.into()),
            ("owner", scope.owner().into()),
            ("run", run.id.into()),
            ("chat", run.chat.into()),
            ("hook", hook.into()),
            ("scheduled", scheduled.into()),
        ];
        let row = self.read.query_one_raw(self.named(LAST_GOOD, values)).await?;
        Ok(row.ok_or(StoreError::NoGoodRun(run.id))?.try_get("", "id")?)
    }

    /// Returns the model that served a run, as its provider calls it; of several, the first five. `None` where none said.
    pub async fn served_model(&self, scope: &Scope, run: RunId) -> StoreResult<Option<String>> {
        let values = [("run", run.into()), ("owner", scope.owner().into())];
        let rows = self.read.query_all_raw(self.named(SERVED, values)).await?;
        let models = rows.iter().map(|row| Ok(row.try_get::<String>("", "served_model")?));
        let models = models.collect::<StoreResult<Vec<_>>>()?;
        Ok((!models.is_empty()).then(|| models.join(", ")))
    }

    /// Returns the last message that a run replies to; `None` where that is not known.
    pub async fn message_to_answer(&self, scope: &Scope, run: RunId) -> StoreResult<Option<String>> {
        let values = [("run", run.into()), ("owner", scope.owner().into())];
        let row = self.read.query_one_raw(self.named(ANSWERED, values)).await?;
        row.map_or(Ok(None), |row| Ok(row.try_get("", "content")?))
    }
}
