//! The pages' first HTML.

use crate::support::PATIENCE;
use crate::support::app::TestApp;
use crate::support::database::TestDatabase;
use reqwest::{Method, StatusCode, header};
use runboard::domain::agent::AgentSettings;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

/// Status of a page and what of its HTML is rendered, without the data at its end.
async fn page(app: &TestApp, path: &str, cookie: &str) -> (StatusCode, String) {
    let (status, html) = whole_page(app, path, cookie).await;
    let (rendered, _) = html.split_once("id=\"page-data\"").unwrap_or_else(|| panic!("{path}: no data in {html}"));
    (status, rendered.to_owned())
}

/// Status and HTML of a page.
async fn whole_page(app: &TestApp, path: &str, cookie: &str) -> (StatusCode, String) {
    let request = app.client.get(format!("{}{path}", app.url)).header(header::ACCEPT, "text/html");
    let response = request.header(header::COOKIE, cookie).send().await.unwrap();
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{path}");
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    for (path, says) in [
        ("/runs/99", "There is no run #99."),
        ("/runs/x", "A run's address has its number in it."),
        ("/runs/%ff", "A run's address has its number in it."),
        ("/agents/99", "There is no agent #99."),
        ("/agents/99/settings", "There is no agent #99."),
        ("/agents/x", "An agent's address has its number in it."),
        ("/elsewhere", "There is no page at this address."),
    ] {
        let (status, html) = page(&app, path, "").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(html.contains(says), "{path}: {html}");
        assert!(html.contains("<title>Not found · Runboard</title>"), "{path}");
    }
    let (status, html) = page(&app, "/?agent=99", "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("There is no agent #99."), "{html}");
}

#[tokio::test]
async fn the_page_is_in_the_theme_that_was_chosen() {
    let app = TestApp::start().await;
    for (cookie, attribute) in [
        ("a=b; theme=dark", Some(" data-theme=\"dark\"")),
        ("theme=light", Some(" data-theme=\"light\"")),
        ("theme=x", None),
    ] {
        let (_, html) = page(&app, "/", cookie).await;
        assert_eq!(html.contains("data-theme="), attribute.is_some(), "{cookie}");
        assert!(attribute.is_none_or(|attribute| html.contains(attribute)), "{cookie}");
    }
}

#[tokio::test]
async fn a_page_names_its_own_code_to_its_script_and_to_nobody_else() {
    let app = TestApp::start().await;
    let run = app.task(app.agent("quick").await).await;
    for (path, chunks) in
        [("/", ""), ("/agents/new", ""), (&*format!("/runs/{run}"), "/pkg/x/shared.wasm /pkg/x/run.wasm")]
    {
        let (_, html) = page(&app, path, "").await;
        let script = format!(
            "<script data-program=\"/pkg/x/x.js\" data-wasm=\"/pkg/x/x.wasm\" \
             data-chunks=\"{chunks}\">"
        );
        let (before, after) = html.split_once(&script).unwrap_or_else(|| panic!("{path}: no {script} in {html}"));
        assert!(!before.contains("stylesheet"), "a script waits for the style sheets before it");
        for elsewhere in [before, after] {
            assert!(!elsewhere.contains("x.wasm") && !elsewhere.contains("preload"), "{path}: {elsewhere}");
        }
    }
}

#[tokio::test]
async fn the_dashboard_leaves_out_the_style_of_the_other_pages() {
    let app = TestApp::start().await;
    for (path, style) in
        [("/", "x.css"), ("/runs", "pages.css"), ("/agents/new", "pages.css"), ("/nowhere", "pages.css")]
    {
        let (_, html) = page(&app, path, "").await;
        let link = format!("<link rel=\"stylesheet\" href=\"/pkg/x/{style}\"");
        assert!(html.contains(&link) && html.matches("rel=\"stylesheet\"").count() == 1, "{path}: {html}");
    }
}

#[tokio::test]
async fn what_an_agent_is_called_stays_text() {
    let app = TestApp::start().await;
    let name = "</script><b id=evil>";
    app.post("/api/agents", json!({ "name": name, "model": "demo/quick" })).await;
    let (_, html) = whole_page(&app, "/", "").await;
    assert!(!html.contains("<b id=evil>"), "{html}");
    assert!(html.contains("\\u003c/script>"), "it is in the page's data");
    let evil = "</textarea></script><b id=evil>";
    let input = json!({
        "name": evil, "description": evil, "system_instructions": evil, "task_instructions": evil, "model": "demo/quick"
    });
    let agent = app.agent_with(input).await;
    for path in [format!("/agents/{agent}"), format!("/agents/{agent}/settings")] {
        let (status, html) = whole_page(&app, &path, "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(!html.contains("<b id=evil>"), "{path}: {html}");
    }
}

#[tokio::test]
async fn parts_that_cannot_be_read_say_so_and_leave_the_others_alone() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let run = app.task_is(agent, "success").await["id"].clone();
    let other = Database::connect(url).await.unwrap();
    // The figures are nobody's by name.
    other.execute_unprepared("ALTER TABLE agents RENAME COLUMN name TO elsewhere").await.unwrap();
    let (status, html) = page(&app, "/", "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("The list of agents") && html.contains(" could not be loaded."), "{html}");
    assert!(html.contains("Try again") && html.contains("Success rate"), "{html}");
    assert!(!html.contains("no such column"), "{html}");
    other.execute_unprepared("ALTER TABLE agents RENAME TO elsewhere").await.unwrap();
    for (path, what) in [(format!("/runs/{run}"), "The run"), (format!("/agents/{agent}"), "The agent")] {
        let (status, html) = page(&app, &path, "").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(html.contains(what) && html.contains(" could not be loaded."), "{html}");
    }
}

/// Parts of a page that share state and were resolved on several threads at once made one page in a hundred hang.
#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_is_rendered_to_its_end_every_time() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    app.task_is(agent, "success").await;
    let url = format!("{}/?agent={agent}", app.url);
    let readers = (0..4).map(|_| {
        let (client, url) = (app.client.clone(), url.clone());
        tokio::spawn(async move {
            for _ in 0..60 {
                let page = client.get(&url).timeout(PATIENCE).send().await.unwrap().text().await;
                let page = page.expect("a page that ends");
                assert!(page.contains("</html>"), "{page}");
                let (rendered, _) = page.split_once("id=\"page-data\"").expect("its data");
                for part in ["Runs, last 24 h", "Incident review", "Latest runs of "] {
                    assert!(rendered.contains(part), "{part} is missing in {rendered}");
                }
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn an_agent_s_pages_say_all_there_is_of_it() {
    let app = TestApp::start().await;
    let agent = app
        .agent_with(json!({
            "name": "Support <triage>", "model": "demo/quick", "description": "Labels new tickets",
            "system_instructions": "\nBe brief & kind.", "task_instructions": "Say <hello>.",
            "schedule": "30 4 1 1 *", "time_zone": "Europe/Berlin", "timeout_s": 90, "max_steps": 7,
            "tools": ["http_request", "mcp:files/read_file"], "month_budget_tokens": 500, "run_budget_usd": 0.25
        }))
        .await;
    for _ in 0..3 {
        app.task_is(agent, "success").await;
    }
    let (status, html) = page(&app, &format!("/agents/{agent}"), "").await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "<title>Support &lt;triage> · Runboard</title>",
        "Labels new tickets",
        "At 04:30",
        "Europe/Berlin",
        "No server is called files any more.",
        " of 500 tokens",
        "$0.250",
        "Median of the last 3 successful runs",
        "data-run=",
        &format!("href=\"/agents/{agent}/settings\""),
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let (status, html) = page(&app, &format!("/agents/{agent}/settings"), "").await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "<title>Support &lt;triage>, settings · Runboard</title>",
        "value=\"Labels new tickets\"",
        ">\nSay &lt;hello>.</textarea>",
        ">\n\nBe brief &amp; kind.</textarea>",
        "value=\"30 4 1 1 *\"",
        "value=\"90\"",
        "value=\"0.25\"",
        "value=\"500\"",
        "files/read_file",
        "Changing agents needs JavaScript",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[tokio::test]
async fn that_no_provider_is_connected_is_said_until_it_is_dismissed() {
    let app = TestApp::start().await;
    let says = async |cookie: &str| page(&app, "/", cookie).await.1.contains("No model provider is connected");
    assert!(says("theme=dark").await);
    assert!(!says("theme=dark; provider-notice=dismissed").await);
}

#[tokio::test]
async fn settings_made_from_an_older_version_overwrite_nothing() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let replace = async |description: &str, version: i64| {
        let settings = AgentSettings { description: description.to_owned(), ..AgentSettings::named("A") };
        let body = json!({ "id": agent, "settings": settings, "version": version });
        let request = app.request(Method::POST, "/ui/agents/replace").json(&body);
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    assert_eq!(replace("First", 1).await.0, StatusCode::OK);
    let (status, says) = replace("Second", 1).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(says.contains(&format!("Somebody has changed agent #{agent}")), "{says}");
    let detail = app.request(Method::GET, &format!("/ui/agent/detail?id={agent}")).send().await.unwrap();
    let detail: Value = detail.json().await.unwrap();
    assert_eq!(detail["state"]["data"]["description"], "First");
    assert_eq!(detail["state"]["data"]["version"], 2);
}
