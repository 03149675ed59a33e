//! The latest figures of each owner. Over thousands of agents they take longer to sum up than all else that a dashboard shows, so
//! its first HTML has them as they were a moment ago, if somebody has just summed them up. They say what time they are of, and
//! the live connection begins with present ones.

use crate::domain::id::OwnerId;
use crate::domain::summary::Summary;
use crate::domain::time::Timestamp;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// How old figures may be, in milliseconds: as the live connection has them, which sends them at most that often.
const AGE_MS: i64 = 2_000;

/// Cheap to clone; every clone is the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent(Arc<Mutex<HashMap<OwnerId, Summary>>>);

impl Recent {
    /// Returns an owner's figures, if they are recent.
    pub fn get(&self, owner: OwnerId, now: Timestamp) -> Option<Summary> {
        let kept = self.0.lock();
        kept.get(&owner).filter(|summary| (0..AGE_MS).contains(&(now.ms() - summary.at.ms()))).cloned()
    }

    /// Keeps figures, unless newer ones are there.
    pub fn put(&self, owner: OwnerId, summary: &Summary) {
        let mut kept = self.0.lock();
        if kept.get(&owner).is_none_or(|known| known.at < summary.at) {
            kept.insert(owner, summary.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::summary;

    #[test]
    fn figures_are_recent_for_two_seconds_and_their_owner_s() {
        let (recent, a, b) = (Recent::default(), OwnerId(1), OwnerId(2));
        recent.put(a, &summary(10_000));
        recent.put(a, &summary(9_000));
        let at = |owner, ms| recent.get(owner, Timestamp::from_ms(ms)).map(|summary| summary.at.ms());
        assert_eq!([at(a, 11_999), at(a, 12_000), at(b, 10_000)], [Some(10_000), None, None]);
        assert_eq!(at(a, 9_999), None, "the clock was set back");
    }
}
