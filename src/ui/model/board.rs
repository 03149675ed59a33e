//! The rows of the dashboard, kept up to date by snapshots and deltas. Pure.

use crate::domain::agent::listing::Page;
use crate::domain::agent::{AgentPulse, AgentRow, RECENT_RUNS, StripCell};
use crate::domain::id::AgentId;
use crate::domain::live::{AgentChange, AgentDelta, ServerMessage};
use crate::domain::time::Timestamp;
use crate::ui::model::order::{Sort, sort_by_key};
use crate::ui::model::seq::{Origin, Outcome, may_replace};

/// Every agent, or those of a page. A snapshot of all brings them as they were created, and one that is new comes last;
/// `arrange` puts them into the order of the table. A page has its order from the server, which alone knows who is on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    pub rows: Vec<AgentRow>,
    /// Which page it is; `None` for every agent.
    pub page: Option<Page>,
    /// Time of the newest snapshot, by the server's clock.
    as_of: Option<Timestamp>,
}

impl Board {
    /// Puts the rows into an order; returns whether any moved. Somebody who is at the table keeps every row in its place:
    /// `held` is the order that they see.
    pub fn arrange(&mut self, sort: Sort, held: Option<&[AgentId]>) -> bool {
        if self.page.is_some() {
            return false;
        }
        let Some(held) = held else { return sort.apply(&mut self.rows) };
        let place = |row: &AgentRow| held.iter().position(|id| *id == row.id).unwrap_or(usize::MAX);
        let is_in_place = self.rows.iter().zip(held).all(|(row, id)| row.id == *id);
        if !is_in_place {
            sort_by_key(&mut self.rows, place);
        }
        !is_in_place
    }

    /// Returns the agents in their order.
    pub fn order(&self) -> Vec<AgentId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    /// Takes in a message of the topic `agents`; anything else is ignored.
    pub fn apply(&mut self, message: &ServerMessage, origin: Origin) -> Outcome {
        match message {
            // A slow response knows neither what has been deleted since nor what is new.
            ServerMessage::AgentsState { server_now, .. }
                if origin == Origin::Response && self.as_of > Some(*server_now) =>
            {
                Outcome::Ignored
            }
            // Only those of a page are asked for, be it this one or the one before.
            ServerMessage::AgentsState { data, .. } if origin == Origin::Live && self.page.is_some() => {
                data.iter().for_each(|row| _ = self.put(row.seq, row));
                Outcome::Applied
            }
            ServerMessage::AgentsState { server_now, data, page, .. } => {
                self.as_of = Some(*server_now);
                self.page = page.as_deref().cloned();
                self.replace(data, origin);
                Outcome::Applied
            }
            ServerMessage::AgentDelta { seq, data, .. } => self.merge(*seq, data),
            ServerMessage::AgentUpdate { seq, data: AgentChange::Row(row), .. } => self.put(*seq, row),
            ServerMessage::AgentDeleted { data, .. } => {
                let before = self.rows.len();
                self.rows.retain(|row| row.id != data.id);
                if self.rows.len() < before { Outcome::Applied } else { Outcome::Ignored }
            }
            _ => Outcome::Ignored,
        }
    }

    /// A response may be older than what the live connection has brought since: row by row, the newer one stays.
    fn replace(&mut self, rows: &[AgentRow], origin: Origin) {
        let newer = |row: &AgentRow| {
            let known = self.rows.iter().find(|known| known.id == row.id && known.seq > row.seq);
            known.filter(|_| origin == Origin::Response).unwrap_or(row).clone()
        };
        self.rows = rows.iter().map(newer).collect();
    }

    /// Deltas are cut to a few a second, so numbers are left out; and one that only refreshes a rate repeats the
    /// number known. Both are in order as long as they are not older.
    fn merge(&mut self, seq: i64, delta: &AgentDelta) -> Outcome {
        let is_paged = self.page.is_some();
        let Some(row) = self.rows.iter_mut().find(|row| row.id == delta.id) else {
            return if is_paged { Outcome::Ignored } else { Outcome::Resubscribe };
        };
        if seq < row.seq {
            return Outcome::Ignored;
        }
        row.seq = seq;
        row.pulse = merge_pulse(&row.pulse, &delta.pulse);
        merge_cells(&mut row.strip, &delta.cells);
        Outcome::Applied
    }

    fn put(&mut self, seq: i64, new: &AgentRow) -> Outcome {
        match self.rows.iter_mut().find(|row| row.id == new.id) {
            Some(row) if seq < row.seq => Outcome::Ignored,
            Some(row) => {
                *row = new.clone();
                Outcome::Applied
            }
            None if self.page.is_some() => Outcome::Ignored,
            None => {
                self.rows.push(new.clone());
                Outcome::Applied
            }
        }
    }
}

fn merge_pulse(old: &AgentPulse, new: &AgentPulse) -> AgentPulse {
    let last_run = match (&old.last_run, &new.last_run) {
        (Some(old), Some(new)) if old.id == new.id && !may_replace(old.status, new.status) => Some(old.clone()),
        (_, new) => new.clone(),
    };
    AgentPulse { last_run, ..new.clone() }
}

/// Puts changed cells into a strip, newest first, at most 20; a run that is over stays over.
pub fn merge_cells(strip: &mut Vec<StripCell>, cells: &[StripCell]) {
    for cell in cells {
        match strip.iter_mut().find(|known| known.run_id == cell.run_id) {
            Some(known) if may_replace(known.status, cell.status) => *known = cell.clone(),
            Some(_) => {}
            None => {
                let at = strip.partition_point(|known| known.run_id > cell.run_id);
                strip.insert(at, cell.clone());
            }
        }
    }
    strip.truncate(RECENT_RUNS);
}

/// Returns the cells of a delta whose runs have just ended: they were under way in the message before.
pub fn newly_finished<'a>(strip: &'a [StripCell], cells: &'a [StripCell]) -> impl Iterator<Item = &'a StripCell> {
    let newest_known = strip.first().map(|cell| cell.run_id);
    cells.iter().filter(move |cell| {
        let known = strip.iter().find(|known| known.run_id == cell.run_id);
        // A short run may begin and end between two deltas; one that is older than the strip is history.
        let under_way = known.map_or(newest_known < Some(cell.run_id), |known| !known.status.is_terminal());
        cell.status.is_terminal() && under_way
    })
}

#[cfg(test)]
mod tests;
