//! The newest runs of one agent, kept up to date by snapshots and updates. Pure.

use crate::domain::agent::RECENT_RUNS;
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::{AgentChange, ServerMessage, Topic};
use crate::domain::normal::Normal;
use crate::domain::queue::{Active, ahead};
use crate::domain::run::{AgentRun, RunStatus};
use crate::ui::model::seq::{Origin, Outcome, Step, may_replace, step};

/// The facts of its agent's other runs that the row of a run shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// The normal duration and cost of the agent's runs of its kind.
    pub normal: Option<Normal>,
    /// How many runs it waits for, as far as that is known; `None` unless it is queued.
    pub ahead: Option<i64>,
    /// The concurrency group of the agent, in which it may have to wait for a place.
    pub group: Option<String>,
}

/// Newest first, at most 20 and the one that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    pub agent: AgentId,
    /// The agent's counter as of `runs`; `None` until a snapshot came.
    pub seq: Option<i64>,
    pub runs: Vec<AgentRun>,
    /// The normal duration and cost of the agent's tasks, to tell which runs are far beyond them.
    pub normal: Option<Normal>,
    /// A run that somebody is at: newer ones do not push it out.
    pub kept: Option<RunId>,
    /// How many runs of the agent may run at once; `None` while it is not known.
    most: Option<i32>,
    /// The concurrency group of the agent.
    group: Option<String>,
    /// Whether all of the agent's runs that are queued or running are among `runs`.
    has_all_active: bool,
}

impl History {
    /// Creates a history of which nothing is known yet.
    pub fn of(agent: AgentId) -> Self {
        Self {
            agent,
            seq: None,
            runs: Vec::new(),
            normal: None,
            kept: None,
            most: None,
            group: None,
            has_all_active: false,
        }
    }

    /// Returns how many runs a queued one waits for; `None` where that is not known, and of a run that does not wait.
    pub fn ahead(&self, run: &AgentRun) -> Option<i64> {
        // One that is put off says itself when it starts, and is ahead of nobody.
        let in_line = |run: &&AgentRun| run.brief.not_before.is_none() || run.status == RunStatus::Running;
        let waiting = Active::of(run).filter(|active| !active.is_running && in_line(&run) && self.has_all_active)?;
        let active = self.runs.iter().filter(in_line).filter_map(Active::of);
        Some(ahead(waiting, active, i64::from(self.most?)))
    }

    /// Returns what the row of a run is to know of the others: what is normal, and how many are ahead of it.
    pub fn around(&self, run: RunId) -> Around {
        let run = self.runs.iter().find(|known| known.id == run);
        // Tasks are no measure for a turn of a chat.
        let normal = self.normal.filter(|_| run.is_none_or(|run| !run.chat));
        Around { normal, ahead: run.and_then(|run| self.ahead(run)), group: self.group.clone() }
    }

    /// Takes in a message; what is about another topic is ignored.
    pub fn apply(&mut self, message: &ServerMessage, origin: Origin) -> Outcome {
        let mine = Topic::Agent(self.agent);
        let (outcome, normal) = match message {
            ServerMessage::AgentState { topic, seq, data, .. } if *topic == mine => {
                let outcome = self.replace(*seq, &data.runs, origin);
                if outcome == Outcome::Applied {
                    let active = data.runs.iter().filter(|run| !run.status.is_terminal()).count();
                    self.has_all_active = active as i64 == data.agent.running_count + data.agent.queued_count;
                    self.most = Some(data.agent.settings.max_concurrent_runs);
                    self.group.clone_from(&data.agent.settings.concurrency_group);
                }
                (outcome, data.agent.normal)
            }
            ServerMessage::RunUpdate { topic, seq, data, normal } if *topic == mine => {
                (self.advance(*seq, Some(data)), normal.or(self.normal))
            }
            ServerMessage::AgentUpdate { topic, seq, data } if *topic == mine => {
                let outcome = self.advance(*seq, None);
                let AgentChange::Agent(agent) = data else { return outcome };
                if outcome == Outcome::Applied {
                    self.most = Some(agent.settings.max_concurrent_runs);
                    self.group.clone_from(&agent.settings.concurrency_group);
                }
                (outcome, agent.normal)
            }
            _ => return Outcome::Ignored,
        };
        if outcome == Outcome::Applied {
            self.normal = normal;
        }
        outcome
    }

    /// A slow response must not undo what the live connection has brought; the connection itself is always right.
    fn replace(&mut self, seq: i64, runs: &[AgentRun], origin: Origin) -> Outcome {
        if origin == Origin::Response && self.seq.is_some_and(|known| seq < known) {
            return Outcome::Ignored;
        }
        self.seq = Some(seq);
        let before = std::mem::replace(&mut self.runs, runs.to_vec());
        // A full snapshot has the newest 20; the run that is kept may be older than those.
        if let Some(oldest) = self.runs.get(RECENT_RUNS - 1).map(|run| run.id) {
            self.runs.extend(before.into_iter().filter(|run| self.kept == Some(run.id) && run.id < oldest));
        }
        self.trim();
        Outcome::Applied
    }

    fn advance(&mut self, seq: i64, run: Option<&AgentRun>) -> Outcome {
        // Before the first snapshot there is nothing to update; the snapshot will have it.
        let Some(known) = self.seq else { return Outcome::Ignored };
        match step(known, seq) {
            Step::Stale => Outcome::Ignored,
            Step::Gap => Outcome::Resubscribe,
            Step::Next => {
                self.seq = Some(seq);
                run.into_iter().for_each(|run| self.put(run));
                Outcome::Applied
            }
        }
    }

    fn put(&mut self, run: &AgentRun) {
        match self.runs.iter_mut().find(|known| known.id == run.id) {
            Some(known) if may_replace(known.status, run.status) => *known = run.clone(),
            Some(_) => {}
            None => {
                let at = self.runs.partition_point(|known| known.id > run.id);
                self.runs.insert(at, run.clone());
                self.trim();
            }
        }
    }

    fn trim(&mut self) {
        let mut place = 0;
        let Self { runs, kept, has_all_active, .. } = self;
        runs.retain(|run| {
            place += 1;
            let stays = place <= RECENT_RUNS || *kept == Some(run.id);
            *has_all_active &= stays || run.status.is_terminal();
            stays
        });
    }
}

#[cfg(test)]
mod tests;
