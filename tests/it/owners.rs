//! Tests that no route, server function, page or topic shows one owner the things of another.

mod live;
mod table;

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::owners::OWNER;
use crate::support::subject::Subject;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Method, Response, StatusCode};
use runboard::domain::agent::AgentSettings;
use runboard::domain::id::{AgentId, OwnerId};
use runboard::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use table::{Row, SECRET, Sees, declared, rows};

on_both!(
    another_owner_finds_nothing_and_changes_nothing,
    threads_of_others_are_none_of_one_s_own_agents,
    rows_from_before_there_were_owners_are_the_local_owner_s,
);

const FIRST: i64 = 1;
const SECOND: i64 = 2;
const THIRD: i64 = 3;

/// Ids by the names they have in the table.
pub struct World(Vec<(&'static str, i64)>);

impl World {
    /// Returns everything that the first owner has: agents, chats and runs, over and under way.
    pub async fn of_first(app: &TestApp) -> Self {
        let settings = json!({ "name": SECRET, "model": "demo/quick", "description": SECRET, "retention_runs": 1 });
        let agent = app.agent_with(settings).await;
        let busy = app.agent_with(json!({ "name": SECRET, "model": "ollama/wait", "max_concurrent_runs": 9 })).await;
        let run = app.task_is(agent, "success").await["id"].as_i64().unwrap();
        let failing = json!({ "model": "demo/fail" });
        let (_, failing) = app.post(&format!("/api/agents/{agent}/runs"), failing).await;
        app.run_is(failing["run_id"].as_i64().unwrap(), "failed").await;
        let (_, errors) = app.get(&format!("/api/agents/{agent}/errors")).await;
        let error = errors["data"][0]["id"].as_i64().unwrap();
        let mut ids = vec![("agent", agent), ("busy", busy), ("run", run), ("error", error)];
        for name in ["running", "running_too"] {
            ids.push((name, app.task_is(busy, "running").await["id"].as_i64().unwrap()));
        }
        app.agent_with(json!({ "name": "Alike", "description": SECRET, "model": "demo/quick" })).await;
        for name in ["doomed", "doomed_too"] {
            ids.push((name, app.agent_with(json!({ "name": SECRET, "model": "demo/quick" })).await));
        }
        for name in ["thread", "closed", "closed_too"] {
            let (_, thread) = app.post(&format!("/api/agents/{agent}/threads"), json!({ "title": SECRET })).await;
            let thread = thread["id"].as_i64().unwrap();
            let said = json!({ "role": "user", "content": SECRET });
            assert_eq!(app.post(&format!("/api/threads/{thread}/messages"), said).await.0, StatusCode::CREATED);
            ids.push((name, thread));
        }
        let limited = app.request(Method::PUT, &format!("/api/groups/{SECRET}")).json(&json!({ "limit": 3 }));
        assert_eq!(app.send(limited).await.0, StatusCode::OK);
        assert_eq!(app.post("/api/hold", json!({ "note": SECRET })).await.0, StatusCode::CREATED);
        for (name, called) in [("view", SECRET.to_owned()), ("doomed_view", format!("{SECRET} too"))] {
            let (_, made) = app.post("/api/views", json!({ "name": called, "query": format!("q={SECRET}") })).await;
            ids.push((name, made["id"].as_i64().unwrap()));
        }
        let at = format!("/api/agents/{agent}/hooks");
        for name in ["hook", "doomed_hook", "doomed_hook_too"] {
            let (_, made) = app.post(&at, json!({ "name": SECRET, "verification": "none" })).await;
            let path = made["path"].as_str().unwrap();
            assert_eq!(app.send(app.request(Method::POST, path).body(SECRET)).await.0, StatusCode::ACCEPTED);
            ids.push((name, made["id"].as_i64().unwrap()));
        }
        let tagged = json!({ "action": "tag", "ids": [run], "tags": [SECRET] });
        let (_, bulk) = app.post("/api/runs/bulk", tagged).await;
        let bulk = bulk["bulk_id"].as_i64().unwrap();
        eventually("it is carried out", async || {
            app.get(&format!("/api/bulk/{bulk}")).await.1["finished_at"].is_string().then_some(())
        })
        .await;
        ids.push(("bulk", bulk));
        let (_, deliveries) = app.get(&format!("{at}/{}/deliveries", ids[ids.len() - 4].1)).await;
        ids.push(("delivery", deliveries["data"][0]["id"].as_i64().unwrap()));
        Self(ids)
    }

    /// Returns the same names for what nobody has.
    fn nowhere(&self) -> Self {
        Self(self.0.iter().map(|(name, id)| (*name, id + 900_000)).collect())
    }

    pub fn id(&self, name: &str) -> i64 {
        self.0.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}")).1
    }

    /// Returns a text with ids in place of names, and settings in place of theirs.
    pub fn fill(&self, text: &str) -> String {
        let settings = serde_json::to_string(&AgentSettings::named("Zebra")).unwrap();
        let text = text.replace("<settings>", &settings);
        self.0.iter().fold(text, |text, (name, id)| text.replace(&format!("<{name}>"), &id.to_string()))
    }
}

async fn send(app: &TestApp, owner: i64, row: &Row, world: &World) -> Response {
    let method: Method = row.method().parse().unwrap();
    let request = app.request(method, &world.fill(row.at)).header(OWNER, owner);
    let request = match row.body {
        "" => request,
        body if body.starts_with("[[") => request.header("content-type", "application/toml").body(body),
        body => request.header("content-type", "application/json").body(world.fill(body)),
    };
    request.send().await.unwrap()
}

/// A stream's response is its status: its body never ends.
async fn heard(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let is_stream = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
    (status, if is_stream { String::new() } else { response.text().await.unwrap() })
}

/// Returns the words of a response, without ids and what is each request's own.
fn words(text: &str) -> String {
    let problem: Option<Value> = serde_json::from_str(text).ok();
    let detail = problem.as_ref().and_then(|problem| Some(problem.get("detail")?.to_string()));
    detail.unwrap_or_else(|| text.to_owned()).chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn pointed(text: &str, pointer: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}"));
    value.pointer(pointer).unwrap_or_else(|| panic!("{pointer} in {value}")).clone()
}

/// Returns all that the first owner has, and the numbers that every change of it raises.
async fn belongings(app: &TestApp, world: &World) -> Vec<Value> {
    let mut all = vec![app.get("/api/agents").await.1, app.get("/api/hold").await.1, app.get("/api/groups").await.1];
    for agent in ["agent", "busy", "doomed", "doomed_too"] {
        let at = format!("/api/agents/<{agent}>/details?include=runs,threads,stats");
        all.push(app.get(&world.fill(&at)).await.1);
    }
    for at in [
        "/api/runs/<run>/steps",
        "/api/threads/<thread>/messages",
        "/api/threads/<closed>/messages",
        "/api/agents/<agent>/hooks",
        "/api/agents/<agent>/errors",
    ] {
        all.push(app.get(&world.fill(at)).await.1);
    }
    let mut numbers: Vec<_> = app.state.store.live_seqs().await.unwrap().into_iter().collect();
    numbers.retain(|(_, (owner, _))| *owner == OwnerId(FIRST));
    numbers.sort_unstable();
    all.push(json!(format!("{numbers:?}")));
    all
}

async fn another_owner_finds_nothing_and_changes_nothing(database: TestDatabase) {
    let app = TestApp::of_several_owners(database).await;
    let world = World::of_first(&app).await;
    let nowhere = world.nowhere();
    let before = belongings(&app, &world).await;
    let mut seen = Vec::new();
    for row in rows() {
        let (status, text) = heard(send(&app, SECOND, row, &world).await).await;
        assert!(!text.contains(SECRET), "{row:?}: {text}");
        match row.sees {
            Sees::Gone => {
                assert_eq!(status, StatusCode::NOT_FOUND, "{row:?}: {text}");
                let (_, missing) = heard(send(&app, SECOND, row, &nowhere).await).await;
                assert_eq!(words(&text), words(&missing), "{row:?} tells that it is there");
            }
            Sees::None(pointer, ref none) => {
                assert_eq!((status, pointed(&text, pointer)), (StatusCode::OK, none.clone()), "{row:?}: {text}");
            }
            Sees::NoTrace | Sees::Own => assert!(status.is_success(), "{row:?}: {status} {text}"),
            Sees::Same => {}
        }
        seen.push(status);
    }
    assert_eq!(belongings(&app, &world).await, before);

    // It is all there for the first owner, or the table would prove nothing.
    for (row, status) in rows().iter().zip(seen) {
        let (own_status, own) = heard(send(&app, FIRST, row, &world).await).await;
        match row.sees {
            // Some tell of the time, so it is not the same to the letter.
            Sees::Same => assert_eq!(own_status, status, "{row:?}"),
            Sees::None(pointer, ref none) => assert_ne!(pointed(&own, pointer), *none, "{row:?}: {own}"),
            Sees::NoTrace => assert!(own.contains(SECRET), "{row:?}: {own}"),
            Sees::Gone | Sees::Own => {}
        }
        assert!(own_status.is_success() || row.sees == Sees::Same, "{row:?}: {own_status} {own}");
    }
}

/// An owner cannot reach into the chats of another by an agent of its own.
async fn threads_of_others_are_none_of_one_s_own_agents(database: TestDatabase) {
    let app = TestApp::of_several_owners(database).await;
    let world = World::of_first(&app).await;
    let made = app.request(Method::POST, "/api/agents").header(OWNER, SECOND).json(&json!({ "name": "Own" }));
    let own = app.send(made).await.1["id"].as_i64().unwrap();
    let before = belongings(&app, &world).await;
    let thread = world.id("thread");
    let asked = [
        app.request(Method::GET, &format!("/ui/chat?agent={own}&thread={thread}&whole=true")),
        app.request(Method::GET, &format!("/agents/{own}/chat/{thread}")),
        app.request(Method::POST, "/ui/chat/say")
            .json(&json!({ "agent": own, "thread": thread, "content": "Hello", "key": "say" })),
    ];
    for request in asked {
        let (status, answer) = app.send(request.header(OWNER, SECOND)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
    }
    assert_eq!(belongings(&app, &world).await, before);
}

/// The product ignores the tests' header: everybody is the person at this machine.
#[tokio::test]
async fn no_header_makes_another_owner_in_the_product() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let request = app.request(Method::GET, &format!("/api/agents/{agent}")).header(OWNER, SECOND);
    assert_eq!(app.send(request).await.0, StatusCode::OK);
}

async fn rows_from_before_there_were_owners_are_the_local_owner_s(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let thread = s.store.run(&s.scope, run).await.unwrap().thread_id;
    // Back to before there were owners.
    let status = s.store.migration_status().await.unwrap();
    let owners = status.iter().position(|(name, _)| name.ends_with("name_owners")).unwrap();
    s.store.migrate_down(Some((status.len() - owners) as u32)).await.unwrap();
    let raw = Database::connect(&s.database.url).await.unwrap();
    raw.execute_unprepared(&format!("UPDATE agents SET name = 'Old' WHERE id = {agent}")).await.unwrap();
    s.store.migrate().await.unwrap();

    let (found, _) = s.store.agent(&s.scope, agent).await.unwrap();
    assert_eq!((found.settings.name.as_str(), found.last_run.map(|run| run.id)), ("Old", Some(run)));
    assert_eq!(s.store.run(&s.scope, run).await.unwrap().thread_id, thread);
    assert_eq!(s.store.thread(&s.scope, thread).await.unwrap().agent_id, agent);
    let other = Scope::of(OwnerId(SECOND));
    assert!(s.store.agent(&other, AgentId(1)).await.is_err() && s.store.run(&other, run).await.is_err());
    assert_eq!(s.store.claim_runs("a", 9, &[]).await.unwrap()[0].run, run, "the engine works for all owners");
}

#[test]
fn the_table_has_every_route_and_server_function() {
    let functions = server_fn_paths().map(|(path, method)| format!("{method} {path}"));
    let there: BTreeSet<String> = declared().into_iter().chain(functions).collect();
    assert!(there.len() > 40, "{there:#?}");
    let table: BTreeSet<String> = rows().iter().map(|row| row.route.to_owned()).collect();
    let missing: Vec<_> = there.difference(&table).collect();
    let stale: Vec<_> = table.difference(&there).collect();
    assert!(missing.is_empty() && stale.is_empty(), "rows missing for {missing:#?}; rows of nothing: {stale:#?}");
}
