//! The day before the last 24 hours: whole hours, by roll-ups alone. They are over, so what they come to is read once an hour
//! and remembered: what changes them after all (a run that is stored late, an agent that is deleted, roll-ups made anew) shows in
//! the next one.

use super::window::sums_of_hours;
use super::{Tally, hour_of};
use crate::domain::id::OwnerId;
use crate::domain::money::NanoDollars;
use crate::domain::summary::{DayBefore, HOURS};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use parking_lot::Mutex;
use sea_orm::{ConnectionTrait, DbBackend};
use std::collections::HashMap;
use std::sync::Arc;

/// The day before, and the hour that it was read in.
type Known = (i64, Option<DayBefore>);

/// The day before of each owner. Cheap to clone.
#[derive(Clone, Default)]
pub(in crate::server::store) struct DaysBefore(Arc<Mutex<HashMap<OwnerId, Known>>>);

/// The sums over the hours before `:until`, from `:first` on.
pub(in crate::server::store) fn day_before_sql(backend: DbBackend) -> String {
    format!(
        "SELECT {}, CAST(NULL AS TEXT) AS listed FROM agents a CROSS JOIN run_hours h
         WHERE a.owner_id = :owner AND h.agent_id = a.id AND h.hour >= :first AND h.hour < :until HAVING COUNT(*) > 0",
        sums_of_hours(backend)
    )
}

impl Store {
    /// Returns the figures of the 24 whole hours that were over 24 hours before an instant; `None` where nothing ran in them.
    pub(in crate::server::store) async fn day_before(
        &self,
        scope: &Scope,
        at: Timestamp,
    ) -> StoreResult<Option<DayBefore>> {
        let (owner, hour) = (scope.owner(), hour_of(at));
        if let Some((known_in, known)) = self.days_before.0.lock().get(&owner)
            && *known_in == hour
        {
            return Ok(*known);
        }
        let end = hour - HOURS as i64;
        let values = [("owner", owner.into()), ("first", (end - HOURS as i64).into()), ("until", end.into())];
        let row = self.read.query_one_raw(self.named(&day_before_sql(self.backend()), values)).await?;
        let tally = row.map(|row| Tally::read(&row)).transpose()?;
        let before = tally.filter(|tally| tally.began > 0).map(|tally| DayBefore {
            runs: tally.began,
            success_rate: tally.success_rate(),
            p95_ms: tally.took().map(|took| took.p95_ms),
            cost: (tally.unpriced == 0).then_some(NanoDollars(tally.cost)),
        });
        self.days_before.0.lock().insert(owner, (hour, before));
        Ok(before)
    }
}
