//! When something is read again for news that may come at any rate: soon, together, and one reading at a time. Pure.

use std::mem;

/// The readings of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Whether there is news that no reading has covered, and so a timer.
    due: bool,
    under_way: u32,
}

impl Pace {
    /// Called with news. Returns whether a timer has to be set.
    pub fn hear(&mut self) -> bool {
        !mem::replace(&mut self.due, true)
    }

    /// Called when the timer is over. Returns whether to read now; if not, a reading is under way, and the timer has to be
    /// set again.
    pub fn is_time(&mut self) -> bool {
        self.due = self.under_way > 0;
        !self.due
    }

    /// Called when a reading begins, whatever it is for.
    pub fn begin(&mut self) {
        self.under_way += 1;
    }

    /// Called when a reading is over, or has failed.
    pub fn end(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_that_comes_together_is_read_once() {
        let mut pace = Pace::default();
        assert_eq!([pace.hear(), pace.hear(), pace.hear()], [true, false, false]);
        assert!(pace.is_time());
        pace.begin();
        assert!(pace.hear(), "it came after the reading had begun");
    }

    #[test]
    fn one_reading_waits_for_the_other() {
        let mut pace = Pace::default();
        pace.begin();
        assert!(pace.hear());
        assert!(!pace.is_time());
        assert!(!pace.hear(), "a timer is set");
        pace.end();
        assert!(pace.is_time());
        assert!(pace.hear(), "nothing is left over");
    }
}
