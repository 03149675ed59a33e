//! Long histories: millions of runs, straight into a SQLite file with the schema of its migrations. They are spread as an
//! installation's would be that has grown at an even rate; everything is made of the run's number, so two of a kind are alike.

use crate::processes::DATABASE;
use runboard::server::clock::{Clock, SystemClock};
use runboard::server::config::database::DatabaseConfig;
use runboard::server::store::Store;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use std::path::Path;
use std::sync::Arc;

/// Agents, unless others are asked for.
const AGENTS: u32 = 50;
/// Runs in 24 hours, however many there are in all.
pub const A_DAY: u64 = 33_000;
/// Rows of one statement.
const AT_ONCE: u64 = 250_000;

/// Agents, each with one thread that all its runs are on.
const OWNERS: [&str; 2] = [
    "INSERT INTO agents (name, description, system_instructions, task_instructions, model, paused, max_concurrent_runs,
                         timeout_s, live_seq, created_at, updated_at, search_key)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {agents})
     SELECT 'Agent number ' || i, 'Labels new tickets and drafts a first reply', '', '', 'demo/quick', FALSE, 100, 600, 1,
            {now}, {now}, 'agent number ' || i || char(10) || 'labels new tickets and drafts a first reply' || char(10) || 'demo/quick'
     FROM n",
    "INSERT INTO threads (id, agent_id, kind, title, created_at, updated_at)
     SELECT id, id, 'task', name, {now}, {now} FROM agents",
];

/// Runs `{from}` to `{to}`. `h` is the run's number, well mixed; `s` in thousandths says how it ended: 20 were skipped, 20
/// stopped, 80 failed. Durations double from 0.3 s up to two and a half minutes; of 3 in 100 the price is not known.
const RUNS: &str = "
INSERT INTO agent_runs (id, agent_id, thread_id, status, trigger, chat, queued_at, started_at, finished_at, duration_ms,
                        model, prompt_tokens, cached_tokens, completion_tokens, total_tokens, total_cost, error,
                        failure_kind, skip_reason, scheduled_for, attempt, finish)
WITH RECURSIVE
    n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to}),
    mixed(i, at, h) AS (SELECT i, {end} - ({runs} - i) * 86400000 / {a_day}, (i * 2654435761) & 4294967295 FROM n),
    made(i, at, h, agent, s, ms) AS (
        SELECT i, at, h, {first} + (h >> 5) % {agents}, (h >> 7) % 1000,
               (300 << ((h >> 9) % 9)) * (100 + (h >> 13) % 100) / 100 FROM mixed)
SELECT i, agent, agent, CASE WHEN s < 20 THEN 'skipped' WHEN s < 40 THEN 'cancelled' WHEN s < 120 THEN 'failed'
                             ELSE 'success' END,
       CASE WHEN s < 20 OR h % 2 = 0 THEN 'schedule' WHEN h % 3 = 0 THEN 'manual' ELSE 'api' END, FALSE, at,
       CASE WHEN s >= 20 THEN at + 50 END, CASE WHEN s >= 20 THEN at + 50 + ms ELSE at END, CASE WHEN s >= 20 THEN ms END,
       'demo/quick', CASE WHEN s >= 20 THEN 900 + h % 300 END, CASE WHEN s >= 20 THEN 600 END,
       CASE WHEN s >= 20 THEN 100 + h % 200 END, CASE WHEN s >= 20 THEN 1000 + h % 300 + h % 200 END,
       CASE WHEN s >= 20 AND (h >> 3) % 100 >= 3 THEN 2000000 + (h % 5000) * 1000 END,
       CASE WHEN s >= 40 AND s < 120 THEN '503 Service Unavailable: the model is overloaded, try again later' END,
       CASE WHEN s >= 40 AND s < 120
            THEN CASE s % 4 WHEN 0 THEN 'error' WHEN 1 THEN 'timeout' WHEN 2 THEN 'interrupted' ELSE 'budget' END END,
       CASE WHEN s < 20 THEN CASE s % 2 WHEN 0 THEN 'missed' ELSE 'overlap' END END,
       CASE WHEN s < 20 OR h % 2 = 0 THEN at END, CASE WHEN s >= 20 THEN 1 ELSE 0 END,
       CASE WHEN s >= 120 THEN 'stop' END
FROM made";

/// Writes down the newest run of each agent, as the server does when a run ends.
const LAST_ENDED: &str = "
UPDATE agents SET last_ended = (SELECT MAX(r.id) FROM agent_runs r WHERE r.agent_id = agents.id);
UPDATE agents SET last_failed = EXISTS (SELECT 1 FROM agent_runs r WHERE r.id = agents.last_ended AND r.status = 'failed')";

/// Makes a database in a directory with so many runs of 50 agents, [`A_DAY`] of them a day up to three minutes ago. Returns the
/// first agent's id.
pub async fn make(data: &Path, runs: u64) -> i64 {
    make_of(data, runs, AGENTS).await
}

/// Does the same with so many agents.
pub async fn make_of(data: &Path, runs: u64, agents: u32) -> i64 {
    std::fs::create_dir_all(data).expect("a directory");
    let url = format!("sqlite://{}", data.join(DATABASE).display());
    let store = store_at(data).await;
    store.migrate().await.expect("the schema");
    store.close().await;
    let db = Database::connect(ConnectOptions::new(&url).max_connections(1).to_owned()).await.expect("the database");
    // Nothing here has to survive a power cut, and an index made at once is made faster.
    run(
        &db,
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000",
    )
    .await;
    let now = SystemClock.now().ms();
    let fill = |sql: &str| sql.replace("{agents}", &agents.to_string()).replace("{now}", &now.to_string());
    for sql in OWNERS {
        run(&db, &fill(sql)).await;
    }
    let first = number(&db, "SELECT MIN(id) FROM agents").await;
    let indexes = indexes(&db).await;
    for (name, _) in &indexes {
        run(&db, &format!("DROP INDEX {name}")).await;
    }
    let sql = fill(RUNS)
        .replace("{runs}", &runs.to_string())
        .replace("{end}", &(now - 180_000).to_string())
        .replace("{a_day}", &A_DAY.to_string())
        .replace("{first}", &first.to_string());
    for from in (1..=runs).step_by(AT_ONCE as usize) {
        let to = runs.min(from + AT_ONCE - 1);
        run(&db, &sql.replace("{from}", &from.to_string()).replace("{to}", &to.to_string())).await;
    }
    for (_, index) in &indexes {
        run(&db, index).await;
    }
    run(&db, LAST_ENDED).await;
    db.close().await.expect("closing");
    // Ending a run adds to the sums of its hour; rows that are inserted are counted here instead.
    let store = store_at(data).await;
    store.rebuild_stats().await.expect("roll-ups");
    store.close().await;
    first
}

/// Opens the database in a directory, without a server.
pub async fn store_at(data: &Path) -> Store {
    let url = format!("sqlite://{}", data.join(DATABASE).display());
    Store::open(&DatabaseConfig::at(&url).expect("a URL"), Arc::new(SystemClock)).await.expect("a database")
}

/// Returns the names of the runs' indexes, and how each is made.
async fn indexes(db: &DatabaseConnection) -> Vec<(String, String)> {
    let select =
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'agent_runs' AND sql IS NOT NULL";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, select)).await.expect("indexes");
    let text = |row: &sea_orm::QueryResult, column| row.try_get("", column).expect("a text");
    rows.iter().map(|row| (text(row, "name"), text(row, "sql"))).collect()
}

async fn number(db: &DatabaseConnection, select: &str) -> i64 {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, select)).await.expect("a query");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
}
