//! Tests of priorities: the order in which queued runs are claimed, and that none starves.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use reqwest::StatusCode;
use runboard::domain::id::{AgentId, RunId};
use runboard::domain::priority::Priority;
use runboard::domain::request::RunRequest;
use runboard::domain::run::Trigger;
use runboard::domain::time::Timestamp;
use runboard::server::store::endings::Verdict;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;

on_both!(
    the_more_urgent_go_first_within_their_head_start,
    a_run_of_low_priority_does_not_starve,
    agents_take_turns_whatever_their_runs_priorities,
    a_run_that_was_put_off_has_the_place_of_when_it_was_queued,
    what_is_ahead_is_counted_in_the_same_order,
    runs_of_before_keep_their_order,
    it_is_asked_for_shown_and_kept_by_a_retry,
);

impl Subject {
    async fn queue_as(&self, agent: AgentId, priority: Priority) -> RunId {
        self.queue_with(agent, RunRequest { priority, ..RunRequest::default() }).await
    }

    async fn queue_with(&self, agent: AgentId, request: RunRequest) -> RunId {
        self.store.create_task_run_with(&self.scope, agent, Trigger::Api, &request).await.unwrap().run.id
    }

    /// Claims and executes one run after the other; returns them in that order.
    async fn execute(&self, most: usize) -> Vec<RunId> {
        let mut order = Vec::new();
        while order.len() < most
            && let Some(claim) = self.store.claim_runs("a", 1, &[]).await.unwrap().pop()
        {
            self.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
            self.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
            order.push(claim.run);
        }
        order
    }
}

async fn the_more_urgent_go_first_within_their_head_start(database: TestDatabase) {
    use Priority::{High, Low, Normal};
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let mut runs = Vec::new();
    // Minutes at which they come, and their priorities.
    for (minute, priority) in [(0, Low), (0, Normal), (10, High), (1, Normal), (5, Low), (4, High), (0, Normal)] {
        s.clock.advance(minute * MINUTE_MS);
        runs.push(s.queue_as(agent, priority).await);
    }
    // In minutes: low 0 + 15, normal 0, high 10 - 15, normal 11, low 16 + 15, high 20 - 15, normal 20.
    let order = [2, 1, 5, 3, 0, 6, 4].map(|at: usize| runs[at]);
    assert_eq!(s.execute(9).await, order);
}

/// A run of high priority comes every minute, and one run is executed every minute.
async fn a_run_of_low_priority_does_not_starve(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    s.queue_as(agent, Priority::High).await;
    let low = s.queue_as(agent, Priority::Low).await;
    let mut waited = 0;
    while s.execute(1).await != [low] {
        s.clock.advance(MINUTE_MS);
        s.queue_as(agent, Priority::High).await;
        waited += 1;
        assert!(waited <= 32, "it starves");
    }
    assert!(waited >= 29, "it went first after {waited} minutes");
}

async fn agents_take_turns_whatever_their_runs_priorities(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (busy, calm) = (s.agent(9).await, s.agent(9).await);
    let mut urgent = Vec::new();
    for _ in 0..4 {
        urgent.push(s.queue_as(busy, Priority::High).await);
    }
    let low = s.queue_as(calm, Priority::Low).await;
    let claims = s.store.claim_runs("a", 2, &[]).await.unwrap();
    let claimed: Vec<_> = claims.iter().map(|claim| claim.run).collect();
    assert_eq!(claimed, [urgent[0], low], "one backlog holds up nobody else");
}

async fn a_run_that_was_put_off_has_the_place_of_when_it_was_queued(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let not_before = Some(Timestamp::from_ms(s.store.now().ms() + 60 * MINUTE_MS));
    let later = s.queue_with(agent, RunRequest { not_before, ..RunRequest::default() }).await;
    s.clock.advance(59 * MINUTE_MS);
    let earlier = s.queue(agent).await;
    s.clock.advance(2 * MINUTE_MS);
    let last = s.queue(agent).await;
    assert_eq!(s.execute(9).await, [later, earlier, last]);
}

async fn what_is_ahead_is_counted_in_the_same_order(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let low = s.queue_as(agent, Priority::Low).await;
    let normal = s.queue(agent).await;
    let high = s.queue_as(agent, Priority::High).await;
    let mut ahead = Vec::new();
    for run in [low, normal, high] {
        ahead.push(s.store.run_record(&s.scope, run).await.unwrap().ahead);
    }
    assert_eq!(ahead, [Some(2), Some(1), Some(0)]);
    assert_eq!(s.execute(9).await, [high, normal, low]);
}

async fn runs_of_before_keep_their_order(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let runs = s.queue_many(agent, 3).await;
    let status = s.store.migration_status().await.unwrap();
    let since = status.iter().position(|(name, _)| name.ends_with("prioritise_runs")).unwrap();
    s.store.migrate_down(Some((status.len() - since) as u32)).await.unwrap();
    let raw = Database::connect(&s.database.url).await.unwrap();
    let second = runs[1];
    raw.execute_unprepared(&format!("UPDATE agent_runs SET queued_at = 5 WHERE id = {second}")).await.unwrap();
    s.store.migrate().await.unwrap();
    assert_eq!(s.execute(9).await, [runs[1], runs[0], runs[2]], "the second had waited longest");
}

async fn it_is_asked_for_shown_and_kept_by_a_retry(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let start = async |body: Value| app.post(&format!("/api/agents/{agent}/task"), body).await;
    let run = start(json!({ "priority": "high" })).await.1["run_id"].as_i64().unwrap();
    assert_eq!(app.run_is(run, "success").await["priority"], "high");
    assert_eq!(app.run(app.task(agent).await).await["priority"], "normal");
    let list = app.get(&format!("/api/agents/{agent}/runs")).await.1;
    assert_eq!(list.as_array().unwrap().iter().filter(|run| run["priority"] == "high").count(), 1);

    let retry = app.poke(&format!("/api/runs/{run}/retry")).await.1["run_id"].as_i64().unwrap();
    assert_eq!(app.run(retry).await["priority"], "high");
    let lower = app.post(&format!("/api/runs/{run}/retry"), json!({ "priority": "low" })).await;
    let lower = app.run(lower.1["run_id"].as_i64().unwrap()).await;
    assert_eq!((&lower["priority"], &lower["thread_id"]), (&json!("low"), &app.run(run).await["thread_id"]));
    let usual = app.post(&format!("/api/runs/{run}/retry"), json!({ "priority": null })).await;
    assert_eq!(app.run(usual.1["run_id"].as_i64().unwrap()).await["priority"], "normal");

    let refused = start(json!({ "priority": "urgent" })).await;
    assert!(problem(&refused, 422).contains("\"high\", \"normal\" or \"low\""));
    assert_eq!(refused.1["errors"][0]["pointer"], "/priority");
    let (_, thread) = app.post(&format!("/api/agents/{agent}/threads"), json!({})).await;
    let thread = thread["id"].as_i64().unwrap();
    let said = json!({ "role": "user", "content": "Hello" });
    assert_eq!(app.post(&format!("/api/threads/{thread}/messages"), said).await.0, StatusCode::CREATED);
    let turn = app.poke(&format!("/api/threads/{thread}/run")).await.1["run_id"].as_i64().unwrap();
    app.run_is(turn, "success").await;
    let refused = app.post(&format!("/api/runs/{turn}/retry"), json!({ "priority": "high" })).await;
    assert!(problem(&refused, 422).contains("turn of a chat"));
}
