//! One agent as its pages show it, kept up to date by its topic. Pure.

use crate::domain::agent::Agent;
use crate::domain::budget::Spent;
use crate::domain::live::{AgentChange, ServerMessage};
use crate::domain::views::agent::AgentDetail;
use crate::ui::model::history::History;
use crate::ui::model::seq::{Origin, Outcome};

/// An agent with its newest runs.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentView {
    pub agent: Agent,
    pub history: History,
    /// The schedule in plain English; `None` without one, and until the reading of a new one is known.
    pub reading: Option<String>,
    /// Usage of its runs this month, as far as is known.
    pub spent: Spent,
}

impl AgentView {
    /// Takes in the server's response; `None` if that is about something else.
    pub fn new(detail: AgentDetail) -> Option<Self> {
        let ServerMessage::AgentState { data, .. } = &detail.state else { return None };
        let mut history = History::of(data.agent.id);
        history.apply(&detail.state, Origin::Response);
        Some(Self { agent: data.agent.clone(), history, reading: detail.reading, spent: detail.spent })
    }

    /// Takes in a newer response of the server, unless the live connection knows better.
    pub fn refresh(&mut self, detail: AgentDetail) {
        if self.apply(&detail.state, Origin::Response) == Outcome::Applied {
            self.reading = detail.reading;
        }
        self.spent = detail.spent;
    }

    /// Takes in a message; what is about another topic is ignored.
    pub fn apply(&mut self, message: &ServerMessage, origin: Origin) -> Outcome {
        let outcome = self.history.apply(message, origin);
        if outcome == Outcome::Applied {
            match message {
                ServerMessage::AgentState { data, .. } => self.put(&data.agent),
                ServerMessage::AgentUpdate { data: AgentChange::Agent(agent), .. } => self.put(agent),
                _ => {}
            }
        }
        outcome
    }

    fn put(&mut self, agent: &Agent) {
        if agent.settings.schedule != self.agent.settings.schedule {
            self.reading = None;
        }
        self.agent = agent.clone();
    }
}

#[cfg(test)]
mod tests;
