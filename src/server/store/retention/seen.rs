//! When a server last looked at the database, which limits it had, and whether nothing may be removed for some days. A database that
//! nobody has used for long may be a copy that somebody has put back; and a clock that has jumped ahead makes everything old at once.
//! Either is seen by the same: the present is days after what was noted last.

use crate::domain::retention::{DAY_MS, Grace, GraceReason, RetentionLimits};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// How long nothing is removed, in milliseconds: a week, in which somebody can keep what they want or raise limits.
const GRACE_MS: i64 = 7 * DAY_MS;
/// After so long without a server the database counts as unseen, in milliseconds. Longer than a weekend.
const UNSEEN_MS: i64 = 3 * DAY_MS;

const SELECT: &str = "SELECT seen_at, grace_until, grace_reason, days, runs, payload_days FROM retention WHERE id = 1";

const UPSERT: &str = "
INSERT INTO retention (id, seen_at, grace_until, grace_reason, days, runs, payload_days)
VALUES (1, :now, :until, :reason, :days, :runs, :payloads)
ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, grace_until = excluded.grace_until, grace_reason = excluded.grace_reason,
       days = excluded.days, runs = excluded.runs, payload_days = excluded.payload_days";

#[derive(FromQueryResult)]
struct Row {
    seen_at: Timestamp,
    grace_until: Option<Timestamp>,
    grace_reason: Option<String>,
    days: Option<i64>,
    runs: Option<i64>,
    payload_days: Option<i64>,
}

/// What servers have noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionRecord {
    pub seen_at: Timestamp,
    grace: Option<Grace>,
    /// The limits of the server that looked last.
    pub limits: RetentionLimits,
}

impl From<Row> for RetentionRecord {
    fn from(row: Row) -> Self {
        let reason = row.grace_reason.as_deref().and_then(GraceReason::parse);
        Self {
            seen_at: row.seen_at,
            grace: row.grace_until.zip(reason).map(|(until, reason)| Grace { until, reason }),
            limits: RetentionLimits { days: row.days, runs: row.runs, payload_days: row.payload_days },
        }
    }
}

/// Returns until when nothing is removed, by what was noted before.
fn grace_at(record: Option<&RetentionRecord>, now: Timestamp) -> Option<Grace> {
    let until = Timestamp::from_ms(now.ms().saturating_add(GRACE_MS));
    match record {
        None => Some(Grace { until, reason: GraceReason::New }),
        Some(record) if now.ms().saturating_sub(record.seen_at.ms()) > UNSEEN_MS => {
            Some(Grace { until, reason: GraceReason::Unseen })
        }
        // A clock that was far ahead has put the end far away.
        Some(record) => {
            record.grace.filter(|grace| grace.until > now).map(|grace| Grace { until: grace.until.min(until), ..grace })
        }
    }
}

impl RetentionRecord {
    /// Returns until when nothing is to be removed from a database with this record, or none.
    pub fn grace_of(record: Option<&Self>, now: Timestamp) -> Option<Grace> {
        grace_at(record, now)
    }
}

impl Store {
    /// Returns what servers have noted; `None` where none has.
    pub async fn retention_record(&self) -> StoreResult<Option<RetentionRecord>> {
        let row = Row::find_by_statement(self.statement(SELECT, [])).one(&self.read).await?;
        Ok(row.map(RetentionRecord::from))
    }

    /// Notes that a server with these limits looks at the database now. Returns until when nothing may be removed.
    pub async fn note_seen(&self, limits: RetentionLimits) -> StoreResult<Option<Grace>> {
        self.write(|txn, _| {
            Box::pin(async move {
                let now = self.now();
                let row = Row::find_by_statement(self.statement(SELECT, [])).one(txn).await?;
                let grace = grace_at(row.map(RetentionRecord::from).as_ref(), now);
                let values = [
                    ("now", now.into()),
                    ("until", grace.map(|grace| grace.until.ms()).into()),
                    ("reason", grace.map(|grace| grace.reason.as_str().to_owned()).into()),
                    ("days", limits.days.into()),
                    ("runs", limits.runs.into()),
                    ("payloads", limits.payload_days.into()),
                ];
                txn.execute_raw(self.named(UPSERT, values)).await?;
                Ok(grace)
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_ms(days * DAY_MS)
    }

    fn record(seen_at: Timestamp, grace: Option<Grace>) -> RetentionRecord {
        RetentionRecord { seen_at, grace, limits: RetentionLimits::default() }
    }

    #[test]
    fn a_database_of_which_nothing_is_known_has_a_week() {
        assert_eq!(grace_at(None, at(1)), Some(Grace { until: at(8), reason: GraceReason::New }));
    }

    #[test]
    fn a_database_that_was_not_seen_for_days_has_a_week_and_a_weekend_is_nothing() {
        assert_eq!(grace_at(Some(&record(at(10), None)), at(13)), None);
        let later = Timestamp::from_ms(13 * DAY_MS + 1);
        let grace = grace_at(Some(&record(at(10), None)), later).unwrap();
        assert_eq!((grace.reason, grace.until.ms()), (GraceReason::Unseen, later.ms() + GRACE_MS));
    }

    #[test]
    fn a_grace_ends_and_is_never_longer_than_a_week() {
        let grace = |until| Some(Grace { until, reason: GraceReason::New });
        let noted = |until| record(at(10), grace(until));
        assert_eq!(grace_at(Some(&noted(at(12))), at(11)), grace(at(12)));
        assert_eq!(grace_at(Some(&noted(at(11))), at(11)), None);
        // The clock was years ahead, and was set back.
        assert_eq!(grace_at(Some(&record(at(9_000), grace(at(9_007)))), at(11)), grace(at(18)));
    }
}
