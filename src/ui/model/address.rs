//! What the dashboard shows, as its address says it: `/?agent=3&all=1&q=triage`. Pure.

use crate::domain::id::{AgentId, ThreadId};
use std::fmt::Write;

/// Which agent's history is open, one or none, and what is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub open: Option<AgentId>,
    /// All runs known rather than the newest five.
    pub all: bool,
    /// Words that the shown agents contain; empty shows all.
    pub search: String,
    /// Every agent found rather than the first hundred.
    pub every: bool,
    /// What was asked for in place of an agent's id and is none.
    pub unreadable: Option<String>,
}

impl Address {
    /// The dashboard with this agent's row open.
    pub fn of_agent(agent: AgentId) -> Self {
        Self { open: Some(agent), ..Self::default() }
    }

    /// From the query of an address, without its question mark.
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
                "q" => address.search = value.into_owned(),
                _ => {}
            }
        }
        address.all &= address.open.is_some();
        address
    }

    /// From an address such as `href` gives; `None` when it leads to another page.
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

    /// Between the newest five and all.
    #[must_use]
    pub fn toggle_all(self) -> Self {
        Self { all: self.open.is_some() && !self.all, ..self }
    }

    /// Searches for other words; the open row stays open.
    #[must_use]
    pub fn searching(self, search: String) -> Self {
        Self { search, ..self }
    }

    /// The address of this state.
    pub fn href(&self) -> String {
        let mut query = Vec::new();
        query.extend(self.open.map(|id| format!("agent={id}")));
        query.extend(self.all.then(|| "all=1".to_owned()));
        query.extend(self.every.then(|| "list=all".to_owned()));
        query.extend((!self.search.is_empty()).then(|| format!("q={}", escaped(&self.search))));
        match query.is_empty() {
            true => "/".to_owned(),
            false => format!("/?{}", query.join("&")),
        }
    }
}

/// Percent-encoded for a query: all but RFC 3986's unreserved characters. The server and the browser must agree, and
/// their own functions do not.
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

/// Where a new chat of an agent begins.
pub fn new_chat_href(agent: AgentId) -> String {
    format!("/agents/{agent}/chat")
}

/// A chat's page.
pub fn chat_href(agent: AgentId, thread: ThreadId) -> String {
    format!("/agents/{agent}/chat/{thread}")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for state in [Address::default(), Address::of_agent(A), Address::of_agent(B).toggle_all(), every] {
            assert_eq!(Address::from_href(&state.href()), Some(state));
        }
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
