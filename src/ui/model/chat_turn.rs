//! One turn of a chat: a run, what it said and which tools it called, kept up to date by its topic. Pure.

use crate::domain::id::RunId;
use crate::domain::live::{RunState, Said, ServerMessage, Topic};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::{RunStep, StepKind};
use crate::ui::model::seq::{Outcome, may_replace};
use crate::ui::model::writing::{newest, take_step, write};

/// A run as a chat shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The agent's counter as of the run.
    pub seq: i64,
    pub state: RunState,
}

/// A part of a turn; a turn is a list of them, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// The thoughts of the model call at this position, and whether that is only the beginning.
    Thought(i32, String, bool),
    /// HTML of Markdown blocks, of the model call at this position.
    Said(i32, Vec<String>),
    /// Tools called one after the other.
    Tools(Vec<RunStep>),
}

impl Part {
    /// Returns a key, unique within its turn; it stays as the part grows.
    pub fn key(&self) -> i32 {
        match self {
            // Positions are positive, so that a call's thought and its text have different keys.
            Self::Thought(step, ..) => -*step,
            Self::Said(step, _) => *step,
            Self::Tools(steps) => steps.first().map_or(0, |step| step.position),
        }
    }
}

impl Turn {
    pub fn new(seq: i64, state: RunState) -> Self {
        Self { seq, state }
    }

    pub fn id(&self) -> RunId {
        self.state.run.id
    }

    /// Whether it is queued or running.
    pub fn is_open(&self) -> bool {
        !self.state.run.status.is_terminal()
    }

    /// Returns the position of the model call whose words are the answer: the last one of a run that has succeeded.
    pub fn answer(&self) -> Option<i32> {
        let last = self.state.steps.iter().rev().find(|step| step.kind == StepKind::ModelCall)?.position;
        let is_said = matches!(self.parts().last(), Some(Part::Said(step, _)) if *step == last);
        (is_said && self.state.run.status == RunStatus::Success).then_some(last)
    }

    /// Takes in the server's response; what the connection has brought since stays.
    pub fn refresh(&mut self, read: Self) {
        let known = &self.state;
        let (is_older, is_over) = (read.seq < self.seq, !may_replace(known.run.status, read.state.run.status));
        let wrote = |state: &RunState| (state.writing.text_step, state.writing.text.len());
        let is_behind = read.state.run.status == known.run.status && wrote(&read.state) < wrote(known);
        if is_older || is_over {
            return;
        }
        let writing = if is_behind { known.writing.clone() } else { read.state.writing };
        let steps = newest(known.steps.clone(), &read.state.steps);
        let mut said = known.said.clone();
        read.state.said.into_iter().for_each(|piece| put(&mut said, piece));
        self.seq = read.seq;
        self.state = RunState { run: read.state.run, steps, said, writing };
    }

    /// Takes in how the run stands.
    pub fn take_run(&mut self, seq: i64, run: &AgentRun) -> Outcome {
        if seq <= self.seq || !may_replace(self.state.run.status, run.status) {
            return Outcome::Ignored;
        }
        self.seq = seq;
        self.state.run = run.clone();
        Outcome::Applied
    }

    /// Takes in a message; what is about another topic is ignored.
    pub fn apply(&mut self, message: &ServerMessage) -> Outcome {
        let mine = Topic::Run(self.id());
        match message {
            ServerMessage::RunState { topic, seq, data, .. } if *topic == mine => {
                self.seq = *seq;
                self.state = data.as_ref().clone();
                Outcome::Applied
            }
            ServerMessage::StepUpdate { topic, data, blocks } if *topic == mine => {
                let outcome = take_step(&mut self.state.steps, data);
                // Of what was cut, more may be known already.
                let blocks = blocks.clone().filter(|_| outcome == Outcome::Applied && !data.said_cut);
                if let Some(blocks) = blocks {
                    put(&mut self.state.said, Said { step: data.position, blocks });
                }
                outcome
            }
            ServerMessage::OutputDelta { topic, data } if *topic == mine => write(&mut self.state.writing, data),
            ServerMessage::RunUpdate { topic, seq, data, .. } if *topic == mine => self.take_run(*seq, data),
            _ => Outcome::Ignored,
        }
    }

    /// Returns the parts to show.
    pub fn parts(&self) -> Vec<Part> {
        let RunState { steps, said, writing, .. } = &self.state;
        let spoken = |step: i32| {
            let whole = said.iter().find(|said| said.step == step).map(|said| &said.blocks);
            whole.or_else(|| (writing.text_step == Some(step)).then_some(&writing.blocks))
        };
        let mut parts: Vec<Part> = Vec::new();
        let say = |parts: &mut Vec<Part>, step: i32| {
            let blocks = spoken(step).filter(|blocks| !blocks.is_empty());
            parts.extend(blocks.map(|blocks| Part::Said(step, blocks.clone())));
        };
        for step in steps {
            match (step.kind, parts.last_mut()) {
                (StepKind::ModelCall, _) => {
                    let thought = step.reasoning.clone().filter(|text| !text.trim().is_empty());
                    parts.extend(thought.map(|text| Part::Thought(step.position, text, step.reasoning_cut)));
                    say(&mut parts, step.position);
                }
                (StepKind::ToolCall, Some(Part::Tools(calls))) => calls.push(step.clone()),
                (StepKind::ToolCall, _) => parts.push(Part::Tools(vec![step.clone()])),
            }
        }
        // It may come before its step does.
        if let Some(step) = writing.text_step.filter(|at| steps.iter().all(|step| step.position != *at)) {
            say(&mut parts, step);
        }
        parts
    }
}

/// Adds what a model call has said, or puts it in the place of what was known of it.
fn put(said: &mut Vec<Said>, piece: Said) {
    match said.binary_search_by_key(&piece.step, |said| said.step) {
        Ok(at) => said[at] = piece,
        Err(at) => said.insert(at, piece),
    }
}

#[cfg(test)]
mod tests;
