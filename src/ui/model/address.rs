//! State of the dashboard, as its address says it: `/?agent=3&all=1&sort=name&status=running&q=triage`; of a page of many
//! agents also where it begins: `after=42.1`. Pure.

use crate::domain::agent::listing::{Cursor, Listing, PageEdge};
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::ui::model::order::{Sort, Standing};
use std::fmt::Write;

/// Which agent's history is open, one or none, what is searched for, and in which order the agents are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub open: Option<AgentId>,
    /// All runs known rather than the newest five.
    pub all: bool,
    /// Words that the shown agents contain; empty shows all.
    pub search: String,
    /// Every agent found rather than the first hundred.
    pub every: bool,
    pub sort: Sort,
    /// The part of the agents that is shown; `None` for all.
    pub only: Option<Standing>,
    /// Where the page of the agents begins, of those that come in pages.
    pub edge: PageEdge,
    /// Text in the place of an agent's id that is none.
    pub unreadable: Option<String>,
}

impl Address {
    /// Returns the dashboard with this agent's row open.
    pub fn of_agent(agent: AgentId) -> Self {
        Self { open: Some(agent), ..Self::default() }
    }

    /// Reads the query of an address, without its question mark.
    pub fn from_query(query: &str) -> Self {
        let mut address = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "agent" => match value.parse() {
                    Ok(id) => address.open = Some(id),
                    Err(_) => address.unreadable = Some(value.into_owned()).filter(|asked| !asked.is_empty()),
                },
                "all" => address.all = value == "1",
                "list" => address.every = value == "all",
                "sort" => address.sort = Sort { by_tag: address.sort.by_tag, ..Sort::parse(&value) },
                "group" => address.sort.by_tag = value == "tag",
                "status" => address.only = Standing::parse(&value),
                "after" => address.edge = Cursor::parse(&value).map(PageEdge::After).unwrap_or_default(),
                "before" => address.edge = Cursor::parse(&value).map(PageEdge::Before).unwrap_or_default(),
                "q" => address.search = value.into_owned(),
                _ => {}
            }
        }
        address.all &= address.open.is_some();
        address
    }

    /// Reads an address such as `href` gives; `None` when it leads to another page.
    pub fn from_href(href: &str) -> Option<Self> {
        match href.strip_prefix("/?") {
            Some(query) => Some(Self::from_query(query)),
            None => (href == "/").then(Self::default),
        }
    }

    /// Whether this agent's row is open.
    pub fn is_open(&self, agent: AgentId) -> bool {
        self.open == Some(agent)
    }

    /// Opens the agent's row and closes the other one, or closes it when it is open.
    #[must_use]
    pub fn toggle_history(self, agent: AgentId) -> Self {
        let open = Some(agent).filter(|_| !self.is_open(agent));
        Self { open, all: false, unreadable: None, ..self }
    }

    /// Switches between the newest five and all.
    #[must_use]
    pub fn toggle_all(self) -> Self {
        Self { all: self.open.is_some() && !self.all, ..self }
    }

    /// Searches for other words; the open row stays open.
    #[must_use]
    pub fn searching(self, search: String) -> Self {
        Self { search, ..self.from_start() }
    }

    /// Returns the same from the first agent on: of others than were shown, or in another order, that is where one begins.
    #[must_use]
    pub fn from_start(self) -> Self {
        Self { edge: PageEdge::First, ..self }
    }

    /// Returns the page of agents that it asks for.
    pub fn listing(&self) -> Listing {
        let Self { search, only, sort, edge, .. } = self.clone();
        Listing { search, only, sort, edge }
    }

    /// Returns the same without what is open in the table.
    #[must_use]
    pub fn table(self) -> Self {
        Self { open: None, all: false, unreadable: None, ..self }
    }

    /// Whether the table leaves agents out.
    pub fn is_narrowed(&self) -> bool {
        self.only.is_some() || !self.search.trim().is_empty()
    }

    /// Names and values of its query.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let mut params = Vec::new();
        params.extend(self.open.map(|id| ("agent", id.to_string())));
        params.extend(self.all.then(|| ("all", "1".to_owned())));
        params.extend(self.every.then(|| ("list", "all".to_owned())));
        params.extend(self.sort.param().map(|sort| ("sort", sort)));
        params.extend(self.sort.by_tag.then(|| ("group", "tag".to_owned())));
        params.extend(self.only.map(|only| ("status", only.key().to_owned())));
        params.extend(match &self.edge {
            PageEdge::First => None,
            PageEdge::After(cursor) => Some(("after", cursor.param())),
            PageEdge::Before(cursor) => Some(("before", cursor.param())),
        });
        params.extend((!self.search.is_empty()).then(|| ("q", self.search.clone())));
        params
    }

    /// Returns the query of its address, without the question mark.
    pub fn query(&self) -> String {
        let pair = |(name, value): (&str, String)| format!("{name}={}", escaped(&value));
        self.params().into_iter().map(pair).collect::<Vec<_>>().join("&")
    }

    /// Returns the page on which some of the agents shown here are selected.
    pub fn select_href(&self) -> String {
        match self.query() {
            query if query.is_empty() => "/agents/select".to_owned(),
            query => format!("/agents/select?{query}"),
        }
    }

    /// Returns the address of this state.
    pub fn href(&self) -> String {
        match self.query() {
            query if query.is_empty() => "/".to_owned(),
            query => format!("/?{query}"),
        }
    }
}

/// Percent-encodes a text for a query: all but RFC 3986's unreserved characters. The server and the browser must agree,
/// and their own functions do not.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            // Writing to a text cannot fail.
            _ => _ = write!(out, "%{byte:02X}"),
        }
        out
    })
}

/// Query of the page of an agent that has just been created.
pub const MADE: &str = "made";

/// Returns the page of an agent that has just been created, which says so once.
pub fn made_href(agent: AgentId) -> String {
    format!("/agents/{agent}?{MADE}")
}

/// Query of the settings of an agent that was just made as a copy of another.
pub const COPIED: &str = "copied";

/// Returns the settings of an agent that was just made as a copy of another; the page says so once.
pub fn copied_href(agent: AgentId) -> String {
    format!("/agents/{agent}/settings?{COPIED}")
}

/// The query of a page that opens the dialog in which a run is started with something.
pub const WITH: &str = "with";

/// Returns where a run of an agent is started with something.
pub fn start_href(agent: AgentId) -> String {
    format!("/agents/{agent}?{WITH}")
}

/// Returns where a run is repeated with changes.
pub fn change_href(run: RunId) -> String {
    format!("/runs/{run}?{WITH}")
}

/// Returns where a new chat of an agent begins.
pub fn new_chat_href(agent: AgentId) -> String {
    format!("/agents/{agent}/chat")
}

/// Returns a chat's page.
pub fn chat_href(agent: AgentId, thread: ThreadId) -> String {
    format!("/agents/{agent}/chat/{thread}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::model::order::Column;

    const A: AgentId = AgentId(1);
    const B: AgentId = AgentId(2);

    #[test]
    fn one_row_is_open_at_a_time() {
        let open = Address::default().toggle_history(A);
        assert!(open.is_open(A));
        let other = open.toggle_history(B);
        assert!(other.is_open(B) && !other.is_open(A));
        assert_eq!(other.toggle_history(B), Address::default());
    }

    #[test]
    fn another_row_starts_with_its_newest_runs() {
        let all = Address::default().toggle_history(A).toggle_all();
        assert!(all.all);
        assert!(!all.toggle_history(B).all);
        assert!(!Address::default().toggle_all().all);
    }

    #[test]
    fn opening_and_closing_keep_the_search() {
        let found = Address::default().searching("bill".into());
        let opened = found.clone().toggle_history(A);
        assert_eq!(opened.search, "bill");
        assert_eq!(opened.toggle_history(A), found);
    }

    #[test]
    fn the_address_reads_back() {
        let every = Address { every: true, ..Address::of_agent(A) };
        let sort = Sort { by: Column::LastRun, reversed: true, by_tag: true };
        let ordered = Address { sort, only: Some(Standing::Attention), ..Address::of_agent(A) };
        assert_eq!(ordered.href(), "/?agent=1&sort=-last-run&group=tag&status=attention");
        for state in [Address::default(), Address::of_agent(A), Address::of_agent(B).toggle_all(), every, ordered] {
            assert_eq!(Address::from_href(&state.href()), Some(state));
        }
    }

    #[test]
    fn a_page_begins_where_the_address_says_until_something_else_is_looked_for() {
        let page = Address::from_query("sort=name&after=42.b%26c");
        let place = Cursor { key: Some("b&c".into()), id: AgentId(42) };
        assert_eq!(page.listing().edge, PageEdge::After(place.clone()));
        assert_eq!(page.href(), "/?sort=name&after=42.b%26c");
        assert_eq!(page.clone().searching("x".into()).href(), "/?sort=name&q=x");
        assert_eq!(page.toggle_history(A).edge, PageEdge::After(place));
        assert_eq!(Address::from_query("before=x").href(), "/");
    }

    #[test]
    fn what_is_open_is_no_part_of_the_table() {
        let narrowed = Address { only: Some(Standing::Running), ..Address::of_agent(A).toggle_all() };
        assert_eq!(narrowed.clone().table().href(), "/?status=running");
        assert!(narrowed.is_narrowed() && Address::default().searching("x".into()).is_narrowed());
        assert!(!Address::of_agent(A).searching(" ".into()).is_narrowed());
    }

    #[test]
    fn agents_are_selected_of_those_that_are_shown() {
        assert_eq!(Address::default().select_href(), "/agents/select");
        assert_eq!(Address::from_query("status=running&q=a").select_href(), "/agents/select?status=running&q=a");
    }

    #[test]
    fn what_is_searched_for_cannot_break_the_address() {
        let address = Address::of_agent(A).searching("a&b=c é".into());
        assert_eq!(address.href(), "/?agent=1&q=a%26b%3Dc%20%C3%A9");
        assert_eq!(Address::from_href(&address.href()), Some(address));
    }

    #[test]
    fn other_pages_addresses_are_none_of_it() {
        for href in ["/runs/7", "/agents/new", "//elsewhere.test/?agent=1", "#main", ""] {
            assert_eq!(Address::from_href(href), None, "{href}");
        }
        assert_eq!(Address::from_query("q=a+b").search, "a b", "as a form sends it");
    }

    #[test]
    fn what_is_no_id_opens_nothing_and_is_remembered() {
        let asked = |agent| Address::from_query(&format!("agent={agent}&all=1"));
        let address = asked("x");
        assert_eq!((address.open, address.all, address.unreadable.as_deref()), (None, false, Some("x")));
        assert_eq!(asked("").unreadable, None);
    }
}
