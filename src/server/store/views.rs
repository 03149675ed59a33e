//! Saved views of the page of runs. Names are told apart without regard to case.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::id::ViewId;
use crate::domain::saved_view::{MAX_VIEWS, SavedView, ViewDraft};
use crate::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};

/// An owner's views by name. The default is the one that was made so last.
pub(super) const LIST: &str = "
SELECT v.id, v.name, v.query, v.created_at,
       CASE WHEN v.id = (SELECT d.id FROM saved_views d WHERE d.owner_id = :owner AND d.default_at IS NOT NULL
                         ORDER BY d.default_at DESC, d.id DESC LIMIT 1) THEN 1 ELSE 0 END AS is_default
FROM saved_views v WHERE v.owner_id = :owner ORDER BY v.name_key";

const INSERT: &str = "
INSERT INTO saved_views (owner_id, name, name_key, query, default_at, created_at)
VALUES (:owner, :name, :key, :query, :default, :now)
ON CONFLICT (owner_id, name_key) DO NOTHING RETURNING id, created_at";

const UPDATE: &str = "
UPDATE saved_views SET name = :name, name_key = :key, query = :query, default_at = :default
WHERE id = :view AND owner_id = :owner RETURNING id, created_at";

const TAKEN: &str = "SELECT 1 FROM saved_views WHERE owner_id = :owner AND name_key = :key AND id <> :view";

#[derive(FromQueryResult)]
struct ViewRow {
    id: ViewId,
    name: String,
    query: String,
    is_default: i32,
    created_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Written {
    id: ViewId,
    created_at: Timestamp,
}

impl Store {
    /// Returns an owner's views, by name.
    pub async fn views(&self, scope: &Scope) -> StoreResult<Vec<SavedView>> {
        let select = self.named(LIST, [("owner", scope.owner().into())]);
        let rows = ViewRow::find_by_statement(select).all(&self.read).await?;
        let view = |ViewRow { id, name, query, is_default, created_at }| SavedView {
            id,
            name,
            query,
            is_default: is_default != 0,
            created_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Saves a view. `draft` is checked.
    ///
    /// # Errors
    /// `Conflict` where there is one of that name, or there are too many; as [`Store::once`].
    pub async fn create_view(&self, scope: &Scope, draft: &ViewDraft) -> StoreResult<SavedView> {
        self.write(|txn, _| {
            let work = async move {
                let count = "SELECT COUNT(*) AS views FROM saved_views WHERE owner_id = $1";
                let row = txn.query_one_raw(self.statement(count, [scope.owner().into()])).await?;
                if row.map_or(Ok(0), |row| row.try_get::<i64>("", "views"))? >= MAX_VIEWS {
                    let words =
                        format!("There are {MAX_VIEWS} saved views, as many as there may be: delete one first.");
                    return Err(StoreError::Conflict(words));
                }
                let insert =
                    self.named(INSERT, self.values(scope, draft).into_iter().chain([("now", self.now().into())]));
                let written = Written::find_by_statement(insert).one(txn).await?;
                self.written(txn, scope, draft, written.ok_or_else(|| taken(&draft.name))?).await
            };
            Box::pin(self.once(txn, scope, work, |view| Some(view.clone())))
        })
        .await
    }

    /// Replaces a view. `draft` is checked.
    ///
    /// # Errors
    /// `NoView`; `Conflict` where another has that name.
    pub async fn replace_view(&self, scope: &Scope, id: ViewId, draft: &ViewDraft) -> StoreResult<SavedView> {
        self.write(|txn, _| {
            Box::pin(async move {
                let key = draft.name.to_lowercase();
                let look = [("owner", scope.owner().into()), ("key", key.into()), ("view", id.into())];
                if txn.query_one_raw(self.named(TAKEN, look)).await?.is_some() {
                    return Err(taken(&draft.name));
                }
                let update = self.named(UPDATE, self.values(scope, draft).into_iter().chain([("view", id.into())]));
                let written = Written::find_by_statement(update).one(txn).await?;
                self.written(txn, scope, draft, written.ok_or(StoreError::NoView(id))?).await
            })
        })
        .await
    }

    /// Deletes a view.
    ///
    /// # Errors
    /// `NoView`.
    pub async fn delete_view(&self, scope: &Scope, id: ViewId) -> StoreResult<()> {
        let delete = "DELETE FROM saved_views WHERE id = $1 AND owner_id = $2";
        let delete = &self.statement(delete, [id.into(), scope.owner().into()]);
        let deleted =
            self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(delete.clone()).await?.rows_affected()) }));
        if deleted.await? == 0 { Err(StoreError::NoView(id)) } else { Ok(()) }
    }

    fn values(&self, scope: &Scope, draft: &ViewDraft) -> [(&'static str, Value); 5] {
        let ViewDraft { name, query, is_default } = draft.clone();
        [
            ("owner", scope.owner().into()),
            ("key", name.to_lowercase().into()),
            ("name", name.into()),
            ("query", query.into()),
            ("default", is_default.then(|| self.now().ms()).into()),
        ]
    }

    /// Returns what was written, and has no other view be the default where it is.
    async fn written(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        draft: &ViewDraft,
        Written { id, created_at }: Written,
    ) -> StoreResult<SavedView> {
        let ViewDraft { name, query, is_default } = draft.clone();
        if is_default {
            let others =
                "UPDATE saved_views SET default_at = NULL WHERE owner_id = $1 AND id <> $2 AND default_at IS NOT NULL";
            txn.execute_raw(self.statement(others, [scope.owner().into(), id.into()])).await?;
        }
        Ok(SavedView { id, name, query, is_default, created_at })
    }
}

fn taken(name: &str) -> StoreError {
    StoreError::Conflict(format!("There is a saved view called {name:?} already: choose another name."))
}
