//! Figures of the last 24 hours over all agents of an owner: three queries, each of them served from one index.

use super::Store;
use super::error::StoreResult;
use super::scope::Scope;
use crate::domain::money::NanoDollars;
use crate::domain::summary::{Durations, HOUR_MS, HOURS, Hour, Summary, WINDOW_MS};
use crate::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

#[derive(FromQueryResult)]
struct HourRow {
    hour: i64,
    runs: i64,
    failed: i64,
}

#[derive(FromQueryResult)]
struct TotalsRow {
    succeeded: i64,
    failed: i64,
    timed_out: i64,
    tokens: i64,
    prompt_tokens: i64,
    cached_tokens: i64,
    cost: NanoDollars,
    priced: i64,
    unpriced: i64,
}

#[derive(FromQueryResult)]
struct DurationsRow {
    average_ms: Option<i64>,
    p50_ms: Option<i64>,
    p95_ms: Option<i64>,
}

pub(super) const HOURS_SQL: &str = "
SELECT started_at / $2 AS hour, COUNT(*) AS runs,
       CAST(SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS BIGINT) AS failed
FROM agent_runs WHERE owner_id = $3 AND started_at > $1 GROUP BY 1";

// A run that never began made no calls: its price is 0, not unknown, and nobody asks for it.
pub(super) const TOTALS_SQL: &str = "
SELECT CAST(COALESCE(SUM(CASE WHEN status = 'success' THEN 1 ELSE 0 END), 0) AS BIGINT) AS succeeded,
       CAST(COALESCE(SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END), 0) AS BIGINT) AS failed,
       CAST(COALESCE(SUM(CASE WHEN failure_kind = 'timeout' THEN 1 ELSE 0 END), 0) AS BIGINT) AS timed_out,
       CAST(COALESCE(SUM(total_tokens), 0) AS BIGINT) AS tokens,
       CAST(COALESCE(SUM(prompt_tokens), 0) AS BIGINT) AS prompt_tokens,
       CAST(COALESCE(SUM(cached_tokens), 0) AS BIGINT) AS cached_tokens,
       CAST(COALESCE(SUM(total_cost), 0) AS BIGINT) AS cost,
       COUNT(total_cost) AS priced,
       CAST(COALESCE(SUM(CASE WHEN total_cost IS NULL AND duration_ms IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT)
           AS unpriced
FROM agent_runs WHERE owner_id = $2 AND finished_at > $1";

// Nearest rank: the smallest duration that at least so many per cent do not exceed.
pub(super) const DURATIONS_SQL: &str = "
SELECT CAST(AVG(duration_ms) AS BIGINT) AS average_ms,
       MIN(CASE WHEN place * 100 >= total * 50 THEN duration_ms END) AS p50_ms,
       MIN(CASE WHEN place * 100 >= total * 95 THEN duration_ms END) AS p95_ms
FROM (SELECT duration_ms, ROW_NUMBER() OVER (ORDER BY duration_ms) AS place, COUNT(*) OVER () AS total
      FROM agent_runs
      WHERE owner_id = $2 AND finished_at > $1 AND status IN ('success', 'failed') AND duration_ms IS NOT NULL) ended";

impl Store {
    /// Sums up the last 24 hours, all read at one instant.
    pub async fn summary(&self, scope: &Scope) -> StoreResult<Summary> {
        let at = self.now();
        let (owner, since) = (scope.owner(), at.ms() - WINDOW_MS);
        let txn = self.begin_read().await?;
        let hours = self.statement(HOURS_SQL, [since.into(), HOUR_MS.into(), owner.into()]);
        let hours = HourRow::find_by_statement(hours).all(&txn).await?;
        let totals = self.statement(TOTALS_SQL, [since.into(), owner.into()]);
        let totals: TotalsRow = one(TotalsRow::find_by_statement(totals), &txn).await?;
        let durations = self.statement(DURATIONS_SQL, [since.into(), owner.into()]);
        let durations: DurationsRow = one(DurationsRow::find_by_statement(durations), &txn).await?;
        txn.commit().await?;
        Ok(assemble(at, &hours, totals, durations))
    }
}

/// An aggregate without groups always has its one row.
async fn one<T: FromQueryResult>(
    select: sea_orm::SelectorRaw<sea_orm::SelectModel<T>>,
    db: &impl ConnectionTrait,
) -> Result<T, DbErr> {
    select.one(db).await?.ok_or_else(|| DbErr::RecordNotFound("an aggregate without a row".to_owned()))
}

fn assemble(at: Timestamp, hours: &[HourRow], totals: TotalsRow, durations: DurationsRow) -> Summary {
    let this_hour = at.ms() / HOUR_MS;
    let mut bars = vec![Hour::default(); HOURS];
    for row in hours {
        // The window begins within an hour that has no bar of its own.
        let place = usize::try_from(row.hour - this_hour + HOURS as i64 - 1).ok();
        if let Some(bar) = place.and_then(|place| bars.get_mut(place)) {
            *bar = Hour { runs: row.runs, failed: row.failed };
        }
    }
    let DurationsRow { average_ms, p50_ms, p95_ms } = durations;
    let TotalsRow { succeeded, failed, timed_out, tokens, prompt_tokens, cached_tokens, cost, priced, unpriced } =
        totals;
    Summary {
        at,
        runs: hours.iter().map(|row| row.runs).sum(),
        hours: bars,
        succeeded,
        failed,
        timed_out,
        duration: average_ms.zip(p50_ms).zip(p95_ms).map(|((average_ms, p50_ms), p95_ms)| Durations {
            average_ms,
            p50_ms,
            p95_ms,
        }),
        tokens,
        prompt_tokens,
        cached_tokens,
        cost,
        priced,
        unpriced,
    }
}
