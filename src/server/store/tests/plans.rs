//! Requests for one owner's rows are served from the indexes that are there, and read nobody else's.

use super::*;
use crate::domain::agent::listing::{Cursor, Listing, PageEdge, Standing};
use crate::domain::id::{OwnerId, RunId, ThreadId};
use crate::domain::stats::By;
use crate::server::clock::ManualClock;
use crate::server::config::database::DatabaseConfig;
use crate::server::entity::{agent, run, thread};
use crate::server::store::rollups::Asked;
use crate::server::store::scope::Owned;
use crate::server::store::transit::RunsOf;
use crate::server::store::which::Which;
use crate::server::store::{
    agents, bulk, deliveries, error_groups, groups, holds, hooks, inputs, last_good, leases, listing, normal, offers,
    payloads, retention, rollups, rows, run_list, runs, search, timed_steps, traced_steps, transcripts, transit,
    versions, views,
};
use migration::{Migrator, MigratorTrait};
use sea_orm::{Database, DatabaseConnection, QueryFilter, QueryTrait, Select};

/// Returns SQLite's plan for a statement, line by line.
async fn plan(db: &DatabaseConnection, sql: &str) -> String {
    let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
    let lines = db.query_all_raw(explain).await.unwrap();
    lines.iter().map(|line| line.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("\n")
}

fn select<E: EntityTrait>(select: Select<E>) -> String {
    select.build(DbBackend::Sqlite).to_string()
}

/// Returns a statement with its parameters spelled out.
fn spelled(sql: &str) -> String {
    let named = [
        (":owner", "1"),
        (":ids", "'[2,3]'"),
        (":segments", "'[[1,2,0]]'"),
        (":width", "3600"),
        (":most", "9"),
        (":since", "7"),
        (":whole", "8"),
        (":edge", "9"),
        (":first", "9"),
        (":last", "12"),
        (":after", "0"),
        (":before", "9"),
        (":number", "4"),
        (":key", "1"),
        (":place", "9"),
        (":wa", "'a'"),
        (":wb", "'b'"),
        (":match", "'\"a\"'"),
        (":patterns", "'[\"%a%\"]'"),
        (":agents", "'[2,3]'"),
        (":agent_tags", "'[\"a\"]'"),
        (":agent", "2"),
        (":tags", "'[\"a\"]'"),
        (":from", "1"),
        (":until", "2"),
        (":except", "0"),
        (":run", "3"),
        (":at", "4"),
        (":text", "'x'"),
        (":limit", "20"),
        (":model", "'m'"),
        (":hook", "5"),
        (":hash", "x'00'"),
        ("{now}", "10"),
    ];
    named.iter().fold(sql.to_owned(), |sql, (name, value)| sql.replace(name, value))
}

#[tokio::test]
async fn an_owner_s_rows_are_read_by_index() {
    let db = Database::connect("sqlite::memory:").await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let scope = &Scope::of(OwnerId::LOCAL);
    let (sqlite, all, some) = (DbBackend::Sqlite, Which::All, Which::These(&[]));
    let (heads, agents) = (spelled(&rows::heads_sql(sqlite, all)), spelled(&rows::agents_sql(sqlite, all)));
    let none = Asked { agents: None, missing: false, total: false, bars: false };
    let figures = Asked { agents: Some(all), missing: true, bars: true, ..none };
    let figures = spelled(&rollups::figures_sql(sqlite, figures).replace(":missing", "'[2,3]'"));
    let total = spelled(&rollups::figures_sql(sqlite, Asked { total: true, bars: true, ..none }));
    let searching = Listing { search: "a b".into(), only: Some(Standing::Running), ..Listing::default() };
    let after = PageEdge::After(Cursor { key: Some("1".into()), id: AgentId(9) });
    let searched = spelled(&listing::listing_sql(sqlite, &searching).0);
    let paged = spelled(&listing::listing_sql(sqlite, &Listing { edge: after, ..Listing::default() }).0);
    let listed = "SEARCH a USING COVERING INDEX agents_listed (owner_id=?)";
    let hours = "SEARCH h USING PRIMARY KEY (agent_id=? AND hour>?)";
    let edge = "SEARCH r USING INDEX agent_runs_by_finish (agent_id=? AND finished_at>? AND finished_at<?)";
    let of_versions = spelled(&rollups::version_tallies_sql(sqlite));
    let by_id = "USING INTEGER PRIMARY KEY";
    let payload = payloads::PAYLOAD.replace("{side}", "input").replace(":position", "4");
    for (sql, found) in [
        (paged.clone(), listed),
        (paged.clone(), "SEARCH r USING COVERING INDEX agent_runs_running (agent_id=?)"),
        (paged, "SEARCH r USING COVERING INDEX agent_runs_queue (agent_id=?)"),
        (searched.clone(), listed),
        (searched, "SEARCH s USING COVERING INDEX agent_runs_running (agent_id=?)"),
        (agents, "SEARCH a USING INDEX agents_by_owner"),
        (spelled(&normal::normals_sql(sqlite)), "SEARCH m USING COVERING INDEX agent_runs_by_agent (agent_id=?)"),
        (
            spelled(&normal::normals_sql(sqlite)),
            "SEARCH n USING INDEX agent_runs_good (agent_id=? AND chat=? AND id>?)",
        ),
        (spelled(&rows::agents_sql(sqlite, some)), "agents_by_owner (owner_id=? AND id=?)"),
        (spelled(agents::LAST_RUNS), "agents_by_owner"),
        (spelled(agents::CONTENTS), by_id),
        (heads.clone(), "SEARCH a USING INDEX agents_by_owner"),
        (heads.clone(), "SEARCH e USING INDEX agent_runs_by_finish (agent_id=?"),
        (heads.clone(), "SEARCH q USING COVERING INDEX agent_runs_running (agent_id=?)"),
        (heads.clone(), "SEARCH q USING COVERING INDEX agent_runs_queue (agent_id=?)"),
        (heads, "SEARCH n USING INDEX agent_runs_by_agent (agent_id=?)"),
        (spelled(&rows::heads_sql(sqlite, some)), "agents_by_owner (owner_id=? AND id=?)"),
        (spelled(runs::read::NEWEST), "agent_runs_by_agent"),
        (spelled(runs::read::COUNTS), "SEARCH h USING PRIMARY KEY (agent_id=?)"),
        (spelled(runs::read::STEPS), by_id),
        (
            spelled(&inputs::past_sql(DbBackend::Sqlite, true)),
            "SEARCH b USING COVERING INDEX agent_runs_by_agent (agent_id=?",
        ),
        (spelled(&payload), "SEARCH p USING INDEX sqlite_autoindex_step_payloads_1 (run_id=? AND step=? AND side=?)"),
        (
            spelled(&versions::LIST.replace("{order}", "DESC")),
            "SEARCH v USING INDEX sqlite_autoindex_agent_versions_1 (agent_id=?",
        ),
        (spelled(versions::ONE), "SEARCH v USING INDEX sqlite_autoindex_agent_versions_1 (agent_id=? AND number=?)"),
        (spelled(hooks::LIST), "SEARCH h USING INDEX hooks_of_agent (agent_id=?)"),
        (spelled(hooks::OF_TOKEN), "SEARCH h USING INDEX hooks_token (token_hash=?)"),
        (
            spelled(deliveries::sweep::OLD).replace(":old", "9").replace(":piece", "9"),
            "USING COVERING INDEX hook_deliveries_age (received_at<?)",
        ),
        (
            spelled(&deliveries::read::LIST.replace("{order}", "DESC").replace(":outcomes", "'accepted'")),
            "SEARCH d USING INDEX hook_deliveries_of_hook (hook_id=?",
        ),
        (spelled(versions::SINCE), "SEARCH v USING INDEX sqlite_autoindex_agent_versions_1 (agent_id=?"),
        (
            spelled(&error_groups::list_sql()),
            "SEARCH error_groups USING INDEX sqlite_autoindex_error_groups_1 (agent_id=?)",
        ),
        (
            spelled(&rollups::grouped::grouped_sql(sqlite, Some(By::Model), None)),
            "SEARCH h USING PRIMARY KEY (agent_id=? AND hour>? AND hour<?)",
        ),
        (
            spelled(&rollups::grouped::grouped_sql(sqlite, Some(By::Tag), Some(false))),
            "agents_by_owner (owner_id=? AND id=?)",
        ),
        (
            spelled(&bulk::LIST.replace("{order}", "DESC")),
            "SEARCH bulk_jobs USING INDEX bulk_jobs_by_owner (owner_id=?",
        ),
        (
            spelled(&bulk::ITEMS.replace("{order}", "DESC").replace(":results", "''").replace(":job", "1")),
            "SEARCH i USING PRIMARY KEY (job_id=? AND run_id>?",
        ),
        (
            bulk::work::PIECE.replace(":job", "1").replace(":limit", "20"),
            "SEARCH bulk_items USING PRIMARY KEY (job_id=?)",
        ),
        (spelled(views::LIST), "SEARCH v USING INDEX saved_views_by_name (owner_id=?"),
        (bulk::work::SOME.to_owned(), "USING INDEX bulk_jobs_unfinished"),
        (of_versions, "SEARCH h USING PRIMARY KEY (agent_id=?)"),
        (spelled(&rollups::day_before_sql(sqlite)), "SEARCH h USING PRIMARY KEY (agent_id=? AND hour>? AND hour<?)"),
        (figures.clone(), "agents_by_owner"),
        (figures.clone(), hours),
        (figures.clone(), edge),
        (figures, "SEARCH r USING COVERING INDEX agent_runs_running (agent_id=?)"),
        (
            spelled(&rollups::figures_sql(sqlite, Asked { agents: Some(some), ..none })),
            "agents_by_owner (owner_id=? AND id=?)",
        ),
        (total.clone(), hours),
        (total, edge),
        (spelled(holds::UNDER_WAY), "SEARCH q USING COVERING INDEX agent_runs_queue (agent_id=?)"),
        (spelled(holds::UNDER_WAY), "SEARCH r USING COVERING INDEX agent_runs_running (agent_id=?)"),
        (
            spelled(groups::GROUPS).replace(":name", "'x'"),
            "SEARCH r USING COVERING INDEX agent_runs_running (agent_id=?)",
        ),
        (spelled(holds::RUNNING), "SEARCH r EXISTS USING COVERING INDEX agent_runs_running (agent_id=?)"),
        (spelled(holds::SCHEDULED).replace(":late", "3"), "SEARCH a USING INDEX agents_"),
        (spelled(normal::SPENT), "SEARCH run_hours USING PRIMARY KEY (agent_id=? AND hour>?)"),
        (spelled(normal::SPENT), "SEARCH r USING INDEX agent_runs_running (agent_id=?)"),
        (select(agent::Entity::owned(scope).filter(agent::Column::Id.eq(AgentId(1)))), by_id),
        (select(thread::Entity::owned(scope).filter(thread::Column::Id.eq(ThreadId(1)))), by_id),
        (select(run::Entity::owned(scope).filter(run::Column::Id.eq(RunId(1)))), by_id),
        (
            spelled(&last_good::LAST_GOOD.replace(":chat", "0").replace(":scheduled", "1")),
            "SEARCH r USING INDEX agent_runs_good (agent_id=? AND chat=?",
        ),
        (spelled(offers::OF_RUN), by_id),
        (spelled(&search::mark::DOCUMENTS.replace("{among}", "IN (SELECT value FROM json_each('[2,3]'))")), by_id),
        (
            search::DUE.replace("$1", "9").replace("$2", "25"),
            "SEARCH run_documents_due USING INTEGER PRIMARY KEY (rowid<?)",
        ),
        (spelled(transcripts::RETRIED_AS), "agent_runs_by_retry (retry_of=?)"),
        (spelled(timed_steps::TIMED), "SEARCH s USING INDEX sqlite_autoindex_run_steps_1 (run_id=?)"),
        (spelled(&traced_steps::traced_sql(sqlite)), "SEARCH s USING INDEX sqlite_autoindex_run_steps_1 (run_id=?)"),
    ] {
        let plan = plan(&db, &sql).await;
        assert!(plan.contains(found), "{sql}\n{plan}");
        for table in ["agents", "a", "agent_runs", "r", "threads", "run_steps", "s"] {
            let scans = |line: &str| line.ends_with(&format!("SCAN {table}"));
            assert!(!plan.lines().any(scans), "{sql}\n{plan}");
        }
    }
}

/// What retention looks at, over and over, it finds by index, and reads no more than it needs.
#[tokio::test]
async fn runs_that_have_had_their_time_are_found_by_index() {
    let db = Database::connect("sqlite::memory:").await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let fit =
        [("{among}", "IN (SELECT value FROM json_each('[2,3]'))"), (":beyond", "7"), (":old", "8"), (":used", "9")];
    let fit = fit.iter().fold(retention::FIT.to_owned(), |sql, (name, value)| sql.replace(name, value));
    for (sql, found) in [
        (retention::BEYOND, "SEARCH agent_runs USING COVERING INDEX agent_runs_by_agent (agent_id=?)"),
        (retention::OLD, "SEARCH agent_runs USING COVERING INDEX agent_runs_by_time (owner_id=? AND queued_at<?)"),
        (retention::PAGE, "agent_runs_by_agent (agent_id=? AND rowid>? AND rowid<?)"),
        (&fit, "agent_runs_kept (thread_id=?)"),
        (&fit, "agent_runs_turns (thread_id=?)"),
        (&fit, "agent_runs_by_thread (thread_id=?)"),
        (&fit, "thread_messages_by_thread (thread_id=? AND id>?)"),
    ] {
        let plan = plan(&db, &spelled(sql)).await;
        assert!(plan.contains(found) && !plan.contains("SCAN t\n"), "{sql}\n{plan}");
    }
}

/// Pages of runs over all agents are found by index, whatever they are narrowed to, and are in their order already where they are
/// read from the newest on.
#[tokio::test]
async fn pages_of_all_runs_are_read_by_index() {
    use crate::domain::run_filter::RunFilter;
    use run_list::RunsFrom::{self, Above, Below, Newest};
    let db = Database::connect("sqlite::memory:").await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let (sqlite, now) = (DbBackend::Sqlite, crate::domain::time::Timestamp::from_ms(9));
    let filter = |query: &str| RunFilter::from_query(query).unwrap();
    let page = |query: &str, from: RunsFrom| spelled(&run_list::page_sql(sqlite, &filter(query), now, from).0);
    let walk = "SEARCH r USING INDEX agent_runs_by_owner (owner_id=?";
    let bound = "SEARCH t USING COVERING INDEX agent_runs_by_time (owner_id=? AND queued_at>?)";
    let words = "SCAN w VIRTUAL TABLE INDEX";
    let by_id = "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)";
    let trouble = "SEARCH r USING INDEX agent_runs_trouble (owner_id=? AND status=?";
    for (sql, all) in [
        (page("", Newest), ["agent_runs_by_owner (owner_id=? AND rowid<?)"].as_slice()),
        (page("", Below(9)), &["agent_runs_by_owner (owner_id=? AND rowid<?)"]),
        (page("", Above(9)), &["agent_runs_by_owner (owner_id=? AND rowid>?)"]),
        (
            page("trigger=manual&period=24h", Newest),
            &["agent_runs_by_owner (owner_id=? AND rowid>? AND rowid<?)", bound],
        ),
        (
            page("trigger=manual&period=24h", Below(9)),
            &["agent_runs_by_owner (owner_id=? AND rowid>? AND rowid<?)", bound],
        ),
        (page("status=success", Newest), &[walk]),
        (page("tag=a&agent_tag=a", Newest), &[walk]),
        (page("q=x&tag=a&agent_tag=a", Newest), &[words, by_id, "agent_runs_running (agent_id=?)"]),
        (page("q=x+y&status=success&agent=2", Below(9)), &[words, by_id]),
        (page("q=12&status=success&period=24h", Below(9)), &[words, by_id, bound]),
        (page("q=12&status=success&period=24h", Above(9)), &[words, by_id]),
        (page("q=%2312", Newest), &[by_id]),
        (page("signal=cut", Newest), &["SEARCH r USING INDEX agent_runs_signals (owner_id=? AND id<?)"]),
        (page("signal=cut&agent=2&status=failed", Below(9)), &["agent_runs_signals (owner_id=? AND id<?)"]),
        (page("signal=!cut", Newest), &[walk]),
        (spelled(&run_list::totals_sql(sqlite, &filter("q=x&status=success"), now).0), &[words, by_id]),
        (spelled(&run_list::totals_sql(sqlite, &filter("signal=cut"), now).0), &["agent_runs_signals (owner_id=?"]),
        (page("agent=2", Newest), &["SEARCH r USING INDEX agent_runs_by_agent (agent_id=? AND rowid<?)"]),
        (page("agent=2&period=1h", Below(9)), &["agent_runs_by_agent (agent_id=? AND rowid>? AND rowid<?)", bound]),
        (page("agent=2,3", Newest), &[walk]),
        (
            page("status=failed&period=24h", Newest),
            &["agent_runs_trouble (owner_id=? AND status=? AND id>? AND id<?)", bound],
        ),
        (page("status=failed", Newest), &[trouble]),
        (page("status=failed&agent=2", Below(9)), &["agent_runs_trouble (owner_id=? AND status=? AND id<?)"]),
        (page("failure_kind=timeout&trigger=api", Newest), &[trouble]),
        (
            page("status=!success", Above(9)),
            &[
                "agent_runs_trouble (owner_id=? AND status=? AND id>?)",
                "SEARCH r USING INDEX agent_runs_running (agent_id=?)",
                "SEARCH r USING INDEX agent_runs_queue (agent_id=?)",
            ],
        ),
        (spelled(&run_list::totals_sql(sqlite, &filter("status=failed&period=24h"), now).0), &[trouble]),
        (spelled(&run_list::totals_sql(sqlite, &filter(""), now).0), &[walk]),
        (spelled(&run_list::again_sql(sqlite)), &["agent_runs_by_owner (owner_id=? AND rowid=?)"]),
        (spelled(&run_list::names_sql(sqlite)), &["SEARCH a USING INDEX agents_", "(owner_id=?)"]),
    ] {
        let plan = plan(&db, &sql).await;
        for found in all {
            assert!(plan.contains(found), "{found}\nin {sql}\n{plan}");
        }
        for scan in ["SCAN r", "SCAN t", "SCAN a", "SCAN agent_runs", "SCAN n"] {
            assert!(!plan.lines().any(|line| line.ends_with(scan)), "{sql}\n{plan}");
        }
        // A walk in the right order ends with the page. Only runs under way are sorted, and they are few.
        let is_ordered = sql.contains(" ORDER BY id ") && !sql.contains("FROM agents a");
        assert!(!is_ordered || !plan.contains("USE TEMP B-TREE"), "{sql}\n{plan}");
    }
}

/// Each run that ends may be compared with those before it, however many there are.
#[tokio::test]
async fn what_a_run_is_compared_with_is_read_by_index() {
    let db = Database::connect("sqlite::memory:").await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let plan = plan(&db, &spelled(&transit::earlier_sql(DbBackend::Sqlite, true, true))).await;
    for found in [
        "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH n USING INDEX agent_runs_good (agent_id=? AND chat=? AND id>?)",
        "SEARCH n USING INDEX agent_runs_by_agent (agent_id=? AND rowid>? AND rowid<?)",
        "SEARCH m USING COVERING INDEX agent_runs_by_agent (agent_id=?)",
    ] {
        assert!(plan.contains(found), "{found}\n{plan}");
    }
    assert!(!["SCAN n", "SCAN m", "SCAN a"].iter().any(|scan| plan.contains(scan)), "{plan}");
}

/// The engine looks for what is under way all the time, and must not read what is over.
#[tokio::test]
async fn what_is_under_way_is_read_by_index() {
    let dir = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite://{}", dir.path().join("plans.db").display());
    let store = Store::open(&DatabaseConfig::at(&url).unwrap(), ManualClock::at(0)).await.unwrap();
    store.migrate().await.unwrap();
    let db = store.read.connections();
    let mut stop = transit::progress();
    stop.and_where(RunsOf::Agent(AgentId(1)).condition()).value(run::Column::LeaseUntil, 1);
    for (sql, found) in [
        (spelled(leases::EXPIRED), "SEARCH r USING INDEX agent_runs_running (agent_id=?)"),
        (spelled(leases::EXPIRE_ALL), "SEARCH r USING COVERING INDEX agent_runs_running (agent_id=?)"),
        (
            store.claim_statement("a", 7, &[], None).to_string(),
            "SEARCH q USING INDEX agent_runs_order (agent_id=? AND ordered_at<?)",
        ),
        (store.claim_statement("a", 7, &[], None).to_string(), "SEARCH n USING INDEX agent_runs_order (agent_id=?"),
        (
            store.claim_statement("a", 7, &[], None).to_string(),
            "SEARCH b USING COVERING INDEX agent_runs_leased (agent_id=? AND lease_until>?)",
        ),
        (
            store.claim_statement("a", 7, &[], None).to_string(),
            "SEARCH m USING COVERING INDEX agents_by_group (owner_id=? AND concurrency_group=?)",
        ),
        (store.build(&stop).to_string(), "SEARCH agent_runs USING INDEX agent_runs_running (agent_id=?)"),
        (spelled(transcripts::BEFORE), "SEARCH r USING INDEX agent_runs_order (agent_id=? AND ordered_at<?)"),
        (spelled(transcripts::BEFORE), "SEARCH r USING INDEX agent_runs_running (agent_id=?)"),
    ] {
        let plan = plan(db, &sql).await;
        assert!(plan.contains(found), "{sql}\n{plan}");
        assert!(!plan.contains("SCAN r") && !plan.contains("SCAN agent_runs"), "{sql}\n{plan}");
        assert!(!plan.contains("agent_runs_by_agent"), "{sql}\n{plan}");
    }
}
