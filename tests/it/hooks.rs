//! Webhooks: what arrives at their addresses starts runs, each delivery one.

mod kept;
mod killed;
mod odd;
mod rest;
mod trial;

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use runboard::server::clock::ManualClock;
use serde_json::{Value, json};
use sha2::Sha256;

on_both!(
    a_push_delivered_twice_makes_one_run,
    whatever_starts_no_run_says_why_and_is_listed,
    an_address_that_is_disabled_is_not_there,
    more_than_its_limit_is_told_to_come_later,
    each_kind_has_its_own_signature,
    a_replay_goes_by_the_settings_of_now,
);

const SECRET: &str = "It's a Secret to Everybody";

/// A response of a webhook.
pub struct Heard {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Returns the HMAC-SHA256 of a text in hex.
pub fn signed(secret: &str, text: &str) -> String {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn push(message: &str) -> String {
    json!({
        "ref": "refs/heads/main", "repository": { "full_name": "ada/engine" }, "pusher": { "name": "ada" },
        "head_commit": { "id": "6113728f", "message": message },
    })
    .to_string()
}

impl TestApp {
    /// Creates a webhook; returns its id and its path.
    pub async fn hook(&self, agent: i64, body: Value) -> (i64, String) {
        let (status, made) = self.post(&format!("/api/agents/{agent}/hooks"), body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        (made["id"].as_i64().unwrap(), made["path"].as_str().unwrap().to_owned())
    }

    pub async fn deliver(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
        let request = self.request(Method::POST, path).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        Heard { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// Delivers a push as GitHub does.
    async fn push(&self, path: &str, id: &str, event: &str, body: &str) -> Heard {
        let signature = format!("sha256={}", signed(SECRET, body));
        let headers = [("X-GitHub-Event", event), ("X-GitHub-Delivery", id), ("X-Hub-Signature-256", &signature)];
        self.deliver(path, &headers, body).await
    }

    pub async fn deliveries(&self, agent: i64, hook: i64) -> Vec<Value> {
        let (status, list) = self.get(&format!("/api/agents/{agent}/hooks/{hook}/deliveries")).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        list["data"].as_array().unwrap().clone()
    }

    async fn runs_of(&self, agent: i64) -> Vec<Value> {
        self.get(&format!("/api/agents/{agent}/runs?limit=100")).await.1.as_array().unwrap().clone()
    }

    /// Creates an agent that reviews commits, and a webhook for pushes to the main branch.
    async fn reviewer(&self) -> (i64, i64, String) {
        let agent = self.agent_with(json!({
            "name": "Reviewer", "model": "demo/quick", "task_instructions": "Review this commit on {{branch}}: {{input}}",
        }));
        let agent = agent.await;
        let hook = json!({
            "name": "Pushes", "verification": "github", "secret": SECRET,
            "filter": [
                { "header": "X-GitHub-Event", "equals": "push" },
                { "pointer": "/ref", "in": ["refs/heads/main", "refs/heads/next"] },
            ],
            "map": {
                "input": "/head_commit/message",
                "variables": { "branch": "/ref" },
                "tags": ["/repository/full_name", { "value": "push" }],
                "metadata": { "commit": "/head_commit/id" },
            },
        });
        let (id, path) = self.hook(agent, hook).await;
        (agent, id, path)
    }
}

async fn a_push_delivered_twice_makes_one_run(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (agent, hook, path) = app.reviewer().await;
    let body = push("Mend the carry of the mill");
    let first = app.push(&path, "one", "push", &body).await;
    assert_eq!((first.status, &first.body["outcome"]), (StatusCode::ACCEPTED, &json!("accepted")), "{}", first.body);
    assert_eq!(first.header("idempotency-replayed"), None);
    let run = first.body["run_id"].as_i64().unwrap();
    assert_eq!(first.header("location").unwrap(), format!("/api/runs/{run}"));
    let again = app.push(&path, "one", "push", &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::ACCEPTED, Some("true")));
    assert_eq!((&again.body["run_id"], &again.body["thread_id"]), (&first.body["run_id"], &first.body["thread_id"]));

    let found = app.run_is(run, "success").await;
    assert_eq!(found["trigger"], "api");
    assert_eq!(found["hook"], json!({ "id": hook, "name": "Pushes" }));
    assert_eq!(found["input"], "Mend the carry of the mill");
    assert_eq!(found["tags"], json!(["ada/engine", "push"]));
    assert_eq!(found["metadata"], json!({ "commit": "6113728f" }));
    let messages = app.get(&format!("/api/threads/{}/messages", found["thread_id"])).await.1.to_string();
    assert!(messages.contains("Review this commit on refs/heads/main: Mend the carry of the mill"), "{messages}");
    assert_eq!(app.runs_of(agent).await[0]["hook"]["name"], "Pushes");

    // All at once, and each of them waits for the first.
    let body = push("Oil the mill");
    let many = join_all((0..50).map(|_| app.push(&path, "two", "push", &body))).await;
    assert!(many.iter().all(|heard| heard.status == StatusCode::ACCEPTED));
    assert!(many.iter().all(|heard| heard.body["run_id"] == many[0].body["run_id"]));
    assert_eq!(many.iter().filter(|heard| heard.header("idempotency-replayed").is_none()).count(), 1);
    assert_eq!(app.runs_of(agent).await.len(), 2);

    let listed = app.deliveries(agent, hook).await;
    let told: Vec<_> = listed.iter().map(|d| (&d["delivery_id"], &d["outcome"], &d["status"], &d["run_id"])).collect();
    let (accepted, status) = (&json!("accepted"), &json!(202));
    assert_eq!(
        told,
        [
            (&json!("two"), accepted, status, &many[0].body["run_id"]),
            (&json!("one"), accepted, status, &first.body["run_id"]),
        ]
    );
    assert_eq!((&listed[1]["repeats"], &listed[1]["replayable"]), (&json!(1), &json!(true)));
    assert!(app.get(&format!("/api/agents/{agent}/hooks/{hook}")).await.1["last_delivery_at"].is_string());
}

async fn whatever_starts_no_run_says_why_and_is_listed(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (agent, hook, path) = app.reviewer().await;
    let body = push("Mend it");
    let forged = app.deliver(&path, &[("X-Hub-Signature-256", &format!("sha256={}", "0".repeat(64)))], &body).await;
    assert!(problem(&(forged.status, forged.body), 401).contains("same secret"));
    let unsigned = app.deliver(&path, &[], &body).await;
    assert!(problem(&(unsigned.status, unsigned.body), 401).contains("X-Hub-Signature-256"));
    let other = app.push(&path, "a", "push", &body.replace("main", "dev")).await;
    assert_eq!((other.status, &other.body["outcome"]), (StatusCode::OK, &json!("filtered")));
    let ping = app.push(&path, "b", "ping", r#"{"zen":"Design for failure."}"#).await;
    assert_eq!((ping.status, &ping.body["outcome"]), (StatusCode::OK, &json!("filtered")));
    let empty = app.push(&path, "c", "push", r#"{"ref":"refs/heads/main"}"#).await;
    assert!(problem(&(empty.status, empty.body), 422).contains("nothing at /head_commit/message"));
    // A variable that the map does not give is missing for the instructions.
    let (status, changed) = app
        .send(app.request(Method::PATCH, &format!("/api/agents/{agent}/hooks/{hook}")).json(&json!({
            "map": { "variables": { "branch": "/gone" } }
        })))
        .await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let missing = app.push(&path, "d", "push", &body).await;
    assert!(problem(&(missing.status, missing.body), 422).contains("variables/branch: is missing"));

    let listed = app.deliveries(agent, hook).await;
    let told: Vec<_> = listed
        .iter()
        .map(|d| (d["delivery_id"].as_str(), d["outcome"].as_str().unwrap(), d["status"].as_i64().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("d"), "refused", 422),
            (Some("c"), "refused", 422),
            (Some("b"), "filtered", 200),
            (Some("a"), "filtered", 200),
            (None, "refused", 401),
            (None, "refused", 401),
        ]
    );
    let why = |at: usize| listed[at]["detail"].as_str().unwrap();
    assert!(why(0).contains("variables/branch: is missing"), "{}", why(0));
    assert!(why(2).contains("ping") && why(3) == "/ref is “refs/heads/dev”", "{} {}", why(2), why(3));
    let replayable: Vec<_> = listed.iter().map(|d| d["replayable"].as_bool().unwrap()).collect();
    assert_eq!(replayable, [true, true, true, true, false, false], "of what was not verified nothing is kept");
    assert_eq!(app.runs_of(agent).await.len(), 0);

    // A refused delivery may come again once it can be used.
    app.send(app.request(Method::PATCH, &format!("/api/agents/{agent}/hooks/{hook}")).json(&json!({
        "map": { "variables": { "branch": "/ref" } }
    })))
    .await;
    assert_eq!(app.push(&path, "d", "push", &body).await.status, StatusCode::ACCEPTED);

    let long = app.push(&path, "e", "push", &"x".repeat(1024 * 1024 + 1)).await;
    assert!(problem(&(long.status, long.body), 413).contains("1048576 bytes"));
    let (status, _) = app.get(&path).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

async fn an_address_that_is_disabled_is_not_there(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (agent, hook, path) = app.reviewer().await;
    let at = format!("/api/agents/{agent}/hooks/{hook}");
    let enable = async |enabled: bool| {
        let (status, changed) = app.send(app.request(Method::PATCH, &at).json(&json!({ "enabled": enabled }))).await;
        assert_eq!((status, &changed["enabled"]), (StatusCode::OK, &json!(enabled)));
    };
    enable(false).await;
    let disabled = app.push(&path, "one", "push", &push("x")).await;
    let unknown = app.push("/hooks/nobody-has-this-token", "one", "push", &push("x")).await;
    let said = problem(&(disabled.status, disabled.body), 404);
    assert_eq!(said, problem(&(unknown.status, unknown.body), 404), "neither says which it is");
    let none = app.push("/hooks/%ff", "one", "push", &push("x")).await;
    assert_eq!(said, problem(&(none.status, none.body), 404), "no text at all");
    assert!(app.deliveries(agent, hook).await.is_empty());
    enable(true).await;
    assert_eq!(app.push(&path, "one", "push", &push("x")).await.status, StatusCode::ACCEPTED);
}

async fn more_than_its_limit_is_told_to_come_later(database: TestDatabase) {
    let clock = ManualClock::at(1_900_000_000_000);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let agent = app.agent("quick").await;
    let (hook, path) = app.hook(agent, json!({ "name": "Few", "verification": "none", "rate_per_minute": 2 })).await;
    for left in ["r=1;t=30", "r=0;t=60"] {
        let heard = app.deliver(&path, &[], "x").await;
        assert_eq!(heard.status, StatusCode::ACCEPTED);
        assert_eq!(heard.header("ratelimit-policy"), Some("\"hook\";q=2;w=60"));
        assert_eq!(heard.header("ratelimit").unwrap(), format!("\"hook\";{left}"));
    }
    let late = app.deliver(&path, &[], "x").await;
    assert_eq!((late.header(RETRY_AFTER.as_str()), late.header("ratelimit")), (Some("30"), Some("\"hook\";r=0;t=60")));
    assert!(problem(&(late.status, late.body), 429).contains("in 30 seconds"));
    clock.advance(30_000);
    assert_eq!(app.deliver(&path, &[], "x").await.status, StatusCode::ACCEPTED);
    assert_eq!(app.deliver(&path, &[], "x").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.deliveries(agent, hook).await.len(), 3);
}

async fn each_kind_has_its_own_signature(database: TestDatabase) {
    let clock = ManualClock::at(1_900_000_000_000);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let agent = app.agent("quick").await;
    let make = async |verification: Value, secret: &str| {
        app.hook(agent, json!({ "name": "Any", "verification": verification, "secret": secret })).await.1
    };
    let time = "1900000000";

    let slack = make(json!("slack"), "slack-secret").await;
    let challenge = r#"{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#;
    let by_slack = async |body: &str| {
        let signature = format!("v0={}", signed("slack-secret", &format!("v0:{time}:{body}")));
        app.deliver(&slack, &[("X-Slack-Request-Timestamp", time), ("X-Slack-Signature", &signature)], body).await
    };
    let answered = by_slack(challenge).await;
    assert_eq!(answered.status, StatusCode::OK);
    assert_eq!(answered.body, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
    assert!(answered.header("content-type").unwrap().starts_with("text/plain"));
    let event = r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}"#;
    let (first, again) = (by_slack(event).await, by_slack(event).await);
    assert_eq!((first.status, &again.body["run_id"]), (StatusCode::ACCEPTED, &first.body["run_id"]));

    let stripe = make(json!("stripe"), "whsec_stripe").await;
    let by_stripe = async |body: &str| {
        let signature = format!("t={time},v1={}", signed("whsec_stripe", &format!("{time}.{body}")));
        app.deliver(&stripe, &[("Stripe-Signature", &signature)], body).await
    };
    let (first, again) = (by_stripe(r#"{"id":"evt_1"}"#).await, by_stripe(r#"{"id":"evt_1"}"#).await);
    assert_eq!((first.status, &again.body["run_id"]), (StatusCode::ACCEPTED, &first.body["run_id"]));

    let hmac = make(json!({ "kind": "hmac", "header": "X-Sig", "prefix": "v1=" }), "s").await;
    let signature = format!("v1={}", signed("s", "text"));
    let heard = app.deliver(&hmac, &[("X-Sig", &signature), ("Idempotency-Key", "k")], "text").await;
    let again = app.deliver(&hmac, &[("X-Sig", &signature), ("Idempotency-Key", "k")], "text").await;
    assert_eq!((heard.status, &again.body["run_id"]), (StatusCode::ACCEPTED, &heard.body["run_id"]));
    let other = app.deliver(&hmac, &[("X-Sig", &signature)], "text").await;
    assert_ne!(other.body["run_id"], heard.body["run_id"], "without an id each is a delivery of its own");

    clock.advance(301_000);
    let late = by_slack(event).await;
    assert!(problem(&(late.status, late.body), 401).contains("5 minutes"));
}

async fn a_replay_goes_by_the_settings_of_now(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (agent, hook, path) = app.reviewer().await;
    let at = format!("/api/agents/{agent}/hooks/{hook}");
    app.push(&path, "one", "push", &push("Mend it")).await;
    app.push(&path, "two", "push", &push("Mend it too").replace("main", "dev")).await;
    let listed = app.deliveries(agent, hook).await;
    let (filtered, accepted) = (listed[0]["id"].as_i64().unwrap(), listed[1]["id"].as_i64().unwrap());
    let replay = |id: i64| format!("{at}/deliveries/{id}/replay");

    let (status, again) = app.poke(&replay(accepted)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{again}");
    assert_eq!(
        (&again["delivery"]["replay_of"], &again["run"]["input_preview"]),
        (&json!(accepted), &json!("Mend it"))
    );
    assert_eq!(again["run"]["hook"]["id"], hook);
    let (status, still) = app.poke(&replay(filtered)).await;
    assert_eq!(
        (status, &still["delivery"]["outcome"], &still["run"]),
        (StatusCode::OK, &json!("filtered"), &Value::Null)
    );
    let patch =
        json!({ "filter": [{ "header": "x-github-event", "equals": "push" }], "map": { "input": "/pusher/name" } });
    app.send(app.request(Method::PATCH, &at).json(&patch)).await;
    let (status, now) = app.poke(&replay(filtered)).await;
    assert_eq!((status, &now["run"]["input_preview"]), (StatusCode::ACCEPTED, &json!("ada")));
    // A replay can be replayed, and fails as a delivery would.
    app.send(app.request(Method::PATCH, &at).json(&json!({ "map": { "input": "/gone" } }))).await;
    let id = now["delivery"]["id"].as_i64().unwrap();
    problem(&app.poke(&replay(id)).await, 422);
    let newest = &app.deliveries(agent, hook).await[0];
    assert_eq!((&newest["outcome"], &newest["replay_of"]), (&json!("refused"), &json!(id)));

    let forged = app.deliver(&path, &[("X-Hub-Signature-256", "sha256=00")], "{}").await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
    let forged = app.deliveries(agent, hook).await[0]["id"].as_i64().unwrap();
    assert!(problem(&app.poke(&replay(forged)).await, 409).contains("was not kept"));
    problem(&app.poke(&replay(999_999)).await, 404);

    // One request replays once.
    app.send(app.request(Method::PATCH, &at).json(&json!({ "map": { "input": "/pusher/name" } }))).await;
    let ask = || app.request(Method::POST, &replay(accepted)).header("idempotency-key", "once");
    let (first, second) = (app.send(ask()).await, app.send(ask()).await);
    assert_eq!(first.0, StatusCode::ACCEPTED, "{}", first.1);
    assert_eq!((&first.1["run"]["id"], &first.1["delivery"]), (&second.1["run"]["id"], &second.1["delivery"]));
}
