//! Pages of agents, where there are too many to show at once: on SQLite and on PostgreSQL.

mod served;

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use migration::{Migrator, MigratorTrait};
use runboard::domain::agent::AgentSettings;
use runboard::domain::agent::listing::{Column, Listing, PAGE, Page, PageEdge, Sort, Standing};
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::id::{AgentId, OwnerId};
use runboard::domain::run::RunStatus;
use runboard::server::store::endings::Verdict;
use runboard::server::store::scope::Scope;
use runboard::server::store::versions::Saving;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use std::collections::BTreeSet;

on_both!(
    pages_follow_one_another_while_agents_come_go_and_fail,
    every_order_leads_through_all_agents_and_back,
    what_is_searched_for_and_how_agents_stand_is_found_on_the_server,
    the_last_run_that_ended_decides_who_needs_attention,
    agents_of_an_older_database_are_found,
    others_agents_are_on_no_page,
);

/// Agents `Agent 1` to `Agent {n}`, straight into the table.
async fn many(raw: &DatabaseConnection, owner: OwnerId, n: usize) {
    let one = |i: usize| {
        format!(
            "({}, 'Agent {i}', 'Tidies up', '', '', 'demo/quick', FALSE, 1, 60, 1, 0, 0, 'agent {i}' || {})",
            owner.0, REST
        )
    };
    let rows: Vec<_> = (1..=n).map(one).collect();
    let insert = format!(
        "INSERT INTO agents (owner_id, name, description, system_instructions, task_instructions, model, paused,
                             max_concurrent_runs, timeout_s, live_seq, created_at, updated_at, search_key)
         VALUES {}",
        rows.join(", ")
    );
    raw.execute_unprepared(&insert).await.unwrap();
}

/// The rest of an agent's searched text, after its name: each part on a line of its own.
const REST: &str = "'\ntidies up\ndemo/quick'";

async fn subject(database: TestDatabase, agents: usize) -> (Subject, DatabaseConnection) {
    let s = Subject::on(database).await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    many(&raw, OwnerId::LOCAL, agents).await;
    (s, raw)
}

impl Subject {
    async fn page(&self, listing: &Listing) -> (Vec<i64>, Page) {
        let list = self.store.agent_list(&self.scope, listing, None).await.unwrap();
        (list.rows.iter().map(|row| row.id.0).collect(), list.page.expect("a page"))
    }

    async fn end_one(&self, agent: i64, verdict: Verdict) {
        self.queue(AgentId(agent)).await;
        let claim = self.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        self.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        self.store.end_run(&claim, &ending(verdict)).await.unwrap().unwrap();
    }

    async fn fail(&self, agent: i64) {
        self.end_one(agent, Verdict::Failed(Failure::new(FailureCause::Other, "no"))).await;
    }
}

fn after(page: &Page) -> Listing {
    Listing { edge: PageEdge::After(page.next.clone().expect("another page")), ..Listing::default() }
}

async fn pages_follow_one_another_while_agents_come_go_and_fail(database: TestDatabase) {
    let (s, _raw) = subject(database, 260).await;
    let (first, page) = s.page(&Listing::default()).await;
    assert_eq!(first, (1..=50).collect::<Vec<_>>());
    assert_eq!((page.found, page.before, page.shown, page.counts.all), (260, 0, 50, 260));
    assert_eq!(page.previous, None);

    // One of the first page goes, one of the third begins to need attention, one comes.
    s.store.delete_agent(AgentId(7)).await.unwrap();
    s.fail(120).await;
    s.agent(1).await;
    let (second, page) = s.page(&after(&page)).await;
    assert_eq!(second, (51..=100).collect::<Vec<_>>(), "nobody is shifted");
    assert_eq!((page.found, page.before, page.counts.attention), (260, 50, 1), "49 of the first page, and 120");

    let (third, next) = s.page(&after(&page)).await;
    assert_eq!(third, (101..=151).filter(|id| *id != 120).collect::<Vec<_>>());
    let back = Listing { edge: PageEdge::Before(next.previous.clone().unwrap()), ..Listing::default() };
    let (again, page) = s.page(&back).await;
    assert_eq!((again, page.before), (second, 50));
    let (top, _) = s.page(&Listing::default()).await;
    assert_eq!(top[..3], [120, 1, 2], "who needs attention comes first");

    // The agent at the edge itself goes: its place is still one.
    s.store.delete_agent(AgentId(100)).await.unwrap();
    assert_eq!(s.page(&after(&page)).await.0, third);
    // All after a place have gone.
    let beyond = Listing { edge: PageEdge::After(next.next.clone().unwrap()), ..Listing::default() };
    for id in 152..=261 {
        s.store.delete_agent(AgentId(id)).await.unwrap();
    }
    let list = s.store.agent_list(&s.scope, &beyond, None).await.unwrap();
    assert_eq!((list.page, list.rows.len()), (None, 149), "few enough to be shown at once");
}

async fn every_order_leads_through_all_agents_and_back(database: TestDatabase) {
    let (s, raw) = subject(database, 230).await;
    raw.execute_unprepared("UPDATE agents SET last_failed = TRUE WHERE id % 3 = 0").await.unwrap();
    raw.execute_unprepared(
        "UPDATE agents SET schedule = '@daily', next_due_at = 1000 + (id * 7) % 40 WHERE id % 2 = 0",
    )
    .await
    .unwrap();
    for (by, reversed) in
        [Column::Status, Column::Name, Column::NextRun].into_iter().flat_map(|by| [(by, false), (by, true)])
    {
        let sort = Sort { by, reversed, by_tag: false };
        let (mut all, mut edge, mut pages) = (Vec::new(), PageEdge::First, Vec::new());
        loop {
            let (ids, page) = s.page(&Listing { sort, edge, ..Listing::default() }).await;
            assert_eq!(page.before, all.len() as i64);
            all.extend(ids.clone());
            pages.push(ids);
            match page.next.clone() {
                Some(next) => edge = PageEdge::After(next),
                None => {
                    let mut previous = page.previous;
                    while let Some(cursor) = previous {
                        pages.pop();
                        let listing = Listing { sort, edge: PageEdge::Before(cursor), ..Listing::default() };
                        let (ids, page) = s.page(&listing).await;
                        assert_eq!(Some(&ids), pages.last(), "{sort:?}");
                        previous = page.previous;
                    }
                    break;
                }
            }
        }
        assert_eq!(pages.len(), 1, "{sort:?}");
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 230, "{sort:?}: each once");
        let key = |id: &i64| match by {
            Column::Name => (false, 0, format!("agent {id}")),
            Column::NextRun => (id % 2 != 0, if id % 2 == 0 { 1000 + (id * 7) % 40 } else { 0 }, String::new()),
            _ => (false, i64::from(id % 3 != 0), String::new()),
        };
        let is_in_order = |pair: &[i64]| {
            let ((a_none, a, a_text), (b_none, b, b_text)) = (key(&pair[0]), key(&pair[1]));
            let order = if reversed { (b, &b_text).cmp(&(a, &a_text)) } else { (a, &a_text).cmp(&(b, &b_text)) };
            a_none.cmp(&b_none).then(order).then(pair[0].cmp(&pair[1])).is_lt()
        };
        assert!(all.windows(2).all(is_in_order), "{sort:?}: {all:?}");
    }
    // An order that pages cannot have is the usual one.
    let rate = Listing { sort: Sort { by: Column::Rate, reversed: true, by_tag: false }, ..Listing::default() };
    assert_eq!(s.page(&rate).await.0, s.page(&Listing::default()).await.0);
}

async fn what_is_searched_for_and_how_agents_stand_is_found_on_the_server(database: TestDatabase) {
    let (s, raw) = subject(database, 240).await;
    let special = AgentSettings {
        model: "demo/quick".into(),
        description: "100 % of_invoices".into(),
        paused: true,
        ..AgentSettings::named("ÜBER Rechnung")
    };
    let special = s.store.create_agent(&s.scope, &special, None).await.unwrap().0;
    let search = async |words: &str| {
        let (ids, page) = s.page(&Listing { search: words.to_owned(), ..Listing::default() }).await;
        assert_eq!(page.counts.all, 241, "counts are of all");
        (ids, page.found)
    };
    for words in ["über", "RECHNUNG über", "100 % of_", "of_invoices demo/"] {
        assert_eq!(search(words).await, (vec![special], 1), "{words}");
    }
    for words in ["of%invoices", "x_x", "über tidies", "a\0b", "'"] {
        assert_eq!(search(words).await, (Vec::new(), 0), "{words}");
    }
    assert_eq!(search("  ").await.1, 241);
    let (ids, found) = search("agent 2").await;
    assert_eq!((ids.len(), found), (PAGE, 79), "all words, anywhere");

    s.queue(AgentId(5)).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.fail(9).await;
    s.fail(special).await;
    raw.execute_unprepared("UPDATE agents SET schedule = '@daily', next_due_at = 5 WHERE id = 11").await.unwrap();
    for (standing, who) in
        [(Standing::Attention, 9), (Standing::Running, 5), (Standing::Scheduled, 11), (Standing::Paused, special)]
    {
        let (ids, page) = s.page(&Listing { only: Some(standing), ..Listing::default() }).await;
        assert_eq!((ids, page.found, page.counts.of(standing)), (vec![who], 1, 1), "{standing:?}");
    }
    let none = Listing { only: Some(Standing::Paused), search: "agent".into(), ..Listing::default() };
    assert_eq!(s.page(&none).await.0, Vec::<i64>::new());
    let summary = s.store.summary(&s.scope).await.unwrap();
    let counts = summary.agents;
    assert_eq!((counts.all, counts.attention, counts.running, counts.active_runs), (241, 1, 1, 1));

    // A new name is found by it, and not by the old one.
    let renamed = AgentSettings { model: "demo/quick".into(), ..AgentSettings::named("Other") };
    s.store.replace_agent(&s.scope, AgentId(special), &renamed, &Saving::default()).await.unwrap();
    assert_eq!(search("über").await.1, 0);
    assert_eq!(search("other").await.0, [special]);
    assert_eq!(s.page(&Listing { only: Some(Standing::Attention), ..Listing::default() }).await.0, [9, special]);
}

async fn the_last_run_that_ended_decides_who_needs_attention(database: TestDatabase) {
    let (s, raw) = subject(database, 220).await;
    let attention = async || s.page(&Listing::default()).await.1.counts.attention;
    s.fail(3).await;
    assert_eq!(attention().await, 1);
    s.end_one(3, Verdict::Success).await;
    assert_eq!(attention().await, 0);
    s.fail(3).await;
    s.store.set_paused(&s.scope, AgentId(3), true).await.unwrap();
    assert_eq!(attention().await, 0, "somebody knows");
    s.store.set_paused(&s.scope, AgentId(3), false).await.unwrap();
    assert_eq!(attention().await, 1);
    // Runs under way do not count; then they are cancelled together.
    s.queue_many(AgentId(3), 3).await;
    assert_eq!(attention().await, 1);
    s.store.stop_agent_runs(&s.scope, AgentId(3)).await.unwrap();
    assert_eq!(attention().await, 0);

    // Accepted first and put off, it ends last.
    let put_off = s.queue(AgentId(3)).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    raw.execute_unprepared("UPDATE agents SET max_concurrent_runs = 2 WHERE id = 3").await.unwrap();
    s.end_one(3, Verdict::Success).await;
    s.clock.advance(1);
    let failed = Verdict::Failed(Failure::new(FailureCause::Other, "no"));
    s.store.end_run(&claim, &ending(failed)).await.unwrap().unwrap();
    assert_eq!((claim.run, attention().await), (put_off, 1), "the last to end decides, not the last to be accepted");

    // A run that does not happen says nothing of how the agent does.
    raw.execute_unprepared("UPDATE agents SET month_budget_tokens = 1 WHERE id = 3").await.unwrap();
    let run = s.queue(AgentId(3)).await;
    assert_eq!(s.store.run(&s.scope, run).await.unwrap().status, RunStatus::Skipped);
    assert_eq!(attention().await, 1);
}

async fn agents_of_an_older_database_are_found(database: TestDatabase) {
    let s = Subject::on(database).await;
    let settings = AgentSettings { model: "demo/quick".into(), ..AgentSettings::named("Ärger") };
    let agent = s.store.create_agent(&s.scope, &settings, None).await.unwrap();
    let calm = s.agent(1).await;
    s.fail(agent.0).await;
    s.end_one(calm.0, Verdict::Success).await;
    // It was skipped since, which does not hide that it failed.
    let raw = Database::connect(&s.database.url).await.unwrap();
    let skip = "INSERT INTO agent_runs (agent_id, owner_id, thread_id, status, trigger, chat, model, queued_at, finished_at,
                                        skip_reason)
                SELECT agent_id, owner_id, thread_id, 'skipped', 'schedule', FALSE, model, queued_at, finished_at + 1, 'overlap'
                FROM agent_runs WHERE status = 'failed'";
    raw.execute_unprepared(skip).await.unwrap();
    let migrations = Migrator::migrations();
    let before = migrations.iter().position(|migration| migration.name().ends_with("list_agents")).unwrap();
    s.store.migrate_down(Some((migrations.len() - before) as u32)).await.unwrap();
    s.store.migrate().await.unwrap();
    let select = "SELECT search_key, last_failed FROM agents ORDER BY id".to_owned();
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), select)).await.unwrap();
    let row = |row: usize| {
        (rows[row].try_get::<String>("", "search_key").unwrap(), rows[row].try_get::<bool>("", "last_failed").unwrap())
    };
    assert_eq!(row(0), ("ärger\n\ndemo/quick\n".to_owned(), true));
    assert_eq!(row(1), ("test\n\ndemo/quick\n".to_owned(), false));
}

async fn others_agents_are_on_no_page(database: TestDatabase) {
    let (s, raw) = subject(database, 210).await;
    let other = Scope::of(OwnerId(2));
    many(&raw, OwnerId(2), 205).await;
    raw.execute_unprepared("UPDATE agents SET last_failed = TRUE WHERE id = 211").await.unwrap();
    let (ids, page) = s.page(&Listing::default()).await;
    assert_eq!((ids[0], page.found, page.counts.attention), (1, 210, 0));
    let theirs = s.store.agent_list(&other, &Listing::default(), Some(AgentId(1))).await.unwrap();
    let page = theirs.page.unwrap();
    assert_eq!((page.found, page.counts.all, page.counts.attention), (205, 205, 1));
    assert_eq!((theirs.rows.len(), theirs.rows[0].id), (PAGE, AgentId(211)), "the open agent is not theirs");
    let open = s.store.agent_list(&s.scope, &Listing::default(), Some(AgentId(200))).await.unwrap();
    assert_eq!((open.rows.len(), open.rows[PAGE].id), (PAGE + 1, AgentId(200)), "it comes after the page");
}
