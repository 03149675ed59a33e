//! The runs on the page that are still under way, and so whether the second hand has to move. Pure.

use crate::domain::id::RunId;

/// The runs under way that the page shows, each as often as there are places that show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticking(Vec<RunId>);

impl Ticking {
    /// Called when a place begins to show a run that is under way.
    pub fn enter(&mut self, run: RunId) {
        self.0.push(run);
    }

    /// Called when that place has gone, or its run is over.
    pub fn leave(&mut self, run: RunId) {
        if let Some(place) = self.0.iter().position(|ticking| *ticking == run) {
            self.0.swap_remove(place);
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
