//! Runs over all agents: a page of those that a filter has, what all of them come to, and those that somebody is looking at.
//!
//! A page begins below an id or ends above one, so runs that come shift nobody on it. Its statement walks the owner's runs from
//! the newest on, with their agents' names, and reads nothing that is long: what runs were given and what they wrote stands in
//! other tables. Where runs that succeeded are not wanted, it walks those of each other status, by indexes of their own
//! (`sources`).

mod conditions;
mod sources;

use self::conditions::Conditions;
use self::sources::Source;
use super::Store;
use super::error::StoreResult;
use super::named::among;
use super::scope::Scope;
use super::sums::sum;
use crate::domain::id::{AgentId, RunId};
use crate::domain::money::NanoDollars;
use crate::domain::run_filter::RunFilter;
use crate::domain::time::Timestamp;
use crate::domain::views::runs::{AgentName, ListedRun, RunTotals};
use crate::server::entity::run;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, IdenStatic, Iterable, Value};

/// Which runs a page has, in the order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunsFrom {
    Newest,
    /// Those next below this id.
    Below(i64),
    /// Those next above it.
    Above(i64),
}

/// A page of runs.
#[derive(Clone, Debug)]
pub struct RunPage {
    /// Newest first.
    pub runs: Vec<ListedRun>,
    pub has_newer: bool,
    pub has_older: bool,
}

type Values = Vec<(&'static str, Value)>;

#[derive(FromQueryResult)]
struct ListedRow {
    #[sea_orm(nested)]
    run: run::Model,
    agent_name: String,
}

impl From<ListedRow> for ListedRun {
    fn from(ListedRow { run, agent_name }: ListedRow) -> Self {
        Self { run: run.into(), agent_name, found: None }
    }
}

#[derive(FromQueryResult)]
struct TotalsRow {
    runs: i64,
    total_tokens: Option<i64>,
    total_cost: Option<NanoDollars>,
    unpriced_runs: i64,
}

#[derive(FromQueryResult)]
struct NameRow {
    id: AgentId,
    name: String,
}

impl Store {
    /// Returns up to `limit` of the runs that a filter has, newest first.
    pub async fn listed_runs(
        &self,
        scope: &Scope,
        filter: &RunFilter,
        from: RunsFrom,
        limit: u64,
    ) -> StoreResult<RunPage> {
        let (sql, values) = page_sql(self.backend(), filter, self.now(), from);
        let values = self.for_scope(scope, values).chain([("limit", (limit as i64 + 1).into())]);
        let rows = ListedRow::find_by_statement(self.named(&sql, values)).all(&self.read).await?;
        let mut runs: Vec<_> = rows.into_iter().map(ListedRun::from).collect();
        let has_more = runs.len() as u64 > limit;
        runs.truncate(limit as usize);
        if matches!(from, RunsFrom::Above(_)) {
            runs.reverse();
        }
        // Whoever asks for what is above or below an id has seen the run that has it.
        let (has_newer, has_older) = match from {
            RunsFrom::Newest => (false, has_more),
            RunsFrom::Below(_) => (true, has_more),
            RunsFrom::Above(_) => (has_more, true),
        };
        Ok(RunPage { runs, has_newer, has_older })
    }

    /// Returns what all runs that a filter has come to.
    pub async fn run_totals(&self, scope: &Scope, filter: &RunFilter) -> StoreResult<RunTotals> {
        let (sql, values) = totals_sql(self.backend(), filter, self.now());
        let select = self.named(&sql, self.for_scope(scope, values));
        let row = TotalsRow::find_by_statement(select).one(&self.read).await?;
        // One row whatever is there: sums.
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the totals of runs".to_owned()))?;
        let TotalsRow { runs, total_tokens, total_cost, unpriced_runs } = row;
        Ok(RunTotals { runs, total_tokens, total_cost, unpriced_runs })
    }

    /// Returns the ids of runs above an id that a filter has, newest first, at most `limit`.
    pub async fn run_ids_above(
        &self,
        scope: &Scope,
        filter: &RunFilter,
        above: RunId,
        limit: i64,
    ) -> StoreResult<Vec<RunId>> {
        self.run_ids(scope, filter, RunsFrom::Above(above.0), limit).await
    }

    /// Returns the ids of the runs that a filter has now, newest first, at most `limit`.
    pub async fn newest_run_ids(&self, scope: &Scope, filter: &RunFilter, limit: i64) -> StoreResult<Vec<RunId>> {
        self.run_ids(scope, filter, RunsFrom::Newest, limit).await
    }

    async fn run_ids(&self, scope: &Scope, filter: &RunFilter, from: RunsFrom, limit: i64) -> StoreResult<Vec<RunId>> {
        let (sql, values) = ids_sql(self.backend(), filter, self.now(), from);
        let values = self.for_scope(scope, values).chain([("limit", limit.into())]);
        let rows = self.read.query_all_raw(self.named(&sql, values)).await?;
        let ids: Result<_, DbErr> = rows.iter().map(|row| row.try_get("", "id")).collect();
        Ok(ids?)
    }

    /// Returns these runs as they are now, newest first, as far as they are there.
    pub async fn runs_of_ids(&self, scope: &Scope, ids: &[RunId]) -> StoreResult<Vec<ListedRun>> {
        let values = [("owner", scope.owner().into()), ("ids", self.ids(ids))];
        let select = self.named(&again_sql(self.backend()), values);
        let rows = ListedRow::find_by_statement(select).all(&self.read).await?;
        Ok(rows.into_iter().map(ListedRun::from).collect())
    }

    /// Returns the id of the owner's newest run.
    pub async fn newest_run(&self, scope: &Scope) -> StoreResult<Option<RunId>> {
        let select = self.statement(NEWEST, [scope.owner().into()]);
        let row = self.read.query_one_raw(select).await?;
        row.map_or(Ok(None), |row| Ok(row.try_get("", "newest")?))
    }

    /// Returns names of agents, in their order: these, and up to `limit` of the others.
    pub async fn agents_to_choose(&self, scope: &Scope, these: &[AgentId], limit: u64) -> StoreResult<Vec<AgentName>> {
        let values = [("owner", scope.owner().into()), ("ids", self.ids(these)), ("limit", (limit as i64).into())];
        let rows = NameRow::find_by_statement(self.named(&names_sql(self.backend()), values)).all(&self.read).await?;
        Ok(rows.into_iter().map(|NameRow { id, name }| AgentName { id, name }).collect())
    }

    fn for_scope(&self, scope: &Scope, values: Values) -> impl Iterator<Item = (&'static str, Value)> {
        [("owner", scope.owner().into())].into_iter().chain(values)
    }
}

const NEWEST: &str = "SELECT MAX(id) AS newest FROM agent_runs WHERE owner_id = $1";

/// Returns the columns of a run `r` with its agent's name. Each is named by itself: parts are ordered by one of them, and where an
/// agent is joined SQLite would not know whose it is.
fn columns() -> String {
    let columns: Vec<_> = run::Column::iter().map(|column| format!("r.{0} AS {0}", column.as_str())).collect();
    format!("{}, (SELECT n.name FROM agents n WHERE n.id = r.agent_id) AS agent_name", columns.join(", "))
}

/// Returns the statement for a page, with all of its parameters but the owner and the limit. Public for tests that ask how it is
/// executed.
pub fn page_sql(backend: DbBackend, filter: &RunFilter, now: Timestamp, from: RunsFrom) -> (String, Values) {
    let conditions = Conditions::of(backend, filter, now);
    let source = Source::of(backend, filter, &conditions, from);
    (source.select_first(&columns(), source.order()), source.values())
}

/// Returns the statement for totals, with all of its parameters but the owner.
pub(super) fn totals_sql(backend: DbBackend, filter: &RunFilter, now: Timestamp) -> (String, Values) {
    let conditions = Conditions::of(backend, filter, now);
    let source = Source::of(backend, filter, &conditions, RunsFrom::Newest);
    let runs = source.select("r.total_tokens, r.total_cost, r.started_at, r.finished_at");
    let sums = [
        "COUNT(*) AS runs, ",
        sum!("f.total_tokens"),
        " AS total_tokens, ",
        sum!("f.total_cost"),
        " AS total_cost, COUNT(CASE WHEN f.total_cost IS NULL AND f.started_at IS NOT NULL
                                    AND f.finished_at IS NOT NULL THEN 1 END) AS unpriced_runs",
    ];
    (format!("SELECT {} FROM ({runs}) AS f", sums.concat()), source.values())
}

/// Returns the statement for ids, newest first, with all of its parameters but the owner and the limit.
fn ids_sql(backend: DbBackend, filter: &RunFilter, now: Timestamp, from: RunsFrom) -> (String, Values) {
    let conditions = Conditions::of(backend, filter, now);
    let source = Source::of(backend, filter, &conditions, from);
    (source.select_first("r.id AS id", "DESC"), source.values())
}

/// Returns the statement for runs by their ids.
pub(super) fn again_sql(backend: DbBackend) -> String {
    let among = among(backend, ":ids");
    format!("SELECT {} FROM agent_runs r WHERE r.owner_id = :owner AND r.id {among} ORDER BY r.id DESC", columns())
}

/// Returns the statement for names of agents. By the first line of the search's key, which is the name in lower case.
pub(super) fn names_sql(backend: DbBackend) -> String {
    let among = among(backend, ":ids");
    format!(
        "SELECT a.id, a.name FROM agents a WHERE a.owner_id = :owner AND a.deleting_at IS NULL
         ORDER BY CASE WHEN a.id {among} THEN 0 ELSE 1 END, a.search_key, a.id LIMIT :limit"
    )
}
