//! Figures over many runs: what is normal for agents, and how much of their budgets is spent.

use super::Store;
use super::error::StoreResult;
use super::newest::{NEWEST_FIRST, as_json, newest_with};
use super::rollups::{AgentSeq, hour_of};
use super::scope::Scope;
use super::sums::sum;
use super::which::Which;
use crate::domain::budget::{Budgets, Spent};
use crate::domain::id::{AgentId, RunId};
use crate::domain::money::NanoDollars;
use crate::domain::normal::{AMONG, LATEST, Normal};
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use chrono::{Datelike, NaiveDate, NaiveTime};
use sea_orm::{ConnectionTrait, DbBackend};
use std::collections::HashMap;

/// Sums up the usage of an agent's runs: of those that are over from hour `:first` on, by roll-ups, and of those under way.
/// Of a run whose cost is not known as a whole, the known costs of its steps count.
pub(super) const SPENT: &str = concat!(
    "
SELECT COALESCE(",
    sum!("u.cost"),
    ", 0) AS cost, COALESCE(",
    sum!("u.tokens"),
    ", 0) AS tokens, CAST(COALESCE(SUM(u.unpriced), 0) AS BIGINT) AS unpriced
FROM (SELECT cost, total_tokens AS tokens, unpriced FROM run_hours WHERE agent_id = :agent AND hour >= :first
      UNION ALL
      SELECT COALESCE(r.total_cost, (SELECT ",
    sum!("s.total_cost"),
    " FROM run_steps s WHERE s.run_id = r.id)), r.total_tokens,
             CASE WHEN r.total_cost IS NULL AND r.total_tokens > 0 THEN 1 ELSE 0 END
      FROM agent_runs r WHERE r.agent_id = :agent AND r.status = 'running' AND r.id <> :except) AS u"
);

/// Latest successes of an agent, newest first: how many milliseconds each took, and nano-dollars where they are known.
pub(super) type Successes = Json<Vec<(Option<i64>, Option<i64>)>>;

/// Returns the statement for what the normals of the tasks of some agents come from.
pub(super) fn normals_sql(backend: DbBackend) -> String {
    let (successes, these) = (successes_sql(backend, "FALSE"), Which::These(&[]).condition(backend));
    format!("SELECT a.id, {successes} AS successes FROM agents a WHERE {these}")
}

/// Returns SQL for the [`Successes`] of agent `a` that its normal comes from: turns of chats or tasks, as the expression
/// `is_chat` says. One is no measure for the other.
pub(super) fn successes_sql(backend: DbBackend, is_chat: &str) -> String {
    let alike = format!("n.status = '{}' AND n.chat = {is_chat}", RunStatus::Success);
    let latest = newest_with(LATEST, &alike, AMONG, "n.duration_ms, n.total_cost");
    as_json(backend, "j.duration_ms, j.total_cost", NEWEST_FIRST, &latest)
}

/// Returns what is normal after these; `None` for too few.
pub(super) fn normal_of(Json(successes): &Successes) -> Option<Normal> {
    let took = successes.iter().map(|(ms, cost)| (ms.unwrap_or(0), cost.map(NanoDollars)));
    Normal::of(&took.collect::<Vec<_>>())
}

impl Store {
    /// Returns what is normal for the tasks of an agent, or for its turns in chats; `None` before the third success.
    pub async fn normal(&self, scope: &Scope, agent: AgentId, is_chat: bool) -> StoreResult<Option<Normal>> {
        let successes = successes_sql(self.backend(), ":chat");
        let select =
            format!("SELECT {successes} AS successes FROM agents a WHERE a.id = :agent AND a.owner_id = :owner");
        let values = [("agent", agent.into()), ("owner", scope.owner().into()), ("chat", is_chat.into())];
        match self.read.query_one_raw(self.named(&select, values)).await? {
            Some(row) => Ok(normal_of(&row.try_get("", "successes")?)),
            None => Ok(None),
        }
    }

    /// Returns what is normal for the tasks of each of these agents.
    pub(super) async fn normals<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        seqs: &[AgentSeq],
    ) -> StoreResult<HashMap<AgentId, Option<Normal>>> {
        let found = self.kept.normals(seqs);
        let mut normals = found.kept;
        if found.missing.is_empty() {
            return Ok(normals);
        }
        let values = self.which(scope, Which::These(&found.missing));
        let mut read = HashMap::new();
        for row in db.query_all_raw(self.named(&normals_sql(self.backend()), values)).await? {
            read.insert(row.try_get("", "id")?, normal_of(&row.try_get("", "successes")?));
        }
        self.kept.keep_normals(seqs, &read);
        normals.extend(read);
        Ok(normals)
    }

    /// Sums up the usage of an agent's runs that ended this month (UTC), and of those under way, one left out. A run that
    /// goes on from one month into the next counts in the month in which it ends, and until then in the present one.
    pub async fn spent_this_month(&self, agent: AgentId, except: Option<RunId>) -> StoreResult<Spent> {
        self.spent_in_month(&self.read, agent, except).await
    }

    /// Returns why no run of an agent may begin this month; `None` when one may.
    pub(super) async fn month_spent<C: ConnectionTrait>(
        &self,
        db: &C,
        agent: AgentId,
        budgets: Budgets,
    ) -> StoreResult<Option<String>> {
        match budgets.is_monthly() {
            true => Ok(budgets.month_spent(self.spent_in_month(db, agent, None).await?)),
            false => Ok(None),
        }
    }

    async fn spent_in_month<C: ConnectionTrait>(
        &self,
        db: &C,
        agent: AgentId,
        except: Option<RunId>,
    ) -> StoreResult<Spent> {
        let first = hour_of(month_start(self.now()));
        // No run has the id 0.
        let except = except.unwrap_or(RunId(0));
        let sum = self.named(SPENT, [("agent", agent.into()), ("first", first.into()), ("except", except.into())]);
        let Some(row) = db.query_one_raw(sum).await? else { return Ok(Spent::default()) };
        Ok(Spent {
            cost: row.try_get("", "cost")?,
            tokens: row.try_get("", "tokens")?,
            has_unknown_cost: row.try_get::<i64>("", "unpriced")? > 0,
        })
    }
}

/// Returns the first instant of the month, UTC.
fn month_start(now: Timestamp) -> Timestamp {
    let date = now.to_utc().date_naive();
    let first = NaiveDate::from_ymd_opt(date.year(), date.month(), 1).unwrap_or(date);
    Timestamp::from_ms(first.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_utc_of_its_first_day() {
        let start = |text: &str| month_start(serde_json::from_value(text.into()).unwrap()).to_string();
        assert_eq!(start("2026-11-30T23:59:59.999Z"), "2026-11-01T00:00:00.000Z");
        assert_eq!(start("2026-12-01T00:00:00Z"), "2026-12-01T00:00:00.000Z");
    }
}
