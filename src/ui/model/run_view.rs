//! One run as its page shows it, kept up to date by its topic. Pure.

use crate::domain::live::{ServerMessage, Topic};
use crate::domain::step::RunStep;
use crate::domain::views::run::RunDetail;
use crate::ui::model::seq::{Origin, Outcome, may_replace};
use crate::ui::model::writing::{newest, take_step, write};

/// A run with its steps, its messages and what it is writing.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    pub detail: RunDetail,
    /// The agent's counter when `detail.ahead` was read: no message has it, so it may be older or newer than the run.
    ahead_seq: i64,
}

/// Whether a message about an agent may change how many runs are ahead of those that it has queued: one has ended, more or
/// fewer may run at once, or anything may have happened while the connection was down.
pub fn moves_queue(message: &ServerMessage) -> bool {
    match message {
        ServerMessage::RunUpdate { data, .. } => data.status.is_terminal(),
        ServerMessage::AgentState { .. } | ServerMessage::AgentUpdate { .. } => true,
        _ => false,
    }
}

impl RunView {
    /// Takes in the server's response.
    pub fn new(detail: RunDetail) -> Self {
        Self { ahead_seq: detail.seq, detail }
    }

    /// Returns the step at a position; steps are in this order.
    pub fn step(&self, position: i32) -> Option<&RunStep> {
        let steps = &self.detail.steps;
        steps.binary_search_by_key(&position, |step| step.position).ok().and_then(|at| steps.get(at))
    }

    /// Takes in a newer response of the server. Only it has messages and later retries, so those are always taken; a
    /// run the live connection knows better stays, and so does what a later response has said of the queue.
    pub fn refresh(&mut self, mut detail: RunDetail) {
        let known = &self.detail;
        let is_same = known.run.id == detail.run.id;
        match is_same && detail.seq < self.ahead_seq {
            true => detail.ahead = known.ahead,
            false => self.ahead_seq = detail.seq,
        }
        let keep = is_same && (detail.seq < known.seq || !may_replace(known.run.status, detail.run.status));
        self.detail = match keep {
            true => RunDetail {
                run: known.run.clone(),
                steps: newest(known.steps.clone(), &detail.steps),
                seq: known.seq,
                ..detail
            },
            false => detail,
        };
    }

    /// Takes in a message; what is about another topic is ignored.
    ///
    /// The counter is the agent's: other runs of the agent use numbers up, so holes mean nothing here.
    pub fn apply(&mut self, message: &ServerMessage, origin: Origin) -> Outcome {
        let mine = Topic::Run(self.detail.run.id);
        match message {
            ServerMessage::RunState { topic, seq, data, .. } if *topic == mine => {
                if origin == Origin::Response && *seq < self.detail.seq {
                    return Outcome::Ignored;
                }
                self.detail.seq = *seq;
                // The counter of a database that was put back starts from less.
                self.ahead_seq = self.ahead_seq.min(*seq);
                self.detail.run = data.run.clone();
                self.detail.steps.clone_from(&data.steps);
                self.detail.writing.clone_from(&data.writing);
                Outcome::Applied
            }
            ServerMessage::StepUpdate { topic, data, blocks } if *topic == mine => {
                let outcome = take_step(&mut self.detail.steps, data);
                let writing = &mut self.detail.writing;
                // Its last words may not have been sent while it wrote them.
                if let (Outcome::Applied, Some(blocks)) = (outcome, blocks)
                    && writing.text_step == Some(data.position)
                    && !data.said_cut
                {
                    writing.blocks.clone_from(blocks);
                }
                outcome
            }
            ServerMessage::OutputDelta { topic, data } if *topic == mine => write(&mut self.detail.writing, data),
            ServerMessage::RunUpdate { topic, seq, data, .. } if *topic == mine => {
                if *seq <= self.detail.seq || !may_replace(self.detail.run.status, data.status) {
                    return Outcome::Ignored;
                }
                self.detail.seq = *seq;
                self.detail.run = data.as_ref().clone();
                Outcome::Applied
            }
            _ => Outcome::Ignored,
        }
    }
}

#[cfg(test)]
mod tests;
