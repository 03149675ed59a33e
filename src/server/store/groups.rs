//! Concurrency groups: their limits, and which agents name them. What the limits do is in `leases/claim`.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::{Owned, Scope};
use crate::domain::group::ConcurrencyGroup;
use crate::server::entity::group;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

impl Owned for group::Entity {
    const OWNER: group::Column = group::Column::OwnerId;
}

/// Groups with a limit and groups that agents name, by name. What runs is counted of each agent by its partial index.
pub(super) const GROUPS: &str = "
WITH names AS (
    SELECT name FROM concurrency_groups WHERE owner_id = :owner
    UNION
    SELECT a.concurrency_group FROM agents a
    WHERE a.owner_id = :owner AND a.concurrency_group IS NOT NULL AND a.deleting_at IS NULL
)
SELECT n.name, (SELECT g.most FROM concurrency_groups g WHERE g.owner_id = :owner AND g.name = n.name) AS most,
       (SELECT COUNT(*) FROM agents a
        WHERE a.owner_id = :owner AND a.concurrency_group = n.name AND a.deleting_at IS NULL) AS agents,
       (SELECT COUNT(*) FROM agents a CROSS JOIN agent_runs r
        WHERE a.owner_id = :owner AND a.concurrency_group = n.name AND r.agent_id = a.id AND r.status = 'running') AS running
FROM names n WHERE :name = '' OR n.name = :name ORDER BY n.name";

#[derive(FromQueryResult)]
struct GroupRow {
    name: String,
    most: Option<i32>,
    agents: i64,
    running: i64,
}

impl From<GroupRow> for ConcurrencyGroup {
    fn from(GroupRow { name, most: limit, agents, running }: GroupRow) -> Self {
        Self { name, limit, agents, running }
    }
}

impl Store {
    /// Returns all groups that have a limit or that agents name, by name.
    pub async fn groups(&self, scope: &Scope) -> StoreResult<Vec<ConcurrencyGroup>> {
        self.read_groups(scope, "").await
    }

    async fn read_groups(&self, scope: &Scope, name: &str) -> StoreResult<Vec<ConcurrencyGroup>> {
        let select = self.named(GROUPS, [("owner", scope.owner().into()), ("name", name.into())]);
        let rows = GroupRow::find_by_statement(select).all(&self.read).await?;
        Ok(rows.into_iter().map(ConcurrencyGroup::from).collect())
    }

    /// Gives a group a limit; returns the group. Name and limit are within their bounds.
    pub async fn limit_group(&self, scope: &Scope, name: &str, limit: i32) -> StoreResult<ConcurrencyGroup> {
        let put = &self.statement(
            "INSERT INTO concurrency_groups (owner_id, name, most) VALUES ($1, $2, $3)
             ON CONFLICT (owner_id, name) DO UPDATE SET most = excluded.most",
            [scope.owner().into(), name.into(), limit.into()],
        );
        self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(put.clone()).await.map(drop)?) })).await?;
        let group = self.read_groups(scope, name).await?.pop();
        // Somebody may have taken the limit away meanwhile.
        Ok(group.unwrap_or_else(|| ConcurrencyGroup { name: name.to_owned(), limit: None, agents: 0, running: 0 }))
    }

    /// Takes the limit of a group away.
    ///
    /// # Errors
    /// `NoGroup` where it has none.
    pub async fn unlimit_group(&self, scope: &Scope, name: &str) -> StoreResult<()> {
        let deleted = self.write(|txn, _| {
            Box::pin(async move {
                let limit = group::Entity::owned(scope).filter(group::Column::Name.eq(name)).one(txn).await?;
                let Some(limit) = limit else { return Ok(false) };
                group::Entity::delete_by_id(limit.id).exec(txn).await?;
                Ok(true)
            })
        });
        if deleted.await? { Ok(()) } else { Err(StoreError::NoGroup) }
    }
}
