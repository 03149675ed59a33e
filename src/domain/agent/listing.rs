//! The part of an owner's agents that a dashboard asks for: what is searched for, how they stand, in which order, and from
//! where on. Above [`PAGED_ABOVE`] agents the server reads a page of them; up to that many the browser has all.

use crate::domain::id::AgentId;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// With more agents than this a dashboard shows a page of them.
pub const PAGED_ABOVE: i64 = 200;

/// Agents of a page.
pub const PAGE: usize = 50;

/// A column that the table can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Those that need attention first. The others stay as they were created: a run that begins or ends moves no row.
    #[default]
    Status,
    /// From A to Z.
    Name,
    /// The lowest success rate first.
    Rate,
    /// The most recent run first.
    LastRun,
    /// The soonest due first.
    NextRun,
}

impl Column {
    /// All, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Status, Self::Name, Self::Rate, Self::LastRun, Self::NextRun];

    /// Returns its name in the address.
    fn key(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Name => "name",
            Self::Rate => "success",
            Self::LastRun => "last-run",
            Self::NextRun => "next-run",
        }
    }

    /// Whether pages can be ordered by it. The others would need every agent's runs to be read for each page.
    pub fn is_paged(self) -> bool {
        matches!(self, Self::Status | Self::Name | Self::NextRun)
    }
}

/// The order of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: Column,
    /// The other way round than the column says.
    pub reversed: bool,
    /// Within groups, each of the agents whose first tag is the same; those without a tag come last. Not of pages.
    pub by_tag: bool,
}

impl Sort {
    /// Returns its form in the address; `None` for the order that is there without being asked for.
    pub fn param(self) -> Option<String> {
        let sign = if self.reversed { "-" } else { "" };
        let is_usual = Self { by_tag: false, ..self } == Self::default();
        (!is_usual).then(|| format!("{sign}{}", self.by.key()))
    }

    /// Reads the order from the address; anything else is the usual order.
    pub fn parse(text: &str) -> Self {
        let (reversed, key) = text.strip_prefix('-').map_or((false, text), |key| (true, key));
        let by = Column::ALL.into_iter().find(|column| column.key() == key);
        by.map(|by| Self { by, reversed, by_tag: false }).unwrap_or_default()
    }

    /// Orders by this column, or the other way round where it is the one already.
    pub fn chosen(self, by: Column) -> Self {
        Self { by, reversed: self.by == by && !self.reversed, ..self }
    }

    /// Returns the order of pages: the usual one in place of one that pages cannot have.
    pub fn of_pages(self) -> Self {
        if self.by.is_paged() { Self { by_tag: false, ..self } } else { Self::default() }
    }
}

/// A part of the agents, by how they stand. An agent may be in several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The newest run that is over has failed, and nobody has paused the agent since.
    Attention,
    Running,
    Scheduled,
    Paused,
}

impl Standing {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Attention, Self::Running, Self::Scheduled, Self::Paused];

    /// Returns its name in the address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Running => "running",
            Self::Scheduled => "scheduled",
            Self::Paused => "paused",
        }
    }

    /// Reads the standing from the address; `None` for all agents.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.key() == text)
    }
}

/// Where a page begins: the place of an agent in the order, whether or not it is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Cursor {
    /// The value that the agent was ordered by, as text; null where there was nothing to order it by.
    pub key: Option<String>,
    pub id: AgentId,
}

impl Cursor {
    /// Returns its form in the address: `42`, or `42.key`.
    pub fn param(&self) -> String {
        let key = self.key.as_ref().map(|key| format!(".{key}")).unwrap_or_default();
        format!("{}{key}", self.id)
    }

    /// Reads it from the address; anything else is the beginning.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('.').map_or((text, None), |(id, key)| (id, Some(key.to_owned())));
        Some(Self { key, id: id.parse().ok()? })
    }
}

/// The end of a page that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PageEdge {
    /// The page begins with the first agent.
    #[default]
    First,
    /// It begins after this place.
    After(Cursor),
    /// It ends before this place.
    Before(Cursor),
}

/// A page of agents, as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Words that each agent has in its name, description, model or tags.
    pub search: String,
    pub only: Option<Standing>,
    pub sort: Sort,
    pub edge: PageEdge,
}

/// How many agents an owner has, and how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct AgentCounts {
    pub all: i64,
    pub attention: i64,
    pub running: i64,
    pub scheduled: i64,
    pub paused: i64,
    /// Runs of all agents that are queued or running.
    pub active_runs: i64,
}

impl AgentCounts {
    /// Returns how many stand so.
    pub fn of(&self, standing: Standing) -> i64 {
        match standing {
            Standing::Attention => self.attention,
            Standing::Running => self.running,
            Standing::Scheduled => self.scheduled,
            Standing::Paused => self.paused,
        }
    }
}

/// Which page of the agents a list of rows is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Page {
    /// How many agents were found, on all pages.
    pub found: i64,
    /// How many of them come before this page.
    pub before: i64,
    /// How many are on it; the row of the open agent may come on top, after them.
    pub shown: i64,
    /// The page before ends here; null on the first.
    pub previous: Option<Cursor>,
    /// The next page begins after here; null on the last.
    pub next: Option<Cursor>,
    /// Of all agents, whatever is searched for.
    pub counts: AgentCounts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_from_the_address() {
        for (key, text) in [(None, "42"), (Some(""), "42."), (Some("0"), "42.0"), (Some("a. b=é"), "42.a. b=é")] {
            let cursor = Cursor { key: key.map(str::to_owned), id: AgentId(42) };
            assert_eq!((cursor.param().as_str(), Cursor::parse(text)), (text, Some(cursor)));
        }
        for text in ["", "x", ".1", "1x.y"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn pages_have_an_order_that_costs_no_reading_of_runs() {
        assert_eq!(Sort::parse("-name").of_pages(), Sort { by: Column::Name, reversed: true, by_tag: false });
        assert_eq!(Sort::parse("-success").of_pages(), Sort::default());
    }
}
