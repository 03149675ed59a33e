//! How long the page rests after it has shown what came: hardly at all while little comes, longer while much does, since
//! drawing is what many changes cost. Pure; it knows no message and no timer.

/// The rest between two showings while little comes: a frame, in which what belongs together has come.
const FRAME_MS: i64 = 16;
/// The rest while much comes: more often than this nobody reads.
const CROWDED_MS: i64 = 250;
/// How many showings may follow each other by a frame. A run that begins and ends takes two or three.
const AT_ONCE: i64 = 24;

/// The showings of a page. Times are of the clock that nobody can set, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pacing {
    /// When all of `AT_ONCE` will have been won back; each comes back after `CROWDED_MS`.
    full_at: i64,
}

impl Pacing {
    /// Called with each showing. Returns how long to rest after it, in milliseconds.
    pub fn shown(&mut self, now: i64) -> i64 {
        self.full_at = self.full_at.max(now) + CROWDED_MS;
        if self.full_at - now <= AT_ONCE * CROWDED_MS { FRAME_MS } else { CROWDED_MS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows as often as may be from `begin` on, for `ms`; returns how often.
    fn showings(pacing: &mut Pacing, begin: i64, ms: i64) -> usize {
        let mut now = begin;
        let mut count = 0;
        while now < begin + ms {
            now += pacing.shown(now);
            count += 1;
        }
        count
    }

    #[test]
    fn what_comes_now_and_then_is_shown_at_once() {
        let mut pacing = Pacing::default();
        for second in 0..60 {
            let rests = [0, 20, 40, 60].map(|later| pacing.shown(second * 1_000 + later));
            assert_eq!(rests, [FRAME_MS; 4], "second {second}");
        }
    }

    #[test]
    fn what_goes_on_coming_is_shown_four_times_a_second() {
        let mut pacing = Pacing::default();
        let first = showings(&mut pacing, 0, 1_000);
        assert!((24..=30).contains(&first), "{first}");
        let then = showings(&mut pacing, 1_000, 10_000);
        assert!((40..=42).contains(&then), "{then}");
    }

    #[test]
    fn after_some_quiet_it_is_quick_again() {
        let mut pacing = Pacing::default();
        showings(&mut pacing, 0, 10_000);
        assert_eq!(pacing.shown(10_000), CROWDED_MS);
        assert_eq!(pacing.shown(13_000), FRAME_MS);
    }
}
