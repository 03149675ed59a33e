//! The agents that the table shows: those that are searched for, and at first not too many. Pure.

use crate::domain::agent::AgentRow;
use crate::domain::id::AgentId;
use crate::ui::model::address::Address;
use crate::ui::model::lower::lower;

/// Rows of the table until all are asked for: more than anybody reads at once, few enough to draw in no time.
pub const AT_FIRST: usize = 100;

/// The agents that the table lists, of those that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    ids: Vec<AgentId>,
    /// How many were found.
    pub found: usize,
}

impl Listed {
    /// Returns the agents that an address asks for, `AT_FIRST` of them unless all are asked for. Without a search the
    /// open agent is always among them: it is not taken away from who reads it because it has begun or ended a run.
    pub fn of(rows: &[AgentRow], address: &Address) -> Self {
        let Address { open, search, only, every, .. } = address;
        let searching = !search.trim().is_empty();
        let is_asked_for = |row: &&AgentRow| {
            is_found(row, search) && only.is_none_or(|only| only.has(row) || (!searching && *open == Some(row.id)))
        };
        let mut ids: Vec<AgentId> = rows.iter().filter(is_asked_for).map(|row| row.id).collect();
        let found = ids.len();
        let later = ids.split_off(if *every { found } else { found.min(AT_FIRST) });
        ids.extend(later.into_iter().find(|id| !searching && Some(*id) == *open));
        Self { ids, found }
    }

    /// Returns the agents that the table shows.
    pub fn ids(&self) -> &[AgentId] {
        &self.ids
    }

    /// Whether the table shows this agent.
    pub fn has(&self, agent: AgentId) -> bool {
        self.ids.contains(&agent)
    }

    /// Returns how many the table shows.
    pub fn shown(&self) -> usize {
        self.ids.len()
    }
}

/// Whether every word of the search is in the agent's name, description or model, in any case.
pub fn is_found(row: &AgentRow, search: &str) -> bool {
    let is_in = |text: &str, word: &str| lower(text).contains(word);
    lower(search)
        .split_whitespace()
        .all(|word| is_in(&row.name, word) || is_in(&row.description, word) || is_in(&row.model, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::row;
    use crate::ui::model::order::Standing;

    #[test]
    fn at_first_a_hundred_and_the_open_one_are_shown() {
        let rows: Vec<AgentRow> = (1..=250).map(|id| row(id, &format!("Agent {id}"))).collect();
        let open = Address::of_agent(AgentId(200));
        let first = Listed::of(&rows, &open);
        assert_eq!((first.found, first.shown()), (250, AT_FIRST + 1));
        assert!(first.has(AgentId(100)) && first.has(AgentId(200)) && !first.has(AgentId(101)));
        assert_eq!(Listed::of(&rows, &Address { every: true, ..open.clone() }).shown(), 250);
        let found = Listed::of(&rows, &open.searching("24".into()));
        assert_eq!((found.found, found.shown(), found.has(AgentId(200))), (13, 13, false));
    }

    #[test]
    fn a_part_of_the_agents_keeps_the_open_one() {
        let mut rows: Vec<AgentRow> = (1..=3).map(|id| row(id, "Agent")).collect();
        rows[1].paused = true;
        let paused = Address { only: Some(Standing::Paused), ..Address::default() };
        assert_eq!(Listed::of(&rows, &paused).ids(), [AgentId(2)]);
        let open = paused.toggle_history(AgentId(3));
        assert_eq!(Listed::of(&rows, &open).ids(), [AgentId(2), AgentId(3)]);
        assert_eq!(Listed::of(&rows, &open.searching("agent".into())).ids(), [AgentId(2)]);
    }

    #[test]
    fn every_word_has_to_be_somewhere() {
        let row = AgentRow { description: "Labels new tickets".into(), ..row(1, "Support triage") };
        for found in ["", "  ", "TRIAGE", "tri lab", "support demo/"] {
            assert!(is_found(&row, found), "{found:?}");
        }
        for lost in ["invoice", "triage invoice", "x"] {
            assert!(!is_found(&row, lost), "{lost:?}");
        }
    }
}
