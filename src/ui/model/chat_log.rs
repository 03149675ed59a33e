//! State of a chat's page: the agent's threads, and what was said in the one that is open. Pure.

use crate::domain::agent::StripCell;
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::live::{ServerMessage, Topic};
use crate::domain::money::NanoDollars;
use crate::domain::run::AgentRun;
use crate::domain::thread::{Message, ThreadRow};
use crate::domain::views::chat::Chat;
use crate::ui::model::chat_turn::Turn;
use crate::ui::model::seq::{Outcome, Step, may_replace, step};

/// A person's message, and the turns that answer it: the first and its retries.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    pub message: Message,
    pub turns: Vec<Turn>,
}

/// The page's head: which thread it is, and whose.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub thread: Option<ThreadId>,
    pub title: String,
    pub agent_name: String,
    pub model: String,
    /// Whether something was said before what is shown.
    pub has_earlier: bool,
}

/// Consequence of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Taken in, or old.
    Known(Outcome),
    /// It reports something that has to be read.
    Read,
    /// The agent was deleted.
    Gone,
}

/// Everything on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatLog {
    agent: AgentId,
    /// The agent's counter as of the last change that has come.
    heard: i64,
    /// The agent's counter as of what was read last.
    read: i64,
    pub head: Head,
    pub threads: Vec<ThreadRow>,
    pub exchanges: Vec<Exchange>,
}

impl ChatLog {
    /// Takes in the server's response.
    pub fn new(agent: AgentId, chat: Chat) -> Self {
        let Chat { seq, agent_name, model, threads, open, .. } = chat;
        let (thread, exchanges, has_earlier) = match open {
            Some(open) => (Some(open.thread), open.exchanges, open.has_earlier),
            None => (None, Vec::new(), false),
        };
        let title = thread.as_ref().map_or_else(|| "New chat".to_owned(), |thread| thread.title.clone());
        let head = Head { thread: thread.map(|thread| thread.id), title, agent_name, model, has_earlier };
        let turns = |turns: Vec<_>| turns.into_iter().map(|state| Turn::new(seq, state)).collect();
        let exchanges = exchanges
            .into_iter()
            .map(|exchange| Exchange { message: exchange.message, turns: turns(exchange.turns) })
            .collect();
        Self { agent, heard: seq, read: seq, head, threads, exchanges }
    }

    /// Takes in a newer response of the server. News that the connection has brought since it was read stays.
    pub fn refresh(&mut self, chat: Chat) {
        let mut new = Self::new(self.agent, chat);
        if new.read < self.read && new.head.thread == self.head.thread {
            return;
        }
        if new.read < self.heard {
            for row in &mut new.threads {
                let known = self.threads.iter().find(|known| known.id == row.id);
                row.run = known.map_or_else(|| row.run.take(), |known| known.run.clone());
            }
        }
        for turn in new.exchanges.iter_mut().flat_map(|exchange| &mut exchange.turns) {
            if let Some(known) = self.turn(turn.id()) {
                let read = std::mem::replace(turn, known.clone());
                turn.refresh(read);
            }
        }
        new.heard = new.heard.max(self.heard);
        *self = new;
    }

    /// Takes in a message of the agent's topic or of a run's.
    pub fn hear(&mut self, message: &ServerMessage) -> Heard {
        match message {
            ServerMessage::AgentDeleted { topic, .. } if *topic == Topic::Agent(self.agent) => Heard::Gone,
            ServerMessage::AgentState { topic, seq, .. } if *topic == Topic::Agent(self.agent) => {
                let missed = *seq > self.heard;
                self.heard = *seq;
                if missed { Heard::Read } else { Heard::Known(Outcome::Ignored) }
            }
            ServerMessage::AgentUpdate { topic, seq, .. } if *topic == Topic::Agent(self.agent) => {
                self.advance(*seq, |_| Heard::Read)
            }
            ServerMessage::RunUpdate { topic, seq, data, .. } if *topic == Topic::Agent(self.agent) => {
                self.advance(*seq, |log| log.take_run(*seq, data))
            }
            ServerMessage::RunState { topic: Topic::Run(run), .. }
            | ServerMessage::RunUpdate { topic: Topic::Run(run), .. }
            | ServerMessage::StepUpdate { topic: Topic::Run(run), .. }
            | ServerMessage::OutputDelta { topic: Topic::Run(run), .. } => {
                Heard::Known(self.turn_mut(*run).map_or(Outcome::Ignored, |turn| turn.apply(message)))
            }
            _ => Heard::Known(Outcome::Ignored),
        }
    }

    fn advance(&mut self, seq: i64, take: impl FnOnce(&mut Self) -> Heard) -> Heard {
        match step(self.heard, seq) {
            Step::Stale => Heard::Known(Outcome::Ignored),
            Step::Gap => Heard::Known(Outcome::Resubscribe),
            Step::Next => {
                self.heard = seq;
                take(self)
            }
        }
    }

    /// Takes in how a run of the agent stands.
    fn take_run(&mut self, seq: i64, run: &AgentRun) -> Heard {
        if !run.chat {
            return Heard::Known(Outcome::Ignored);
        }
        let Some(row) = self.threads.iter_mut().find(|row| row.id == run.thread_id) else { return Heard::Read };
        let cell = StripCell::from(run);
        if row.run.as_ref().is_none_or(|known| supersedes(&cell, known)) {
            row.run = Some(cell);
        }
        if self.head.thread != Some(run.thread_id) {
            return Heard::Known(Outcome::Applied);
        }
        match self.turn_mut(run.id) {
            Some(turn) => {
                let was_open = turn.is_open();
                turn.take_run(seq, run);
                // The run's own topic has its last words; from now on nobody listens to that.
                if was_open && !turn.is_open() { Heard::Read } else { Heard::Known(Outcome::Applied) }
            }
            None => Heard::Read,
        }
    }

    fn turns(&self) -> impl Iterator<Item = &Turn> {
        self.exchanges.iter().flat_map(|exchange| &exchange.turns)
    }

    /// Returns a run of the open thread.
    pub fn run(&self, id: RunId) -> Option<&AgentRun> {
        self.turn(id).map(|turn| &turn.state.run)
    }

    fn turn(&self, id: RunId) -> Option<&Turn> {
        self.turns().find(|turn| turn.id() == id)
    }

    fn turn_mut(&mut self, id: RunId) -> Option<&mut Turn> {
        self.exchanges.iter_mut().flat_map(|exchange| &mut exchange.turns).find(|turn| turn.id() == id)
    }

    /// Returns the run that is under way or next: one at a time, in the order in which they were accepted.
    pub fn active(&self) -> Option<&AgentRun> {
        self.turns().filter(|turn| turn.is_open()).map(|turn| &turn.state.run).min_by_key(|run| run.id)
    }

    /// Returns how many runs there are and what they have cost; `None` where that is not known.
    pub fn figures(&self) -> (usize, Option<NanoDollars>) {
        let over = self.turns().filter(|turn| !turn.is_open());
        let mut costs = over.map(|turn| turn.state.run.usage.total_cost);
        let cost = costs.try_fold(0_i64, |sum, cost| Some(sum.saturating_add(cost?.0)));
        (self.turns().count(), cost.map(NanoDollars))
    }
}

/// Whether a thread is shown with this run rather than with the one it has: the first that is under way or queued comes before
/// those that are over, and of these the newest.
fn supersedes(cell: &StripCell, known: &StripCell) -> bool {
    let is_open = |cell: &StripCell| !cell.status.is_terminal();
    match (is_open(known), is_open(cell)) {
        _ if known.run_id == cell.run_id => may_replace(known.status, cell.status),
        (true, true) => cell.run_id < known.run_id,
        (false, false) => cell.run_id > known.run_id,
        (_, is_open) => is_open,
    }
}

#[cfg(test)]
mod tests;
