//! Webhooks of agents. Of a token only the hash is stored; a secret is stored as it is, since signatures cannot be checked
//! with less.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::hook::{Condition, Hook, HookChange, HookSettings, MAX_HOOKS, Mapping, SecretChange, Verification};
use crate::domain::id::{AgentId, HookId, OwnerId};
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};

/// An agent's webhooks, oldest first.
pub(super) const LIST: &str = "
SELECT h.* FROM hooks h
WHERE h.agent_id = :agent AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner) ORDER BY h.id";

/// One webhook.
const ONE: &str = "
SELECT h.* FROM hooks h
WHERE h.id = :hook AND h.agent_id = :agent AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner)";

/// The webhook at an address that is there, and whose it is.
pub(super) const OF_TOKEN: &str = "
SELECT h.*, a.owner_id FROM hooks h JOIN agents a ON a.id = h.agent_id
WHERE h.token_hash = :hash AND h.enabled AND a.deleting_at IS NULL";

const INSERT: &str = "
INSERT INTO hooks (agent_id, name, token_hash, verification, secret, filter, map, rate_per_minute, enabled, created_at)
VALUES (:agent, :name, :hash, :verification, :secret, :filter, :map, :rate, :enabled, :now) RETURNING *";

const UPDATE: &str = "
UPDATE hooks SET name = :name, verification = :verification, secret = :secret, filter = :filter, map = :map,
       rate_per_minute = :rate, enabled = :enabled
WHERE id = :hook RETURNING *";

/// A webhook as it is stored. It is not shown: it has the secret.
#[derive(Clone)]
pub struct StoredHook {
    pub hook: Hook,
    pub secret: Option<String>,
}

/// The webhook of an address, and whose it is.
#[derive(Clone)]
pub struct FoundHook {
    pub owner: OwnerId,
    pub stored: StoredHook,
}

#[derive(FromQueryResult)]
struct HookRow {
    id: HookId,
    agent_id: AgentId,
    name: String,
    verification: Json<Verification>,
    secret: Option<String>,
    filter: Json<Vec<Condition>>,
    map: Json<Mapping>,
    rate_per_minute: i64,
    enabled: bool,
    created_at: Timestamp,
    last_delivery_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct OwnerRow {
    owner_id: OwnerId,
}

impl From<HookRow> for StoredHook {
    fn from(row: HookRow) -> Self {
        let settings = HookSettings {
            name: row.name,
            verification: row.verification.0,
            filter: row.filter.0,
            map: row.map.0,
            rate_per_minute: row.rate_per_minute,
            enabled: row.enabled,
        };
        let hook = Hook {
            id: row.id,
            agent_id: row.agent_id,
            settings,
            secret_set: row.secret.is_some(),
            created_at: row.created_at,
            last_delivery_at: row.last_delivery_at,
        };
        Self { hook, secret: row.secret }
    }
}

fn values(settings: &HookSettings, secret: Option<String>) -> [(&'static str, Value); 7] {
    let HookSettings { name, verification, filter, map, rate_per_minute, enabled } = settings.clone();
    [
        ("name", name.into()),
        ("verification", Json(verification).into()),
        ("secret", secret.into()),
        ("filter", Json(filter).into()),
        ("map", Json(map).into()),
        ("rate", rate_per_minute.into()),
        ("enabled", enabled.into()),
    ]
}

impl Store {
    /// Returns an agent's webhooks, oldest first.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn hooks(&self, scope: &Scope, agent: AgentId) -> StoreResult<Vec<Hook>> {
        let list = self.named(LIST, [("agent", agent.into()), ("owner", scope.owner().into())]);
        let rows = HookRow::find_by_statement(list).all(&self.read).await?;
        if rows.is_empty() {
            self.require_agent(scope, agent).await?;
        }
        Ok(rows.into_iter().map(|row| StoredHook::from(row).hook).collect())
    }

    /// Returns one webhook of an agent.
    ///
    /// # Errors
    /// `NoAgent`; `NoHook`.
    pub async fn hook(&self, scope: &Scope, agent: AgentId, id: HookId) -> StoreResult<StoredHook> {
        self.hook_in(&self.read, scope, agent, id).await
    }

    pub(super) async fn hook_in<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        agent: AgentId,
        id: HookId,
    ) -> StoreResult<StoredHook> {
        let values = [("agent", agent.into()), ("owner", scope.owner().into()), ("hook", id.into())];
        match HookRow::find_by_statement(self.named(ONE, values)).one(db).await? {
            Some(row) => Ok(row.into()),
            None => {
                self.present_agent(db, scope, agent).await?;
                Err(StoreError::NoHook(id))
            }
        }
    }

    /// Returns the webhook whose token has this hash: one that is enabled, of an agent that is not being deleted.
    pub async fn hook_of_token(&self, hash: &[u8]) -> StoreResult<Option<FoundHook>> {
        let select = self.named(OF_TOKEN, [("hash", hash.to_vec().into())]);
        let Some(row) = self.read.query_one_raw(select).await? else { return Ok(None) };
        let owner = OwnerRow::from_query_result(&row, "")?.owner_id;
        Ok(Some(FoundHook { owner, stored: HookRow::from_query_result(&row, "")?.into() }))
    }

    /// Creates a webhook; returns it, and the number of the change of its agent.
    ///
    /// # Errors
    /// `NoAgent`; `Unfit`: its secret does not fit; `Conflict` where the agent has as many as it may.
    pub async fn create_hook(
        &self,
        scope: &Scope,
        agent: AgentId,
        settings: &HookSettings,
        secret: &SecretChange,
        hash: &[u8],
    ) -> StoreResult<(Hook, i64)> {
        self.write(|txn, _| {
            let work = async move {
                let seq = self.next_seq_within(txn, scope, agent).await?;
                let count = self.statement("SELECT COUNT(*) AS count FROM hooks WHERE agent_id = $1", [agent.into()]);
                let count: i64 = txn.query_one_raw(count).await?.map_or(Ok(0), |row| row.try_get("", "count"))?;
                if count >= MAX_HOOKS {
                    let text = format!(
                        "The agent has {MAX_HOOKS} webhooks, which is as many as it may have: delete one first."
                    );
                    return Err(StoreError::Conflict(text));
                }
                let secret =
                    secret.clone().over(None, &settings.verification).map_err(|e| StoreError::Unfit(vec![e]))?;
                let more = [("agent", agent.into()), ("hash", hash.to_vec().into()), ("now", self.now().into())];
                let insert = self.named(INSERT, values(settings, secret).into_iter().chain(more));
                let row = HookRow::find_by_statement(insert).one(txn).await?;
                let row = row.ok_or(sea_orm::DbErr::RecordNotInserted)?;
                Ok((StoredHook::from(row).hook, seq))
            };
            Box::pin(self.once(txn, scope, work, recorded))
        })
        .await
    }

    /// Changes a webhook; returns it, and the number of the change of its agent.
    ///
    /// # Errors
    /// `NoAgent`; `NoHook`; `Unfit`, with all that is wrong with the change.
    pub async fn change_hook(
        &self,
        scope: &Scope,
        agent: AgentId,
        id: HookId,
        change: &HookChange,
    ) -> StoreResult<(Hook, i64)> {
        self.write(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq_within(txn, scope, agent).await?;
                let present = self.hook_in(txn, scope, agent, id).await?;
                let (settings, secret) = change.clone().over(&present.hook.settings).map_err(StoreError::Unfit)?;
                let secret = secret.over(present.secret, &settings.verification);
                let secret = secret.map_err(|error| StoreError::Unfit(vec![error]))?;
                let update = self.named(UPDATE, values(&settings, secret).into_iter().chain([("hook", id.into())]));
                Ok((self.changed_hook(txn, id, update).await?, seq))
            })
        })
        .await
    }

    /// Gives a webhook another token, and takes the one that it had away; returns it, and the number of the change of its
    /// agent.
    ///
    /// # Errors
    /// `NoAgent`; `NoHook`.
    pub async fn rotate_hook(
        &self,
        scope: &Scope,
        agent: AgentId,
        id: HookId,
        hash: &[u8],
    ) -> StoreResult<(Hook, i64)> {
        self.write(|txn, _| {
            let work = async move {
                let seq = self.next_seq_within(txn, scope, agent).await?;
                self.hook_in(txn, scope, agent, id).await?;
                let update = "UPDATE hooks SET token_hash = $2 WHERE id = $1 RETURNING *";
                let update = self.statement(update, [id.into(), hash.to_vec().into()]);
                Ok((self.changed_hook(txn, id, update).await?, seq))
            };
            Box::pin(self.once(txn, scope, work, recorded))
        })
        .await
    }

    async fn changed_hook(
        &self,
        txn: &DatabaseTransaction,
        id: HookId,
        update: sea_orm::Statement,
    ) -> StoreResult<Hook> {
        let row = HookRow::find_by_statement(update).one(txn).await?.ok_or(StoreError::NoHook(id))?;
        Ok(StoredHook::from(row).hook)
    }

    /// Deletes a webhook with its deliveries; the runs that came through it stay. Returns the number of the change of its agent.
    ///
    /// # Errors
    /// `NoAgent`; `NoHook`.
    pub async fn delete_hook(&self, scope: &Scope, agent: AgentId, id: HookId) -> StoreResult<i64> {
        self.write(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq_within(txn, scope, agent).await?;
                self.hook_in(txn, scope, agent, id).await?;
                txn.execute_raw(self.statement("DELETE FROM hooks WHERE id = $1", [id.into()])).await?;
                Ok(seq)
            })
        })
        .await
    }
}

/// Returns what is recorded of a request: never a token.
fn recorded((hook, _): &(Hook, i64)) -> Option<Hook> {
    Some(hook.clone())
}
