//! The server's time, derived from the browser's two clocks. Pure: the readings come from outside.
//!
//! The wall clock may be wrong, and may be set while the page is open. The steady clock never jumps, but may stand still
//! while the computer sleeps. So the server says what time it is, the steady clock counts on from there, and the wall
//! clock is asked only how long the computer has slept.

use crate::domain::time::Timestamp;

/// Both clocks of the browser at one moment, in milliseconds. Readings are compared with each other only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub wall: i64,
    pub steady: i64,
}

/// A response that took longer, in milliseconds, says too little about the time.
const SLOWEST_ANSWER: i64 = 5_000;
/// Milliseconds that the wall clock must run ahead of the steady one to have slept or been set. Less is correction.
const LEAP: i64 = 5_000;

/// A reading of the server's clock, and when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTime {
    ms: i64,
    read_at: Reading,
}

impl ServerTime {
    /// Takes the time that the server has just said.
    pub fn received(server_now: Timestamp, now: Reading) -> Self {
        Self { ms: server_now.ms(), read_at: now }
    }

    /// Takes the time from the response to a question: it was on its way for about half of the time since. `None` where
    /// that is too long, as when the computer slept in between.
    pub fn answered(server_now: Timestamp, asked: Reading, now: Reading) -> Option<Self> {
        let took = (now.steady - asked.steady).max(now.wall - asked.wall);
        let way = (now.steady - asked.steady) / 2;
        (took <= SLOWEST_ANSWER).then(|| Self { ms: server_now.ms() + way, read_at: now })
    }

    /// Returns the server's time at a reading.
    pub fn at(&self, reading: Reading) -> Timestamp {
        Timestamp::from_ms(self.ms + reading.steady - self.read_at.steady)
    }

    /// Takes a leap of the wall clock for time slept. For when the server cannot be asked: computers sleep more often
    /// than their clocks are set.
    #[must_use]
    pub fn count_sleep(self, now: Reading) -> Self {
        let (wall, steady) = (now.wall - self.read_at.wall, now.steady - self.read_at.steady);
        match wall - steady > LEAP {
            true => Self { ms: self.ms + wall, read_at: now },
            false => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wall clock that is ten minutes slow.
    const FIRST: Reading = Reading { wall: 400_000, steady: 7_000 };

    fn later(wall: i64, steady: i64) -> Reading {
        Reading { wall: FIRST.wall + wall, steady: FIRST.steady + steady }
    }

    fn time() -> ServerTime {
        ServerTime::received(Timestamp::from_ms(1_000_000), FIRST)
    }

    #[test]
    fn counts_on_from_what_the_server_said() {
        assert_eq!(time().at(later(2_500, 2_500)).ms(), 1_002_500);
        assert_eq!(time().at(later(-300, -300)).ms(), 999_700);
    }

    #[test]
    fn a_wall_clock_that_is_set_changes_nothing() {
        for jump in [600_000, -600_000] {
            assert_eq!(time().at(later(jump, 1_000)).ms(), 1_001_000);
        }
    }

    #[test]
    fn an_answer_has_been_on_its_way() {
        let answered = |now| ServerTime::answered(Timestamp::from_ms(1_000_000), FIRST, now);
        assert_eq!(answered(later(400, 400)).map(|time| time.at(later(400, 400)).ms()), Some(1_000_200));
        assert_eq!(answered(later(9_000, 9_000)), None);
        assert_eq!(answered(later(3_600_000, 100)), None, "slept meanwhile");
    }

    #[test]
    fn sleep_is_counted_by_the_wall_clock() {
        let hour = later(3_600_000, 10);
        assert_eq!(time().count_sleep(hour).at(hour).ms(), 4_600_000);
        let awake = time().count_sleep(hour);
        assert_eq!(awake.at(later(3_601_000, 1_010)).ms(), 4_601_000);
    }

    #[test]
    fn a_clock_that_is_set_back_or_corrected_is_no_sleep() {
        for reading in [later(-600_000, 10), later(2_000, 10)] {
            assert_eq!(time().count_sleep(reading), time());
        }
    }
}
