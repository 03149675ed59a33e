//! A page of agents: which they are, and how many there are of each kind. One query, that reads an index of the owner's agents
//! from its beginning to its end and of their runs only those that are not over.
//!
//! A page begins after a place in the order, or ends before one, so agents that come, go or move elsewhere shift nobody on
//! it.

use super::Store;
use super::error::StoreResult;
use super::newest::as_json;
use super::scope::Scope;
use crate::domain::agent::listing::{AgentCounts, Column, Cursor, Listing, PAGE, Page, PageEdge, Standing};
use crate::domain::id::AgentId;
use crate::server::entity::values::Json;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Value};
use serde::{Deserialize, Serialize};

/// The agents that are listed.
const LISTED: &str = "a.owner_id = :owner AND a.deleting_at IS NULL";

/// Runs of the owner's agents; a status goes after it.
const UNDER_WAY: &str = "
FROM agents b CROSS JOIN agent_runs r
WHERE b.owner_id = :owner AND b.deleting_at IS NULL AND r.agent_id = b.id AND r.status";

/// The row that the query yields.
#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    counts: Counts,
    found: i64,
    earlier: i64,
    /// Agents of the page and one beyond, each with its key.
    page: Json<Vec<(AgentId, Option<Key>)>>,
}

#[derive(FromQueryResult)]
struct Counts {
    agents: i64,
    attention: i64,
    paused: i64,
    scheduled: i64,
    running: i64,
    active_runs: i64,
}

impl From<Counts> for AgentCounts {
    fn from(row: Counts) -> Self {
        let Counts { agents: all, attention, paused, scheduled, running, active_runs } = row;
        Self { all, attention, running, scheduled, paused, active_runs }
    }
}

/// The value that an agent is ordered by.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(i64),
    Text(String),
}

impl Store {
    /// Returns a page of the agents within the scope, in its order. Where nothing is left of it, that is the first page.
    pub(super) async fn listed<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        listing: &Listing,
    ) -> StoreResult<(Vec<AgentId>, Page)> {
        let (ids, page) = self.listed_at(db, scope, listing).await?;
        if ids.is_empty() && page.found > 0 {
            let first = Listing { edge: PageEdge::First, ..listing.clone() };
            return self.listed_at(db, scope, &first).await;
        }
        Ok((ids, page))
    }

    /// Counts the agents within the scope, by how they stand.
    pub(super) async fn agent_counts<C: ConnectionTrait>(&self, db: &C, scope: &Scope) -> StoreResult<AgentCounts> {
        let count = format!("SELECT {} FROM agents a WHERE {LISTED}", counts_sql());
        let count = self.named(&count, [("owner", scope.owner().into())]);
        Ok(Counts::find_by_statement(count).one(db).await?.map(AgentCounts::from).unwrap_or_default())
    }

    async fn listed_at<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        listing: &Listing,
    ) -> StoreResult<(Vec<AgentId>, Page)> {
        let (sql, values) = listing_sql(self.backend(), listing);
        let values = [("owner", scope.owner().into())].into_iter().chain(values);
        let row = Row::find_by_statement(self.named(&sql, values)).one(db).await?;
        // One row whatever is there: counts.
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the counts of agents".to_owned()))?;
        Ok(assemble(row, &listing.edge))
    }
}

fn assemble(row: Row, edge: &PageEdge) -> (Vec<AgentId>, Page) {
    let Json(mut entries) = row.page;
    let is_more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let is_back = matches!(edge, PageEdge::Before(_));
    if is_back {
        entries.reverse();
    }
    let shown = entries.len() as i64;
    // Of a page that ends somewhere it is known how many come before its end.
    let before = if is_back { row.earlier - shown } else { row.earlier };
    let cursor = |(id, key): &(AgentId, Option<Key>)| Cursor { id: *id, key: key.clone().map(Key::text) };
    let next = if is_back { before + shown < row.found } else { is_more };
    let page = Page {
        found: row.found,
        before,
        shown,
        previous: entries.first().filter(|_| before > 0).map(cursor),
        next: entries.last().filter(|_| next).map(cursor),
        counts: row.counts.into(),
    };
    (entries.into_iter().map(|(id, _)| id).collect(), page)
}

impl Key {
    fn text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

type Values = Vec<(&'static str, Value)>;

/// Returns the query, with all of its parameters but the owner.
pub(super) fn listing_sql(backend: DbBackend, listing: &Listing) -> (String, Values) {
    let mut values = Values::new();
    let mut conditions: Vec<String> = listing.only.map(standing).into_iter().map(str::to_owned).collect();
    for (name, word) in WORDS.into_iter().zip(words(&listing.search)) {
        conditions.push(match backend {
            DbBackend::Postgres => format!("strpos(a.search_key, CAST(:{name} AS TEXT)) > 0"),
            _ => format!("instr(a.search_key, :{name}) > 0"),
        });
        values.push((name, word.into()));
    }
    if conditions.is_empty() {
        conditions.push("TRUE".to_owned());
    }
    let found = conditions.join(" AND ");
    let order = Order::of(backend, listing);
    let (earlier, on_page, back) = match order.place(&listing.edge, &mut values) {
        None => ("FALSE".to_owned(), "TRUE".to_owned(), false),
        Some((earlier, later)) => match listing.edge {
            PageEdge::Before(_) => (earlier.clone(), earlier, true),
            // The place itself comes before what comes after it.
            _ => (format!("NOT ({later})"), later, false),
        },
    };
    let (key, by) = (&order.key, order.by(back));
    let page = format!(
        "SELECT a.id, {key} AS key FROM agents a WHERE {LISTED} AND {found} AND {on_page} ORDER BY {by} LIMIT {}",
        PAGE + 1
    );
    let page = as_json(backend, "j.id, j.key", &order.again(back), &page);
    let counts = counts_sql();
    let sql = format!(
        "SELECT {counts}, COUNT(CASE WHEN {found} THEN 1 END) AS found,
                COUNT(CASE WHEN {found} AND {earlier} THEN 1 END) AS earlier, {page} AS page
         FROM agents a WHERE {LISTED}"
    );
    (sql, values)
}

/// Returns the columns of [`Counts`] over agents `a`.
fn counts_sql() -> String {
    format!(
        "COUNT(*) AS agents, COUNT(CASE WHEN a.last_failed AND NOT a.paused THEN 1 END) AS attention,
         COUNT(CASE WHEN a.paused THEN 1 END) AS paused, COUNT(a.next_due_at) AS scheduled,
         (SELECT COUNT(DISTINCT r.agent_id) {UNDER_WAY} = 'running') AS running,
         (SELECT COUNT(*) {UNDER_WAY} = 'running') + (SELECT COUNT(*) {UNDER_WAY} = 'queued') AS active_runs"
    )
}

/// Bytes of a search that are used.
const MAX_SEARCH: usize = 200;

/// Returns the words that are searched for, in lower case.
fn words(search: &str) -> Vec<String> {
    let search = &search[..search.floor_char_boundary(MAX_SEARCH)];
    search.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// Names of the parameters for words. Of a search with more words, the first are used.
const WORDS: [&str; 26] = [
    "wa", "wb", "wc", "wd", "we", "wf", "wg", "wh", "wi", "wj", "wk", "wl", "wm", "wn", "wo", "wp", "wq", "wr", "ws",
    "wt", "wu", "wv", "ww", "wx", "wy", "wz",
];

/// Returns the condition that agent `a` stands so.
fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Attention => "a.last_failed AND NOT a.paused",
        Standing::Running => "EXISTS (SELECT 1 FROM agent_runs s WHERE s.agent_id = a.id AND s.status = 'running')",
        Standing::Scheduled => "a.next_due_at IS NOT NULL",
        Standing::Paused => "a.paused",
    }
}

/// An order of agents: by a key, those without one last, and equals as they were created.
struct Order {
    /// The value that agent `a` is ordered by.
    key: String,
    is_text: bool,
    reversed: bool,
    /// How texts are compared: by their bytes, as SQLite does.
    collation: &'static str,
}

impl Order {
    fn of(backend: DbBackend, listing: &Listing) -> Self {
        let sort = listing.sort.of_pages();
        let is_postgres = backend == DbBackend::Postgres;
        let key = match sort.by {
            Column::Name if is_postgres => "split_part(a.search_key, chr(10), 1)",
            Column::Name => "substr(a.search_key, 1, instr(a.search_key, char(10)) - 1)",
            Column::NextRun => "a.next_due_at",
            _ => "CAST(CASE WHEN a.last_failed AND NOT a.paused THEN 0 ELSE 1 END AS BIGINT)",
        };
        let is_text = sort.by == Column::Name;
        let collation = if is_postgres && is_text { "COLLATE \"C\"" } else { "" };
        Self { key: key.to_owned(), is_text, reversed: sort.reversed, collation }
    }

    /// Returns what rows are ordered by, the other way round for a page that ends before a place.
    fn by(&self, back: bool) -> String {
        self.terms(&self.key, "a.id", back)
    }

    /// Returns the same of rows `j` with the key in a column.
    fn again(&self, back: bool) -> String {
        self.terms("j.key", "j.id", back)
    }

    fn terms(&self, key: &str, id: &str, back: bool) -> String {
        let direction = |down: bool| if down { "DESC" } else { "ASC" };
        format!(
            "CASE WHEN {key} IS NULL THEN 1 ELSE 0 END {}, {key} {} {}, {id} {}",
            direction(back),
            self.collation,
            direction(self.reversed != back),
            direction(back)
        )
    }

    /// Returns the conditions that agent `a` comes before a place and after it; `None` where there is no place, or none in
    /// this order.
    fn place(&self, edge: &PageEdge, values: &mut Values) -> Option<(String, String)> {
        let (PageEdge::After(cursor) | PageEdge::Before(cursor)) = edge else { return None };
        let Self { key, collation, .. } = self;
        let Some(text) = &cursor.key else {
            values.push(("place", cursor.id.into()));
            let (earlier, later) = ("IS NOT NULL OR a.id < :place", "IS NULL AND a.id > :place");
            return Some((format!("({key} {earlier})"), format!("({key} {later})")));
        };
        let (value, kind) = match self.is_text {
            true => (Value::from(text.as_str()), "TEXT"),
            false => (text.parse::<i64>().ok()?.into(), "BIGINT"),
        };
        values.extend([("key", value), ("place", cursor.id.into())]);
        let (less, more) = if self.reversed { (">", "<") } else { ("<", ">") };
        let compared = |sign: &str, id: &str| {
            let value = format!("CAST(:key AS {kind}) {collation}");
            format!("{key} {sign} {value} OR ({key} = {value} AND a.id {id} :place)")
        };
        Some((format!("COALESCE({}, FALSE)", compared(less, "<")), format!("COALESCE({}, TRUE)", compared(more, ">"))))
    }
}
