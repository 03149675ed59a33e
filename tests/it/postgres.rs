//! PostgreSQL as people run it: poolers, few connections, defaults of their own, other encodings, servers that restart.

use crate::support::app::{TestApp, problem};
use crate::support::database::TestDatabase;
use crate::support::eventually;
use crate::support::postgres::{Pooler, Way, on_server};
use crate::support::subject::{NOW_MS, Subject};
use futures::FutureExt;
use reqwest::{Method, StatusCode};
use runboard::domain::id::OwnerId;
use runboard::domain::request::RunRequest;
use runboard::domain::run::Trigger;
use runboard::server::clock::SystemClock;
use runboard::server::config::database::DatabaseConfig;
use runboard::server::store::Store;
use runboard::server::store::scope::Scope;
use runboard::server::store::which::Which;
use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, query_as};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Starts `n` runs at once and waits until each has succeeded.
async fn runs_succeed(app: &TestApp, n: usize) {
    let agent = app.agent_with(json!({ "name": "Test", "model": "demo/quick", "max_concurrent_runs": 10 })).await;
    let path = format!("/api/agents/{agent}/task");
    let started = futures::future::join_all((0..n).map(|_| app.poke(&path))).await;
    for (status, body) in started {
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
        app.run_is(body["run_id"].as_i64().unwrap(), "success").await;
    }
    let (status, agent) = app.get(&format!("/api/agents/{agent}")).await;
    assert_eq!((status, &agent["success_rate"]), (StatusCode::OK, &json!(1.0)), "{agent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_hands_out_sessions_by_transaction_is_recognised() {
    let database = TestDatabase::postgres().await;
    let pooler = Pooler::before(&database).await;
    let app = TestApp::on(database.at_port(pooler.port), "127.0.0.1:0").await;
    runs_succeed(&app, 30).await;
    // A second server behind the same sessions, whose statements have the same names as the first one's.
    let other = TestApp::on(database.at_port(pooler.port), "127.0.0.1:0").await;
    tokio::join!(runs_succeed(&app, 20), runs_succeed(&other, 20));
    assert_eq!(other.get("/readyz").await.0, StatusCode::OK);
}

/// Statements prepared before a table got another column fail once; the connections then forget them.
#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_changed_under_a_server_do_not_stop_it() {
    let database = TestDatabase::postgres().await;
    let app = TestApp::on(database.clone(), "127.0.0.1:0").await;
    let waits = app.task_is(app.agent("wait").await, "running").await["id"].as_i64().unwrap();
    runs_succeed(&app, 20).await;
    let mut raw = PgConnection::connect(&database.url).await.unwrap();
    for table in ["agents", "agent_runs", "run_steps"] {
        raw.execute(AssertSqlSafe(format!("ALTER TABLE {table} ADD COLUMN later INTEGER"))).await.unwrap();
    }
    runs_succeed(&app, 20).await;
    app.poke(&format!("/api/runs/{waits}/stop")).await;
    app.run_is(waits, "cancelled").await;
    assert_eq!(app.get("/readyz").await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn few_connections_are_shared_by_whoever_needs_one() {
    let database = TestDatabase::postgres().await;
    let (name, role) = (database.name(), format!("few_{}", database.name()));
    on_server(&[
        format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 2"),
        format!("ALTER DATABASE {name} OWNER TO {role}"),
    ])
    .await;
    let few = database.as_role(&role);
    let app = TestApp::on(few.clone(), "127.0.0.1:0").await;
    runs_succeed(&app, 30).await;
    assert_eq!(app.end().await.url, few.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_connection_to_spare_is_waited_for() {
    let database = TestDatabase::postgres().await;
    let (name, role) = (database.name(), format!("none_{}", database.name()));
    on_server(&[
        format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 1"),
        format!("ALTER DATABASE {name} OWNER TO {role}"),
    ])
    .await;
    let one = database.as_role(&role);
    let other = PgConnection::connect(&one.url).await.unwrap();
    let config = DatabaseConfig::at(&one.url).unwrap();
    let mut opening = tokio::spawn(async move {
        let store = Store::open(&config, Arc::new(SystemClock)).await?;
        store.migrate().await.map(|()| store)
    });
    let early = tokio::time::timeout(Duration::from_millis(600), &mut opening).await;
    assert!(early.is_err(), "there is none yet");
    other.close().await.unwrap();
    opening.await.unwrap().unwrap().live_seqs().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_may_have_any_defaults() {
    let database = TestDatabase::postgres().await;
    let settings = [
        "default_transaction_isolation TO 'serializable'",
        "default_transaction_read_only TO 'on'",
        "timezone TO 'Asia/Kolkata'",
        "datestyle TO 'SQL, DMY'",
        "intervalstyle TO 'iso_8601'",
        "bytea_output TO 'escape'",
    ];
    on_server(&settings.map(|setting| format!("ALTER DATABASE {} SET {setting}", database.name()))).await;
    let app = TestApp::on(database, "127.0.0.1:0").await;
    runs_succeed(&app, 30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_another_encoding_is_refused_with_the_remedy() {
    for encoding in ["SQL_ASCII", "LATIN1"] {
        let database = TestDatabase::postgres().await;
        let name = database.name();
        on_server(&[
            format!("DROP DATABASE {name}"),
            format!("CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"),
        ])
        .await;
        let config = DatabaseConfig::at(&database.url).unwrap();
        let refused = Store::open(&config, Arc::new(SystemClock)).await.err().expect("it cannot hold every text");
        let said = refused.to_string();
        assert!(said.contains(encoding) && said.contains("ENCODING 'UTF8' TEMPLATE template0"), "{said}");
    }
}

/// A database that goes away for a moment, over and over, while runs are started, executed and looked at.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_restarts_under_load_loses_nothing() {
    let database = TestDatabase::postgres().await;
    let mut way = Way::to(database.address()).await;
    let app = TestApp::on(database.at_port(way.port), "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "Test", "model": "demo/quick", "max_concurrent_runs": 20 })).await;
    let (path, over) = (format!("/api/agents/{agent}/task"), AtomicBool::new(false));
    let client = async || {
        let mut accepted = BTreeSet::new();
        while !over.load(Ordering::Relaxed) {
            let request = app.request(Method::POST, &path).timeout(Duration::from_secs(30));
            let Ok(answer) = request.send().await else { continue };
            match answer.status() {
                StatusCode::ACCEPTED => {
                    let body: Value = answer.json().await.unwrap();
                    accepted.insert(body["run_id"].as_i64().unwrap());
                }
                StatusCode::SERVICE_UNAVAILABLE => assert!(answer.headers().contains_key("retry-after")),
                other => panic!("{other}: {}", answer.text().await.unwrap()),
            }
        }
        accepted
    };
    let restarts = async {
        for round in 0..6 {
            tokio::time::sleep(Duration::from_millis(250 + 37 * round)).await;
            way.cut().await;
            tokio::time::sleep(Duration::from_millis(100 * round)).await;
            way.mend().await;
        }
        over.store(true, Ordering::Relaxed);
    };
    let clients = futures::future::join_all((0..6).map(|_| client()));
    let ((), accepted) = tokio::join!(restarts, clients);
    let accepted: BTreeSet<i64> = accepted.into_iter().flatten().collect();
    assert!(!accepted.is_empty());
    for run in &accepted {
        let run = eventually("every accepted run is over", async || {
            let (status, run) = app.get(&format!("/api/runs/{run}")).await;
            (status == StatusCode::OK && run["finished_at"].is_string()).then_some(run)
        })
        .await;
        let (_, messages) = app.get(&format!("/api/threads/{}/messages", run["thread_id"])).await;
        let answers = messages.as_array().unwrap().iter().filter(|message| message["role"] == "assistant").count();
        assert_eq!(answers, usize::from(run["status"] == "success"), "one answer, if it succeeded: {run}");
    }
    runs_succeed(&app, 5).await;
}

/// A server that refuses connections is gone, and whoever asks hears of it at once. One whose connections are all busy is
/// worth the wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_not_waited_for_and_a_busy_one_is() {
    let database = TestDatabase::postgres().await;
    let mut way = Way::to(database.address()).await;
    let app = TestApp::on(database.at_port(way.port), "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    way.cut().await;
    let path = format!("/api/agents/{agent}");
    for request in [app.request(Method::GET, &path), app.request(Method::POST, &format!("{path}/task"))] {
        let begun = Instant::now();
        let said = problem(&app.send(request).await, 503);
        assert!(said.contains("cannot be reached"), "{said}");
        // It takes two; a busy machine may take its time. A busy server would be waited for longer.
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
    way.mend().await;
    eventually("it is back", async || (app.get(&path).await.0 == StatusCode::OK).then_some(())).await;
    drop(app);

    let config = DatabaseConfig { connections: Some(1), ..DatabaseConfig::at(&database.url).unwrap() };
    let store = Store::open(&config, Arc::new(SystemClock)).await.unwrap();
    let mut raw = PgConnection::connect(&database.url).await.unwrap();
    raw.execute("BEGIN; LOCK TABLE agents IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let mut reads = futures::future::join_all((0..3).map(|_| store.live_seqs())).boxed();
    let early = tokio::time::timeout(Duration::from_secs(3), &mut reads).await;
    assert!(early.is_err(), "they wait: {early:?}");
    raw.execute("COMMIT").await.unwrap();
    assert!(reads.await.iter().all(Result::is_ok));
}

/// Returns how many rows of `agent_runs` were read so far, in whichever way.
async fn runs_read(raw: &mut PgConnection) -> i64 {
    let read = "SELECT seq_tup_read + COALESCE(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'agent_runs'";
    sea_orm::sqlx::query_scalar(read).fetch_one(raw).await.unwrap()
}

/// PostgreSQL once read every run there was for the strips, and again for what is normal.
#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_reads_the_newest_runs_and_no_history() {
    let s = Subject::on(TestDatabase::postgres().await).await;
    for _ in 0..100 {
        let agent = s.agent(1).await;
        s.queue(agent).await;
    }
    let mut raw = PgConnection::connect(&s.database.url).await.unwrap();
    for sql in [
        "INSERT INTO agent_runs (owner_id, agent_id, thread_id, status, trigger, chat, queued_at, started_at, finished_at,
                                 duration_ms, model)
         SELECT owner_id, agent_id, thread_id, 'success', 'api', FALSE, i, i, i, 7, model
         FROM agent_runs CROSS JOIN generate_series(1, 100) AS i",
        "VACUUM ANALYZE",
    ] {
        sea_orm::sqlx::query(sql).execute(&mut raw).await.unwrap();
    }
    let Subject { store, scope, database, clock } = s;
    // Figures are written down at the latest when a session ends.
    store.close().await;
    alone(&mut raw).await;
    let before = runs_read(&mut raw).await;

    let store = database.open(clock).await;
    let rows = store.agent_rows(&scope, Which::All).await.unwrap();
    let agents = store.agents(&scope).await.unwrap();
    assert!(rows.iter().all(|row| row.strip.len() == 20), "{rows:?}");
    assert!(rows.iter().all(|row| row.strip.is_sorted_by_key(|cell| std::cmp::Reverse(cell.run_id))), "{rows:?}");
    assert!(agents.iter().all(|(agent, _)| agent.normal.is_some()), "{agents:?}");
    store.close().await;
    alone(&mut raw).await;
    let read = runs_read(&mut raw).await - before;
    // Twenty of each agent for the strips, and for both lists those among which what is normal is looked for: at most 200, here
    // all that an agent has. In so short a history the planner may count those of the last day among all, once for each of
    // the two lists. It was more than 200,000 for the strips alone.
    assert!((1_000..100_000).contains(&read), "{read} rows were read");
}

/// Figures of the day, an agent's runs and single runs come from the owner's own rows, however many others there are.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_s_requests_read_nobody_else_s_runs() {
    let s = Subject::on(TestDatabase::postgres().await).await;
    for _ in 0..20 {
        s.queue(s.agent(1).await).await;
    }
    let mut raw = PgConnection::connect(&s.database.url).await.unwrap();
    for sql in [
        format!(
            "INSERT INTO agent_runs (owner_id, agent_id, thread_id, status, trigger, chat, queued_at, started_at,
                                     finished_at, duration_ms, model)
             SELECT owner_id, agent_id, thread_id, 'success', 'api', FALSE, {NOW_MS} - i, {NOW_MS} - i, {NOW_MS} - i, 7,
                    model
             FROM agent_runs CROSS JOIN generate_series(1, 1000) AS i"
        ),
        "VACUUM ANALYZE".to_owned(),
    ] {
        sea_orm::sqlx::query(AssertSqlSafe(sql)).execute(&mut raw).await.unwrap();
    }
    let s = Subject { scope: Scope::of(OwnerId(2)), ..s };
    let agent = s.agent(1).await;
    let run = s.queue(agent).await;
    let Subject { store, scope, database, clock } = s;
    store.close().await;
    alone(&mut raw).await;
    let before = runs_read(&mut raw).await;

    let store = database.open(clock).await;
    assert_eq!(store.list_runs(&scope, agent, 20).await.unwrap().len(), 1);
    assert_eq!(store.run_counts(&scope, agent).await.unwrap().values().sum::<i64>(), 1);
    assert_eq!(store.summary(&scope).await.unwrap().runs, 0);
    assert_eq!(store.run(&scope, run).await.unwrap().agent_id, agent);
    assert_eq!(store.retried_as(&scope, run).await.unwrap(), None);
    store.close().await;
    alone(&mut raw).await;
    let read = runs_read(&mut raw).await - before;
    assert!((1..200).contains(&read), "{read} rows were read");
}

/// Waits until this is the only session of its database.
async fn alone(raw: &mut PgConnection) {
    eventually("alone", async || {
        let others = "SELECT COUNT(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        let others: i64 = sea_orm::sqlx::query_scalar(others).fetch_one(&mut *raw).await.unwrap();
        (others == 0).then_some(())
    })
    .await;
}

/// PostgreSQL breaks off transactions that it cannot bring into an order with others, and those in a deadlock. A
/// trigger does so here, as often as the test asks; a sequence counts, since it does not go back with the transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_postgres_broke_off_is_repeated_as_a_whole() {
    let s = Subject::on(TestDatabase::postgres().await).await;
    let agent = s.agent(5).await;
    let mut raw = PgConnection::connect(&s.database.url).await.unwrap();
    for (code, refused) in [("40001", 3), ("40P01", 3), ("40001", 1_000)] {
        let trigger = format!(
            "DROP SEQUENCE IF EXISTS tries; CREATE SEQUENCE tries;
             CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('tries') <= {refused} THEN RAISE EXCEPTION 'broken off' USING ERRCODE = '{code}'; END IF;
                 RETURN NEW;
             END $$;
             CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON agent_runs FOR EACH ROW EXECUTE FUNCTION refuse()"
        );
        raw.execute(AssertSqlSafe(trigger)).await.unwrap();
        let before = s.store.run_counts(&s.scope, agent).await.unwrap().values().sum::<i64>();
        let run = s.store.create_task_run_with(&s.scope, agent, Trigger::Api, &RunRequest::default()).await;
        let counts = s.store.run_counts(&s.scope, agent).await.unwrap().values().sum::<i64>();
        let (tries,): (i64,) = query_as("SELECT last_value FROM tries").fetch_one(&mut raw).await.unwrap();
        match refused {
            3 => assert_eq!((run.is_ok(), counts - before, tries), (true, 1, 4), "{code}: {run:?}"),
            _ => assert_eq!((run.is_ok(), counts - before, tries), (false, 0, 8), "{code}: not for ever"),
        }
    }
    let threads = s.store.threads(&s.scope, agent).await.unwrap();
    assert_eq!(threads.len(), 2, "what was broken off has left nothing behind");
}
