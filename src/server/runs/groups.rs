//! Limits of concurrency groups.

use super::Runs;
use crate::domain::group::ConcurrencyGroup;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;

impl Runs {
    /// Gives a group a limit; returns the group. What waited for a place may begin.
    pub async fn limit_group(&self, scope: &Scope, name: &str, limit: i32) -> StoreResult<ConcurrencyGroup> {
        let group = self.0.store.limit_group(scope, name, limit).await?;
        self.0.arrived.notify_one();
        Ok(group)
    }

    /// Takes the limit of a group away.
    ///
    /// # Errors
    /// `NoGroup` where it has none.
    pub async fn unlimit_group(&self, scope: &Scope, name: &str) -> StoreResult<()> {
        self.0.store.unlimit_group(scope, name).await?;
        self.0.arrived.notify_one();
        Ok(())
    }
}
