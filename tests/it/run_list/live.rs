//! The page of runs while runs change: which it hears of, reads again and counts.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::owners::OWNER;
use crate::support::socket::Socket;
use reqwest::Method;
use serde_json::{Value, json};

on_both!(watchers_hear_which_runs_change, what_is_shown_is_read_again_and_what_is_new_is_counted,);

async fn watchers_hear_which_runs_change(database: TestDatabase) {
    let app = TestApp::of_several_owners(database).await;
    let agent = app.agent("wait").await;
    let mut socket = Socket::open_as(&app, 1).await;
    socket.subscribe("runs").await;
    let state = socket.hear_next("runs_state").await;
    assert_eq!(state["data"], json!({ "newest": null, "changed": null }));
    let run = app.task(agent).await;
    // Now and then another process is looked for, of which nothing is known.
    let names = |news: &Value| {
        let changed = &news["data"]["changed"];
        changed.is_null() || changed.as_array().is_some_and(|ids| ids.contains(&json!(run)))
    };
    let about = async |socket: &mut Socket| {
        loop {
            let news = socket.hear_next("runs_state").await;
            if names(&news) && news["data"]["newest"] == run {
                return;
            }
        }
    };
    about(&mut socket).await;
    app.run_is(run, "running").await;
    app.stage.open(1);
    about(&mut socket).await;
}

async fn what_is_shown_is_read_again_and_what_is_new_is_counted(database: TestDatabase) {
    let app = TestApp::of_several_owners(database).await;
    let agent = app.agent("wait").await;
    let (first, second) = (app.task(agent).await, app.task(agent).await);
    let news = async |query: &str, owner: i64| {
        let get = app.request(Method::GET, &format!("/ui/runs/news?{query}")).header(OWNER, owner);
        app.send(get).await.1
    };
    let (_, view) = app.get("/ui/runs?query=status%3Drunning,queued").await;
    assert_eq!(view["runs"].as_array().unwrap().len(), 2);
    let third = app.task(agent).await;
    let query = format!("query=status%3Drunning,queued&shown={second},{first},900000&above=0");
    let heard = news(&query, 1).await;
    assert_eq!((&heard["runs"][1]["id"], heard["runs"].as_array().unwrap().len()), (&json!(first), 2));
    assert_eq!(heard["new"], 1);
    // One of these is shown.
    app.stage.open(2);
    let over = crate::support::eventually("a run is over", async || {
        let heard = news(&query, 1).await;
        heard["runs"].as_array().unwrap().iter().any(|run| run["status"] == "success").then_some(heard)
    });
    assert_eq!(
        over.await["runs"].as_array().unwrap().len(),
        2,
        "what is shown stays, though it is not wanted any more"
    );
    assert_eq!(news(&format!("query=&shown={third}"), 1).await["new"], 0, "nothing is counted unless it is asked for");
    assert_eq!(news(&format!("query=&shown={third}&above=0"), 2).await, json!({ "runs": [], "new": 0 }));
}
