//! Tests of concurrency groups: a limit over several agents, on all servers, that holds up nobody else.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::subject::{Subject, ending, first_step};
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use runboard::domain::agent::AgentSettings;
use runboard::domain::id::{AgentId, OwnerId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::Trigger;
use runboard::server::store::endings::Verdict;
use runboard::server::store::leases::Claim;
use runboard::server::store::scope::Scope;
use serde_json::{Value, json};

on_both!(
    its_agents_share_the_limit_in_turn_and_others_are_not_held_up,
    what_is_claimed_counts_before_it_begins,
    a_limit_can_be_changed_and_taken_away,
    servers_that_claim_together_stay_within_it,
    a_group_is_one_owner_s,
    limits_are_listed_set_and_taken_away,
);

impl Subject {
    async fn grouped(&self, group: Option<&str>) -> AgentId {
        self.grouped_of(&self.scope, group).await
    }

    async fn grouped_of(&self, scope: &Scope, group: Option<&str>) -> AgentId {
        let (model, concurrency_group) = ("demo/quick".into(), group.map(str::to_owned));
        let settings = AgentSettings { model, concurrency_group, ..AgentSettings::named("Grouped") };
        self.store.create_agent(scope, &settings, None).await.unwrap()
    }

    async fn limit(&self, group: &str, limit: i32) {
        assert_eq!(self.store.limit_group(&self.scope, group, limit).await.unwrap().limit, Some(limit));
    }

    async fn claim(&self, owner: &str) -> Vec<Claim> {
        self.store.claim_runs(owner, 100, &[]).await.unwrap()
    }

    async fn begin(&self, claims: &[Claim]) {
        for claim in claims {
            self.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
        }
    }

    async fn end(&self, claim: &Claim) {
        self.store.end_run(claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    }
}

fn of(claims: &[Claim], agent: AgentId) -> usize {
    claims.iter().filter(|claim| claim.agent == agent).count()
}

async fn its_agents_share_the_limit_in_turn_and_others_are_not_held_up(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (one, other) = (s.grouped(Some("gpu")).await, s.grouped(Some("gpu")).await);
    let (alone, unlimited) = (s.grouped(None).await, s.grouped(Some("cpu")).await);
    for agent in [one, other, alone, unlimited] {
        s.queue_many(agent, 4).await;
    }
    s.limit("gpu", 3).await;
    let claims = s.claim("a").await;
    assert_eq!([one, other, alone, unlimited].map(|agent| of(&claims, agent)), [2, 1, 4, 4]);
    s.begin(&claims).await;
    assert!(s.claim("b").await.is_empty(), "the group is full");
    s.end(claims.iter().find(|claim| claim.agent == one).unwrap()).await;
    let next = s.claim("b").await;
    assert_eq!((next.len(), of(&next, alone)), (1, 0), "one place is free");
    let groups = s.store.groups(&s.scope).await.unwrap();
    let shown: Vec<_> = groups.iter().map(|g| (g.name.as_str(), g.limit, g.agents, g.running)).collect();
    assert_eq!(shown, [("cpu", None, 1, 4), ("gpu", Some(3), 2, 2)]);
}

async fn what_is_claimed_counts_before_it_begins(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (one, other) = (s.grouped(Some("gpu")).await, s.grouped(Some("gpu")).await);
    s.queue_many(one, 3).await;
    s.limit("gpu", 2).await;
    let claims = s.claim("a").await;
    assert_eq!(claims.len(), 2);
    s.queue(other).await;
    assert!(s.claim("b").await.is_empty());
    s.store.release_claim(&claims[0]).await.unwrap();
    assert_eq!(s.claim("b").await.len(), 1);
}

async fn a_limit_can_be_changed_and_taken_away(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.grouped(Some("gpu")).await;
    s.queue_many(agent, 6).await;
    s.limit("gpu", 3).await;
    let claims = s.claim("a").await;
    s.begin(&claims).await;
    s.limit("gpu", 1).await;
    s.end(&claims[0]).await;
    assert!(s.claim("a").await.is_empty(), "two are still running");
    s.limit("gpu", 3).await;
    assert_eq!(s.claim("a").await.len(), 1);
    s.store.unlimit_group(&s.scope, "gpu").await.unwrap();
    assert_eq!(s.claim("a").await.len(), 2, "its agent's own limit is 5");
    assert!(s.store.unlimit_group(&s.scope, "gpu").await.is_err());
}

async fn servers_that_claim_together_stay_within_it(database: TestDatabase) {
    let s = Subject::on(database).await;
    s.limit("gpu", 3).await;
    for _ in 0..8 {
        let agent = s.grouped(Some("gpu")).await;
        s.queue_many(agent, 2).await;
    }
    let servers: Vec<String> = (0..8).map(|server| format!("server-{server}")).collect();
    let mut executed = 0;
    while executed < 16 {
        let claimed = join_all(servers.iter().map(|server| s.claim(server))).await.concat();
        assert!((1..=3).contains(&claimed.len()), "{claimed:?}");
        s.begin(&claimed).await;
        for claim in &claimed {
            s.end(claim).await;
        }
        executed += claimed.len();
    }
}

async fn a_group_is_one_owner_s(database: TestDatabase) {
    let s = Subject::on(database).await;
    let other = Scope::of(OwnerId(2));
    let (mine, theirs) = (s.grouped(Some("gpu")).await, s.grouped_of(&other, Some("gpu")).await);
    s.limit("gpu", 1).await;
    s.queue_many(mine, 3).await;
    for _ in 0..3 {
        s.store.create_task_run_with(&other, theirs, Trigger::Api, &RunRequest::default()).await.unwrap();
    }
    let claims = s.claim("a").await;
    assert_eq!((of(&claims, mine), of(&claims, theirs)), (1, 3));
    let groups = s.store.groups(&other).await.unwrap();
    assert_eq!((groups.len(), groups[0].limit), (1, None));
    assert!(s.store.unlimit_group(&other, "gpu").await.is_err());
}

async fn limits_are_listed_set_and_taken_away(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let put = async |name: &str, body: Value| {
        app.send(app.request(Method::PUT, &format!("/api/groups/{name}")).json(&body)).await
    };
    let delete = async |name: &str| app.send(app.request(Method::DELETE, &format!("/api/groups/{name}"))).await;
    assert_eq!(app.get("/api/groups").await, (StatusCode::OK, json!({ "data": [] })));
    let gpu = json!({ "name": "key 1/gpu", "limit": 4, "agents": 0, "running": 0 });
    assert_eq!(put("key%201%2Fgpu", json!({ "limit": 4 })).await, (StatusCode::OK, gpu.clone()));
    let agent =
        json!({ "name": "A", "model": "ollama/wait", "concurrency_group": "key 1/gpu", "max_concurrent_runs": 9 });
    let agent = app.agent_with(agent).await;
    app.task_is(agent, "running").await;
    let listed = app.get("/api/groups").await.1;
    assert_eq!(listed["data"][0], json!({ "name": "key 1/gpu", "limit": 4, "agents": 1, "running": 1 }));

    // A lower limit stops nothing, and holds the next one up until it is raised.
    assert_eq!(put("key%201%2Fgpu", json!({ "limit": 1 })).await.0, StatusCode::OK);
    let second = app.task(agent).await;
    assert_eq!(app.run(second).await["status"], "queued");
    assert_eq!(put("key%201%2Fgpu", json!({ "limit": 2 })).await.0, StatusCode::OK);
    app.run_is(second, "running").await;
    let third = app.task(agent).await;
    assert_eq!(delete("key%201%2Fgpu").await.0, StatusCode::NO_CONTENT);
    app.run_is(third, "running").await;
    problem(&delete("key%201%2Fgpu").await, 404);

    for limit in [json!(0), json!(1001), json!("4"), json!(null)] {
        let refused = put("gpu", json!({ "limit": limit })).await;
        problem(&refused, 422);
        assert_eq!(refused.1["errors"][0]["pointer"], "/limit", "{}", refused.1);
    }
    assert!(problem(&put(&"x".repeat(65), json!({ "limit": 1 })).await, 422).contains("1 to 64 characters"));
    problem(&put("%20gpu", json!({ "limit": 1 })).await, 422);
    let long = json!({ "name": "B", "model": "demo/quick", "concurrency_group": "x".repeat(65) });
    let refused = app.post("/api/agents", long).await;
    assert!(problem(&refused, 422).contains("at most 64 characters"));
    assert_eq!(refused.1["errors"][0]["pointer"], "/concurrency_group");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_keep_one_limit() {
    let database = TestDatabase::postgres().await;
    let (one, other) = (TestApp::on(database.clone(), "127.0.0.1:0").await, TestApp::on(database, "127.0.0.1:0").await);
    let limit = one.request(Method::PUT, "/api/groups/gpu").json(&json!({ "limit": 3 }));
    assert_eq!(one.send(limit).await.0, StatusCode::OK);
    for n in 0..4 {
        let agent = json!({ "name": format!("A{n}"), "model": "ollama/wait", "concurrency_group": "gpu" });
        let agent = one.agent_with(agent).await;
        for app in [&one, &other] {
            app.task(agent).await;
            app.task(agent).await;
        }
    }
    let state = async || {
        let running = one.get("/api/groups").await.1["data"][0]["running"].as_i64().unwrap();
        assert!(running <= 3, "{running} at once");
        (running, one.stage.begun() + other.stage.begun())
    };
    eventually("the group is full", async || (state().await == (3, 3)).then_some(())).await;
    one.stage.open(16);
    other.stage.open(16);
    eventually("all are executed", async || (state().await == (0, 16)).then_some(())).await;
}
