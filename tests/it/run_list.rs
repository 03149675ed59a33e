//! Runs over all agents, on SQLite and on PostgreSQL: filters, pages, totals.

mod live;
mod rest;

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{NOW_MS, Subject};
use runboard::domain::agent::AgentSettings;
use runboard::domain::id::{AgentId, OwnerId, RunId};
use runboard::domain::money::NanoDollars;
use runboard::domain::run_filter::RunFilter;
use runboard::domain::views::runs::RunTotals;
use runboard::server::store::run_list::{RunPage, RunsFrom};
use runboard::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

on_both!(each_filter_has_what_it_says, pages_follow_one_another_both_ways_while_runs_arrive, totals_are_of_all_pages,);

/// The columns of a run that are not what they are for most.
type Row = &'static [(&'static str, &'static str)];

const HOUR: i64 = 3_600_000;

/// Runs by hand, each within a thread that is there; `:now`, `:a` and `:b` stand for the time and for two agents. Run 1 is
/// queued by the engine, of agent a.
const RUNS: &[(&str, Row)] = &[
    ("2", &[("status", "'success'"), ("total_cost", "50000000"), ("duration_ms", "90000"), ("total_tokens", "7")]),
    (
        "3",
        &[
            ("status", "'failed'"),
            ("failure_kind", "'timeout'"),
            ("error", "'Upstream timed out after 25 s'"),
            ("queued_at", ":now - 7200000"),
            ("tags", r#"'["eu","p2"]'"#),
            ("metadata", r#"'{"order":17,"vip":true,"ratio":1.50,"note":"a,b"}'"#),
        ],
    ),
    ("4", &[("status", "'failed'"), ("failure_kind", "'error'"), ("agent_id", ":b"), ("queued_at", ":now - 90000000")]),
    (
        "5",
        &[
            ("status", "'cancelled'"),
            ("trigger", "'manual'"),
            ("retry_of", "3"),
            ("input_preview", "'Order 4711 is late'"),
        ],
    ),
    (
        "6",
        &[
            ("status", "'skipped'"),
            ("skip_reason", "'overlap'"),
            ("trigger", "'schedule'"),
            ("queued_at", ":now - 3000000000"),
        ],
    ),
    (
        "7",
        &[
            ("status", "'running'"),
            ("finished_at", "NULL"),
            ("started_at", ":now - 120000"),
            ("model", "'openai/gpt-5'"),
        ],
    ),
    (
        "8",
        &[
            ("status", "'success'"),
            ("hook_id", "5"),
            ("hook_name", "'Tickets'"),
            ("agent_version", "2"),
            ("answer_preview", "'All 42 probes answer'"),
        ],
    ),
    // Accepted by a clock that was ahead.
    ("9", &[("status", "'success'"), ("queued_at", ":now - 60000"), ("agent_id", ":b"), ("tags", r#"'["eu"]'"#)]),
    // And by one that was behind.
    ("10", &[("status", "'success'"), ("queued_at", ":now - 9000000"), ("metadata", r#"'{"order":"17"}'"#)]),
];

async fn insert(raw: &DatabaseConnection, a: AgentId, b: AgentId) {
    for (id, row) in RUNS {
        let usual = [
            ("owner_id", "1"),
            ("agent_id", ":a"),
            ("thread_id", "(SELECT MIN(id) FROM threads)"),
            ("trigger", "'api'"),
            ("chat", "FALSE"),
            ("queued_at", ":now"),
            ("started_at", ":now"),
            ("finished_at", ":now"),
            ("model", "'demo/quick'"),
        ];
        let own = |name: &str| row.iter().any(|(column, _)| *column == name);
        let all = usual.into_iter().filter(|(name, _)| !own(name)).chain(row.iter().copied()).chain([("id", *id)]);
        let (names, values): (Vec<_>, Vec<_>) = all.unzip();
        let values = values.join(", ").replace(":now", &NOW_MS.to_string());
        let values = values.replace(":a", &a.to_string()).replace(":b", &b.to_string());
        let insert = format!("INSERT INTO agent_runs ({}) VALUES ({values})", names.join(", "));
        raw.execute_unprepared(&insert).await.unwrap_or_else(|error| panic!("{insert}: {error}"));
    }
}

/// Two agents, `a` with the tag `prod`, and the runs.
async fn world(database: TestDatabase) -> (Subject, DatabaseConnection) {
    let s = Subject::on(database).await;
    let a =
        AgentSettings { tags: vec!["prod".to_owned()], model: "demo/quick".into(), ..AgentSettings::named("Alpha") };
    let a = s.store.create_agent(&s.scope, &a, None).await.unwrap();
    let b = s.store.create_agent(&s.scope, &AgentSettings::named("Beta"), None).await.unwrap();
    assert_eq!((a, b, s.queue(a).await), (AgentId(1), AgentId(2), RunId(1)));
    let raw = Database::connect(&s.database.url).await.unwrap();
    insert(&raw, a, b).await;
    let due = "INSERT INTO run_documents_due (run_id, owner_id) SELECT id, owner_id FROM agent_runs
               WHERE finished_at IS NOT NULL";
    raw.execute_unprepared(due).await.unwrap();
    s.store.index_due_runs(None).await.unwrap();
    (s, raw)
}

fn filter(query: &str) -> RunFilter {
    RunFilter::from_query(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn ids(page: &RunPage) -> Vec<i64> {
    page.runs.iter().map(|listed| listed.run.id.0).collect()
}

async fn page(s: &Subject, query: &str, from: RunsFrom, limit: u64) -> RunPage {
    s.store.listed_runs(&s.scope, &filter(query), from, limit).await.unwrap_or_else(|error| panic!("{query}: {error}"))
}

async fn each_filter_has_what_it_says(database: TestDatabase) {
    let (s, _raw) = world(database).await;
    let all = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    let but = |out: &[i64]| all.into_iter().filter(|id| !out.contains(id)).collect::<Vec<_>>();
    for (query, expected) in [
        ("", all.to_vec()),
        ("agent=2", vec![9, 4]),
        ("agent=1", but(&[9, 4])),
        ("agent=!1", vec![9, 4]),
        ("agent=1,2", all.to_vec()),
        ("agent=3", vec![]),
        ("agent_tag=prod,other", but(&[9, 4])),
        ("agent_tag=!prod", vec![9, 4]),
        ("status=queued", vec![1]),
        ("status=queued,running", vec![7, 1]),
        ("status=success", vec![10, 9, 8, 2]),
        ("status=failed,skipped", vec![6, 4, 3]),
        ("status=!success", vec![7, 6, 5, 4, 3, 1]),
        ("status=!failed", but(&[4, 3])),
        ("status=failed&agent=2", vec![4]),
        ("status=failed&agent=!2", vec![3]),
        ("status=failed&trigger=manual", vec![]),
        ("failure_kind=timeout", vec![3]),
        ("failure_kind=!timeout", but(&[3])),
        ("failure_kind=timeout&status=success", vec![]),
        ("trigger=manual,schedule", vec![6, 5]),
        ("trigger=!api", vec![6, 5]),
        ("hook=any", vec![8]),
        ("hook=!any", but(&[8])),
        ("hook=4,5", vec![8]),
        ("hook=!5", but(&[8])),
        ("model=openai/gpt-5", vec![7]),
        ("model=!demo/quick", vec![7]),
        ("version=2", vec![8]),
        ("version=!2", but(&[8])),
        ("tag=eu", vec![9, 3]),
        ("tag=p2,other", vec![3]),
        ("tag=!eu", but(&[9, 3])),
        ("metadata.order=17", vec![10, 3]),
        ("metadata.order=!17", but(&[10, 3])),
        ("metadata.vip=true", vec![3]),
        ("metadata.ratio=1.50", vec![3]),
        ("metadata.note=a%5C,b", vec![3]),
        ("metadata.note=a,b", vec![]),
        ("metadata.order=17&metadata.vip=true", vec![3]),
        ("period=1h", but(&[10, 6, 4, 3])),
        ("period=24h", but(&[6, 4])),
        ("period=30d", but(&[6])),
        ("period=24h&status=failed", vec![3]),
        ("period=1h&agent=2", vec![9]),
        ("min_duration_s=90", vec![7, 2]),
        ("min_duration_s=91", vec![7]),
        ("min_cost_usd=0.05", vec![2]),
        ("min_cost_usd=0.051", vec![]),
        ("retried=true", vec![3]),
        ("retried=false&status=failed", vec![4]),
        ("q=%234", vec![4]),
        ("q=4", vec![4]),
        ("q=47*", vec![5]),
        ("q=42", vec![8]),
        ("q=TIMED+upstream", vec![3]),
        ("q=timed+order", vec![]),
        ("q=4711", vec![5]),
        ("q=probes", vec![8]),
        ("q=100%25", vec![]),
        ("status=success&period=24h&tag=eu&trigger=api", vec![9]),
    ] {
        assert_eq!(ids(&page(&s, query, RunsFrom::Newest, 50).await), expected, "{query}");
        // From both ends, and by the page.
        let mut walked = Vec::new();
        let mut from = RunsFrom::Newest;
        loop {
            let some = page(&s, query, from, 2).await;
            walked.extend(ids(&some));
            if !some.has_older {
                break;
            }
            from = RunsFrom::Below(*walked.last().unwrap());
        }
        assert_eq!(walked, expected, "{query}");
        let mut back = ids(&page(&s, query, RunsFrom::Above(0), 50).await);
        assert_eq!(back, expected, "{query}, upwards");
        back.retain(|id| *id > 4);
        assert_eq!(ids(&page(&s, query, RunsFrom::Above(4), 50).await), back, "{query}, above 4");
    }
    let at = |hours: i64| runboard::domain::time::Timestamp::from_ms(NOW_MS - hours * HOUR);
    let between = format!("from={}&to={}", at(26), at(1));
    assert_eq!(ids(&page(&s, &between, RunsFrom::Newest, 50).await), [10, 4, 3]);
    assert_eq!(ids(&page(&s, &format!("to={}", at(26)), RunsFrom::Newest, 50).await), [6]);
    let row = page(&s, "agent=2", RunsFrom::Newest, 1).await.runs.remove(0);
    assert_eq!((row.agent_name.as_str(), row.run.brief.tags.as_slice()), ("Beta", &["eu".to_owned()][..]));
    let other = Scope::of(OwnerId(2));
    for query in ["", "status=failed", "status=!success", "agent=1", "period=24h", "q=4"] {
        let found = s.store.listed_runs(&other, &filter(query), RunsFrom::Newest, 50).await.unwrap();
        assert_eq!(ids(&found), [] as [i64; 0], "{query}");
    }
}

async fn pages_follow_one_another_both_ways_while_runs_arrive(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    s.queue_many(agent, 7).await;
    let first = page(&s, "", RunsFrom::Newest, 3).await;
    assert_eq!((ids(&first), first.has_newer, first.has_older), (vec![7, 6, 5], false, true));
    s.queue_many(agent, 2).await;
    let second = page(&s, "", RunsFrom::Below(5), 3).await;
    assert_eq!((ids(&second), second.has_newer, second.has_older), (vec![4, 3, 2], true, true));
    let last = page(&s, "", RunsFrom::Below(2), 3).await;
    assert_eq!((ids(&last), last.has_newer, last.has_older), (vec![1], true, false));
    let back = page(&s, "", RunsFrom::Above(1), 3).await;
    assert_eq!((ids(&back), back.has_newer, back.has_older), (vec![4, 3, 2], true, true));
    let front = page(&s, "", RunsFrom::Above(6), 3).await;
    assert_eq!((ids(&front), front.has_newer, front.has_older), (vec![9, 8, 7], false, true));
}

async fn totals_are_of_all_pages(database: TestDatabase) {
    let (s, _raw) = world(database).await;
    let totals = async |query| s.store.run_totals(&s.scope, &filter(query)).await.unwrap();
    let known =
        RunTotals { runs: 1, total_tokens: Some(7), total_cost: Some(NanoDollars(50_000_000)), unpriced_runs: 0 };
    assert_eq!(totals("min_cost_usd=0.01").await, known);
    // Runs that have not begun or still run have no known cost.
    assert_eq!(totals("").await, RunTotals { runs: 10, unpriced_runs: 7, ..known });
    assert_eq!(totals("status=failed").await, RunTotals { runs: 2, unpriced_runs: 2, ..RunTotals::default() });
    assert_eq!(totals("agent=3").await, RunTotals::default());
}
