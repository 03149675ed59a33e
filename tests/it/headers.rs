//! Tests of every response's instructions to browsers: which scripts a page may run, and that nothing is guessed or
//! framed.

use crate::support::app::TestApp;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Method, Response, header};
use sha2::{Digest, Sha256};

/// Returns the directives of a response's policy.
fn policy(response: &Response) -> Vec<String> {
    let header = response.headers().get(header::CONTENT_SECURITY_POLICY).expect("a policy").to_str().unwrap();
    header.split(';').map(|directive| directive.trim().to_owned()).collect()
}

fn assert_safe(response: &Response, path: &str) {
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")]
    {
        assert_eq!(response.headers().get(name).map(|value| value.to_str().unwrap()), Some(value), "{path}");
    }
    let policy = policy(response);
    assert!(policy.contains(&"default-src 'none'".to_owned()), "{path}: {policy:?}");
    assert!(policy.contains(&"frame-ancestors 'none'".to_owned()), "{path}: {policy:?}");
    assert!(!policy.concat().contains("unsafe-inline"), "{path}: {policy:?}");
}

/// Returns the scripts in the HTML that a browser would run: those that are not data.
fn inline_scripts(html: &str) -> Vec<&str> {
    html.split("<script")
        .skip(1)
        .filter_map(|part| part.split_once('>'))
        .filter(|(attributes, _)| !attributes.contains("application/json") && !attributes.contains("src="))
        .map(|(_, rest)| rest.split_once("</script>").expect("an end").0)
        .collect()
}

#[tokio::test]
async fn a_page_runs_the_one_script_that_its_policy_names() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let run = app.task_is(agent, "success").await["id"].clone();
    for path in [
        "/".to_owned(),
        format!("/?agent={agent}"),
        "/agents/new".to_owned(),
        format!("/agents/{agent}"),
        format!("/agents/{agent}/settings"),
        format!("/agents/{agent}/chat"),
        format!("/agents/{agent}/versions"),
        format!("/agents/{agent}/hooks"),
        "/agents/import".to_owned(),
        "/agents/select".to_owned(),
        "/runs".to_owned(),
        format!("/runs/{run}"),
        "/runs/999999".to_owned(),
        "/nowhere".to_owned(),
    ] {
        let response = app.request(Method::GET, &path).header(header::ACCEPT, "text/html").send().await.unwrap();
        assert_safe(&response, &path);
        let policy = policy(&response);
        for directive in
            ["style-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "object-src 'none'"]
        {
            assert!(policy.contains(&directive.to_owned()), "{path}: {policy:?}");
        }
        let html = response.text().await.unwrap();
        let [script] = inline_scripts(&html)[..] else { panic!("{path}: not one script in {html}") };
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' 'sha256-{hash}'")), "{policy:?}");
        // A policy without 'unsafe-inline' ignores these, so there must be none.
        let (head, _) = html.split_once("id=\"page-data\"").expect("its data");
        for inline in [" style=\"", "<style", " onclick=", "javascript:"] {
            assert!(!head.contains(inline), "{path}: {inline} in {head}");
        }
    }
}

#[tokio::test]
async fn whatever_is_no_page_loads_nothing() {
    let app = TestApp::start().await;
    for (method, path) in [
        (Method::GET, "/healthz"),
        (Method::GET, "/readyz"),
        (Method::GET, "/api/agents"),
        (Method::GET, "/api/nothing"),
        (Method::GET, "/api/ws"),
        (Method::PUT, "/api/agents"),
        (Method::POST, "/ui/agents/create"),
        (Method::GET, "/nothing.js"),
        (Method::GET, "/agents/1/events"),
    ] {
        let response = app.request(method, path).send().await.unwrap();
        assert_safe(&response, path);
        assert!(!policy(&response).concat().contains("script-src"), "{path}");
    }
    let refused = app.request(Method::GET, "/").header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 403);
    assert_safe(&refused, "/ under a foreign name");
}
