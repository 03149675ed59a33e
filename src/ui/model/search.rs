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
    /// The groups that are shown, if the agents are in groups.
    groups: Vec<Group>,
}

/// Agents whose first tag is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The one that comes first.
    first: AgentId,
    /// `None` for those without a tag.
    pub tag: Option<String>,
    /// How many of them are shown.
    pub shown: usize,
}

/// Returns the groups of rows, which are in the order of their groups.
fn groups<'r>(rows: impl Iterator<Item = &'r AgentRow>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let tag = row.tags.first();
        match groups.last_mut().filter(|group| group.tag.as_deref().map(lower) == tag.map(|tag| lower(tag))) {
            Some(group) => group.shown += 1,
            None => groups.push(Group { first: row.id, tag: tag.cloned(), shown: 1 }),
        }
    }
    groups
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
        let shown = rows.iter().filter(|row| ids.contains(&row.id));
        let groups = if address.sort.by_tag { groups(shown) } else { Vec::new() };
        Self { ids, found, groups }
    }

    /// Returns the agents of a page, all of which are shown, of so many that were found.
    pub fn of_page(rows: &[AgentRow], found: i64) -> Self {
        Self { ids: rows.iter().map(|row| row.id).collect(), found: found as usize, groups: Vec::new() }
    }

    /// Returns the agents that the table shows.
    pub fn ids(&self) -> &[AgentId] {
        &self.ids
    }

    /// Returns the group that begins with this agent.
    pub fn group_at(&self, agent: AgentId) -> Option<&Group> {
        self.groups.iter().find(|group| group.first == agent)
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

/// Whether every word of the search is in the agent's name, description, model or tags, in any case.
pub fn is_found(row: &AgentRow, search: &str) -> bool {
    let is_in = |text: &str, word: &str| lower(text).contains(word);
    lower(search).split_whitespace().all(|word| {
        is_in(&row.name, word)
            || is_in(&row.description, word)
            || is_in(&row.model, word)
            || row.tags.iter().any(|tag| is_in(tag, word))
    })
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

    #[test]
    fn groups_are_counted_as_far_as_they_are_shown() {
        let tagged = |id, tags: &[&str]| AgentRow {
            tags: tags.iter().map(ToString::to_string).collect(),
            ..row(id, &format!("Agent {id}"))
        };
        let rows = [tagged(1, &["eu"]), tagged(2, &["EU", "b"]), tagged(3, &["support"]), tagged(4, &[])];
        let by_tag = Address::from_query("group=tag");
        let listed = Listed::of(&rows, &by_tag);
        let group = |id| listed.group_at(AgentId(id)).map(|group| (group.tag.as_deref(), group.shown));
        assert_eq!([1, 2, 3, 4].map(group), [Some((Some("eu"), 2)), None, Some((Some("support"), 1)), Some((None, 1))]);
        assert_eq!(Listed::of(&rows, &Address::default()).group_at(AgentId(1)), None);
        let found = Listed::of(&rows, &by_tag.searching("support".into()));
        assert_eq!((found.ids(), found.group_at(AgentId(3)).is_some()), (&[AgentId(3)][..], true));
    }
}
