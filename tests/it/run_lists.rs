//! `/api/agents/{id}/runs` for those who ask again and again: what they have is not sent again, and what they get is never
//! older than what they know.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::owners::OWNER;
use crate::support::subject::{Subject, first_step};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, IF_NONE_MATCH, VARY};
use reqwest::{Client, Method, StatusCode};
use runboard::domain::id::AgentId;
use runboard::domain::run::{AgentRun, Trigger};
use runboard::error::AppError;
use runboard::server::reads::run_lists::{Rendered, RunLists};
use serde_json::{Value, json};

/// A response to a request for a list.
struct Listed {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Listed {
    fn header(&self, name: HeaderName) -> String {
        self.headers.get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    }

    fn runs(&self) -> Vec<Value> {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn list(app: &TestApp, agent: i64, headers: &[(HeaderName, &str)]) -> Listed {
    // One that neither asks for codings by itself nor takes them off.
    let client = Client::builder().no_brotli().no_gzip().build().unwrap();
    let request = client.get(format!("{}/api/agents/{agent}/runs", app.url));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Listed { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

on_both!(
    a_list_that_the_client_has_is_not_sent_again,
    a_list_is_never_older_than_what_was_answered,
    each_change_of_a_run_shows,
    a_claim_shows,
    what_others_write_shows,
);

async fn a_list_that_the_client_has_is_not_sent_again(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    app.task_is(agent, "success").await;
    let first = list(&app, agent, &[]).await;
    let tag = first.header(ETAG);
    assert_eq!((first.status, first.header(VARY).as_str()), (StatusCode::OK, "accept-encoding"));
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 30, "{tag}");

    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = list(&app, agent, &[(IF_NONE_MATCH, &known)]).await;
        assert_eq!((again.status, again.header(ETAG), again.body.len()), (StatusCode::NOT_MODIFIED, tag.clone(), 0));
    }
    // The same for who knows another, and for who knows it in another coding.
    for coding in ["br", "gzip"] {
        let coded = list(&app, agent, &[(ACCEPT_ENCODING, coding), (IF_NONE_MATCH, &tag)]).await;
        assert_eq!((coded.status, coded.header(CONTENT_ENCODING).as_str()), (StatusCode::OK, coding));
        let known = coded.header(ETAG);
        assert_ne!(known, tag);
        let again = list(&app, agent, &[(ACCEPT_ENCODING, coding), (IF_NONE_MATCH, &known)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    }

    // Of a body that is coded on its way out, the tag promises no bytes.
    let long = format!("gzip, {}", "x-unheard-of;q=0.1, ".repeat(10));
    for codings in [vec![(ACCEPT_ENCODING, &*long)], vec![(ACCEPT_ENCODING, "gzip"), (ACCEPT_ENCODING, "br")]] {
        let coded = list(&app, agent, &codings).await;
        assert_eq!((coded.status, coded.header(ETAG)), (StatusCode::OK, format!("W/{tag}")));
        assert_ne!(coded.header(CONTENT_ENCODING), "");
        let again = list(&app, agent, &[&codings[..], &[(IF_NONE_MATCH, &*coded.header(ETAG))]].concat()).await;
        assert_eq!((again.status, again.header(ETAG)), (StatusCode::NOT_MODIFIED, format!("W/{tag}")));
    }

    app.task_is(agent, "success").await;
    let after = list(&app, agent, &[(IF_NONE_MATCH, &tag)]).await;
    assert_eq!((after.status, after.runs().len()), (StatusCode::OK, 2));
    assert_ne!(after.header(ETAG), tag);
}

/// Many clients start runs and read the list after each, while runs end on their own: whatever was answered is in it.
/// Returns a run as lists show it: without what it was given, whole.
fn as_listed(mut run: Value) -> Value {
    let fields = run.as_object_mut().unwrap();
    let of_one = ["input", "variables", "payloads_removed_at"];
    assert!(of_one.iter().all(|name| fields.remove(*name).is_some()));
    run
}

async fn a_list_is_never_older_than_what_was_answered(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "Busy", "model": "demo/quick", "max_concurrent_runs": 50 })).await;
    let client = async || {
        for _ in 0..20 {
            let run = app.task(agent).await;
            let newest: Vec<_> = list(&app, agent, &[]).await.runs();
            assert!(
                newest.iter().any(|listed| listed["id"] == run) || newest.last().unwrap()["id"].as_i64() > Some(run)
            );
            let over = as_listed(app.run_is(run, "success").await);
            let listed = list(&app, agent, &[]).await.runs().into_iter().find(|listed| listed["id"] == run);
            assert!(listed.is_none_or(|listed| listed == over), "{over}");
        }
    };
    tokio::join!(client(), client(), client(), client());
}

async fn each_change_of_a_run_shows(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "One", "model": "ollama/wait", "max_concurrent_runs": 1 })).await;
    assert_eq!(list(&app, agent, &[]).await.runs(), [] as [Value; 0]);
    let (running, queued) = (app.task(agent).await, app.task(agent).await);
    app.run_is(running, "running").await;
    // Asked for twice each time: as it is read, and as it is kept.
    let shown = async || {
        let (first, second) = (list(&app, agent, &[]).await, list(&app, agent, &[]).await);
        assert_eq!(first.runs(), second.runs());
        assert_eq!(first.runs(), [app.run(queued).await, app.run(running).await].map(as_listed));
        first.runs()
    };
    assert_eq!(shown().await[0]["status"], "queued");
    app.poke(&format!("/api/runs/{queued}/stop")).await;
    assert_eq!(shown().await[0]["status"], "cancelled");
    app.poke(&format!("/api/runs/{running}/stop")).await;
    app.run_is(running, "cancelled").await;
    assert_eq!(shown().await[1]["status"], "cancelled");
    app.poke(&format!("/api/runs/{running}/retry")).await;
    assert_eq!(list(&app, agent, &[]).await.runs().len(), 3);
    app.poke(&format!("/api/agents/{agent}/stop")).await;
    let (status, _) = app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(list(&app, agent, &[(IF_NONE_MATCH, "*")]).await.status, StatusCode::NOT_FOUND);
}

/// Returns a list as it is kept, without a door.
async fn kept(lists: &RunLists, s: &Subject, agent: AgentId) -> Vec<Value> {
    let render = |runs: Vec<AgentRun>| async move {
        let body = serde_json::to_vec(&runs).unwrap().into();
        Ok::<_, AppError>(Rendered { body, coding: None, tag: "\"x\"".parse().unwrap() })
    };
    let list = lists.read(&s.scope, agent, 20, None, render).await.unwrap();
    serde_json::from_slice(&list.body).unwrap()
}

/// A claim counts an attempt and raises no `live_seq`.
async fn a_claim_shows(database: TestDatabase) {
    let s = Subject::on(database).await;
    let lists = RunLists::new(s.store.clone());
    let agent = s.agent(5).await;
    s.queue(agent).await;
    assert_eq!(kept(&lists, &s, agent).await[0]["attempt"], 0);
    let claim = s.store.claim_runs("me", 1, &[]).await.unwrap().pop().unwrap();
    assert_eq!(kept(&lists, &s, agent).await[0]["attempt"], 1);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    assert_eq!(kept(&lists, &s, agent).await[0]["status"], "running");
    let looping = s.store.mark_looping(&claim, true).await.unwrap();
    assert!(looping.is_some());
    assert_eq!(kept(&lists, &s, agent).await[0]["looping"], true);
}

/// Another process writes where several may; where one does, its file is read again after each of its own commits.
async fn what_others_write_shows(database: TestDatabase) {
    let s = Subject::on(database).await;
    let lists = RunLists::new(s.store.clone());
    let (agent, other) = (s.agent(5).await, s.agent(5).await);
    let queued = s.queue(agent).await;
    s.store.request_stop(&s.scope, queued).await.unwrap();
    let before = kept(&lists, &s, agent).await;
    s.queue(other).await;
    assert_eq!(kept(&lists, &s, agent).await, before);
    match s.store.is_exclusive() {
        true => assert!(s.store.generation().is_some()),
        false => {
            assert_eq!(s.store.generation(), None);
            let theirs = s.database.open(s.clock.clone()).await;
            let run = theirs.create_retry(&s.scope, queued, Trigger::Api, None).await.unwrap().run.id;
            assert_eq!(kept(&lists, &s, agent).await[0]["id"], json!(run));
            theirs.close().await;
        }
    }
    assert_eq!(kept(&lists, &s, other).await.len(), 1);
}

#[tokio::test]
async fn a_list_is_kept_for_its_owner_alone() {
    let app = TestApp::of_several_owners(TestDatabase::sqlite()).await;
    let agent = app.agent("quick").await;
    app.task_is(agent, "success").await;
    for _ in 0..2 {
        assert_eq!(list(&app, agent, &[]).await.status, StatusCode::OK);
        let theirs = list(&app, agent, &[(HeaderName::from_static(OWNER), "2")]).await;
        assert_eq!((theirs.status, theirs.header(ETAG)), (StatusCode::NOT_FOUND, String::new()));
    }
}
