//! A search among many runs reads the index of their words and no more rows than a page needs.

use super::filter;
use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{NOW_MS, Subject};
use runboard::domain::run_filter::RunFilter;
use runboard::domain::time::Timestamp;
use runboard::server::store::run_list::{RunsFrom, page_sql};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, Value};
use std::time::Instant;

on_both!(a_rare_word_among_many_runs_is_found_by_the_index,);

/// How many; `SEARCHED_RUNS=1000000` measures a million.
fn runs() -> u64 {
    std::env::var("SEARCHED_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(100_000)
}

/// Milliseconds that the machine may take however busy it is; what is promised of a million runs is 50.
const MOST_MS: u128 = 1_000;

/// Returns how a database executes the statement of a page, line by line.
async fn plan(raw: &DatabaseConnection, filter: &RunFilter) -> String {
    let backend = raw.get_database_backend();
    let (mut sql, mut values) = page_sql(backend, filter, Timestamp::from_ms(NOW_MS), RunsFrom::Newest);
    values.extend([("owner", 1_i64.into()), ("limit", 51_i64.into())]);
    for (name, value) in values {
        let spelled = match value {
            Value::BigInt(Some(number)) => number.to_string(),
            Value::String(Some(text)) => format!("'{}'", text.replace('\'', "''")),
            value => panic!("{name}: {value:?}"),
        };
        sql = sql.replace(&format!(":{name}"), &spelled);
    }
    let (explain, column) = match backend {
        DbBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let rows = raw.query_all_raw(Statement::from_string(backend, format!("{explain} {sql}"))).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", column).unwrap()).collect::<Vec<_>>().join("\n")
}

async fn a_rare_word_among_many_runs_is_found_by_the_index(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    s.queue(agent).await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    let (runs, backend) = (runs(), raw.get_database_backend());
    let numbers = match backend {
        DbBackend::Postgres => format!("SELECT n FROM generate_series(2, {runs}) AS g (n)"),
        _ => {
            format!("WITH RECURSIVE g (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM g WHERE n < {runs}) SELECT n FROM g")
        }
    };
    let words = "CASE WHEN n % 25000 = 7 THEN 'rare common' WHEN n % 2 = 0 THEN 'common even' ELSE 'common odd' END";
    let documents = match backend {
        DbBackend::Postgres => format!(
            "INSERT INTO run_documents (run_id, zstd, words)
             SELECT n, CAST('x' AS BYTEA), to_tsvector('simple', {words}) FROM ({numbers}) AS x;
             ANALYZE"
        ),
        _ => format!(
            "INSERT INTO run_documents (run_id, zstd) SELECT n, CAST('x' AS BLOB) FROM ({numbers});
             INSERT INTO run_words (rowid, words) SELECT n, {words} FROM ({numbers})"
        ),
    };
    let insert = format!(
        "INSERT INTO agent_runs (id, owner_id, agent_id, thread_id, trigger, chat, queued_at, started_at, finished_at, model,
                                 status)
         SELECT n, 1, {agent}, (SELECT MIN(id) FROM threads), 'api', FALSE, {NOW_MS}, {NOW_MS}, {NOW_MS}, 'demo/quick',
                'success' FROM ({numbers}) AS x;
         {documents}"
    );
    raw.execute_unprepared(&insert).await.unwrap();

    let plan = plan(&raw, &filter("rare")).await;
    println!("{plan}");
    let index = if backend == DbBackend::Postgres { "run_documents_words" } else { "VIRTUAL TABLE INDEX" };
    assert!(plan.contains(index), "{plan}");
    assert!(!plan.contains("SCAN r") && !plan.contains("Seq Scan on agent_runs"), "{plan}");
    for (query, found) in [
        ("q=rare", (runs.div_ceil(25_000)) as usize),
        ("q=common", 50),
        ("q=common&agent=2", 0),
        ("q=odd+common", 50),
        ("q=absent", 0),
        ("q=%22common+rare%22", 0),
        ("q=rar*&status=success&period=24h", (runs.div_ceil(25_000)) as usize),
    ] {
        let filter = RunFilter::from_query(query).unwrap();
        let began = Instant::now();
        let page = s.store.listed_runs(&s.scope, &filter, RunsFrom::Newest, 50).await.unwrap();
        let took = began.elapsed();
        println!("{query}: {took:?} among {runs} runs");
        assert_eq!(page.runs.len(), found, "{query}");
        assert!(page.runs.is_sorted_by(|one, next| one.run.id > next.run.id), "{query}");
        assert!(took.as_millis() < MOST_MS || query.contains("agent=2"), "{query}: {took:?}");
    }
}
