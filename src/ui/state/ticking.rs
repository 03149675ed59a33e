//! Which runs on the page are still under way, and so whether the second hand has to move. Pure.

use crate::domain::id::RunId;
use std::collections::BTreeMap;

/// The runs under way that the page shows, with how many places show each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticking(BTreeMap<RunId, u32>);

impl Ticking {
    /// A place begins to show a run that is under way.
    pub fn enter(&mut self, run: RunId) {
        *self.0.entry(run).or_default() += 1;
    }

    /// That place has gone, or its run is over.
    pub fn leave(&mut self, run: RunId) {
        if let Some(places) = self.0.get_mut(&run) {
            *places -= 1;
            if *places == 0 {
                self.0.remove(&run);
            }
        }
    }

    /// Whether the second hand moves: something is under way, as far as is known, and somebody can see it.
    pub fn moves(&self, tab_visible: bool, resting: bool) -> bool {
        tab_visible && !resting && !self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_while_a_run_is_under_way_and_seen() {
        let mut ticking = Ticking::default();
        assert!(!ticking.moves(true, false));
        ticking.enter(RunId(1));
        assert!(ticking.moves(true, false));
        assert!(!ticking.moves(false, false));
        assert!(!ticking.moves(true, true));
        ticking.leave(RunId(1));
        assert!(!ticking.moves(true, false));
    }

    #[test]
    fn a_run_shown_twice_moves_it_until_both_have_gone() {
        let mut ticking = Ticking::default();
        ticking.enter(RunId(1));
        ticking.enter(RunId(1));
        ticking.leave(RunId(1));
        assert!(ticking.moves(true, false));
        ticking.leave(RunId(1));
        ticking.leave(RunId(1));
        assert_eq!(ticking, Ticking::default());
    }
}
