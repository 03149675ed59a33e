//! The pages' first HTML.

use crate::support::app::TestApp;
use std::time::Duration;

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
                let page = client.get(&url).timeout(Duration::from_secs(20)).send().await.unwrap().text().await;
                let page = page.expect("a page that ends");
                for part in ["Runs, last 24 h", "Incident review", "Latest runs of ", "</html>"] {
                    assert!(page.contains(part), "{part} is missing in {page}");
                }
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
}
