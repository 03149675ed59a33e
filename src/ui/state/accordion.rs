//! Which agent's history is open, as the address says it: `/?agent=3&all=1`. Pure.

use crate::domain::id::AgentId;

/// One row open at a time, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accordion {
    pub open: Option<AgentId>,
    /// All runs known rather than the newest five.
    pub all: bool,
}

impl Accordion {
    /// From the values of the query; what cannot be read counts as absent.
    pub fn from_query(agent: Option<&str>, all: Option<&str>) -> Self {
        let open = agent.and_then(|id| id.parse().ok());
        Self { open, all: open.is_some() && all == Some("1") }
    }

    /// Whether this agent's row is open.
    pub fn is_open(self, agent: AgentId) -> bool {
        self.open == Some(agent)
    }

    /// Opens the agent's row and closes the other one, or closes it when it is open.
    #[must_use]
    pub fn toggle_history(self, agent: AgentId) -> Self {
        match self.is_open(agent) {
            true => Self::default(),
            false => Self { open: Some(agent), all: false },
        }
    }

    /// Between the newest five and all.
    #[must_use]
    pub fn toggle_all(self) -> Self {
        Self { all: self.open.is_some() && !self.all, ..self }
    }

    /// The address of this state.
    pub fn href(self) -> String {
        match self {
            Self { open: None, .. } => "/".to_owned(),
            Self { open: Some(id), all: false } => format!("/?agent={id}"),
            Self { open: Some(id), all: true } => format!("/?agent={id}&all=1"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AgentId = AgentId(1);
    const B: AgentId = AgentId(2);

    #[test]
    fn one_row_is_open_at_a_time() {
        let open = Accordion::default().toggle_history(A);
        assert!(open.is_open(A));
        let other = open.toggle_history(B);
        assert!(other.is_open(B) && !other.is_open(A));
        assert_eq!(other.toggle_history(B), Accordion::default());
    }

    #[test]
    fn another_row_starts_with_its_newest_runs() {
        let all = Accordion::default().toggle_history(A).toggle_all();
        assert!(all.all);
        assert!(!all.toggle_history(B).all);
        assert!(!Accordion::default().toggle_all().all);
    }

    #[test]
    fn the_address_reads_back() {
        for state in
            [Accordion::default(), Accordion { open: Some(A), all: false }, Accordion { open: Some(B), all: true }]
        {
            let href = state.href();
            let value = |key: &str| {
                let query = href.split_once('?')?.1;
                query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
            };
            assert_eq!(Accordion::from_query(value("agent"), value("all")), state);
        }
    }

    #[test]
    fn nonsense_in_the_address_opens_nothing() {
        assert_eq!(Accordion::from_query(Some("x"), Some("1")), Accordion::default());
    }
}
