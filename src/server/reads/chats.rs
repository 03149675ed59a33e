//! The snapshot of a chat: an agent's threads, and one of them with everything that was said and done in it.

use super::snapshots::{Snapshots, answered, run_state};
use crate::domain::id::{AgentId, ThreadId};
use crate::domain::live::RunState;
use crate::domain::run::RunStatus;
use crate::domain::step::StepKind;
use crate::domain::views::chat::{Chat, Exchange, OpenChat};
use crate::server::aside;
use crate::server::store::chats::{ChatRecord, OpenThread};
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;

/// How many messages of a thread are shown at first.
const AT_FIRST: u64 = 30;

impl Snapshots {
    /// Returns the chats of an agent; the open one with its last messages, or as a `whole`.
    ///
    /// # Errors
    /// No such agent, or it has no such chat.
    pub async fn chat(
        &self,
        scope: &Scope,
        agent: AgentId,
        thread: Option<ThreadId>,
        whole: bool,
    ) -> StoreResult<Chat> {
        let limit = (!whole).then_some(AT_FIRST);
        let ChatRecord { seq, agent_name, model, threads, open } =
            self.store.chat_record(scope, agent, thread, limit).await?;
        let open = match open {
            Some(open) => Some(self.open_chat(open).await?),
            None => None,
        };
        Ok(Chat { server_now: self.store.now(), seq, agent_name, model, threads, open })
    }

    async fn open_chat(&self, open: OpenThread) -> StoreResult<OpenChat> {
        let OpenThread { thread, asked, has_earlier, runs, mut steps, mut answers } = open;
        let with_no_answer = |message| Exchange { message, turns: Vec::new() };
        let mut exchanges: Vec<Exchange> = asked.into_iter().map(with_no_answer).collect();
        let mut turns = Vec::with_capacity(runs.len());
        for (message, run) in runs {
            let steps = steps.remove(&run.id).unwrap_or_default();
            let writing = match run.status {
                // At most one of a thread, so these are not many queries.
                RunStatus::Running => self.writing_now(run.id).await?,
                _ => answered(&steps, answers.remove(&run.id).unwrap_or_default()),
            };
            turns.push((message, run, steps, writing));
        }
        let exchanges = aside::run(move || {
            for (message, run, steps, writing) in turns {
                let at = exchanges.binary_search_by_key(&message, |exchange| exchange.message.id);
                if let Some(exchange) = at.ok().and_then(|at| exchanges.get_mut(at)) {
                    let mut turn = run_state(run, steps, writing.formatted());
                    leave_out_records(&mut turn);
                    exchange.turns.push(turn);
                }
            }
            exchanges
        })
        .await;
        Ok(OpenChat { thread, exchanges, has_earlier })
    }
}

/// Leaves out what is shown otherwise: model calls' text is there as HTML, and the calls they asked for are steps of
/// their own.
fn leave_out_records(turn: &mut RunState) {
    for step in turn.steps.iter_mut().filter(|step| step.kind == StepKind::ModelCall) {
        step.said = None;
        step.calls.clear();
    }
}
