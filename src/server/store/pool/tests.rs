//! How many statements reading takes, however much there is to read.

use crate::domain::agent::AgentSettings;
use crate::domain::agent::listing::{Listing, PAGED_ABOVE};
use crate::domain::id::OwnerId;
use crate::domain::request::RunRequest;
use crate::domain::run::Trigger;
use crate::server::clock::ManualClock;
use crate::server::config::database::DatabaseConfig;
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use parking_lot::Mutex;
use std::sync::Arc;
use tempfile::TempDir;

#[tokio::test]
async fn the_dashboard_takes_few_statements_however_many_agents_there_are() {
    let dir = TempDir::new().unwrap();
    let url = format!("sqlite://{}", dir.path().join("counted.db").display());
    let mut store = Store::open(&DatabaseConfig::at(&url).unwrap(), ManualClock::at(0)).await.unwrap();
    store.migrate().await.unwrap();
    let statements: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&statements);
    store.read.connections.set_metric_callback(move |info| heard.lock().push(info.statement.sql.clone()));
    let scope = &Scope::of(OwnerId::LOCAL);
    let settings = AgentSettings { model: "demo/quick".into(), ..AgentSettings::named("One of many") };
    // Below the limit from which on there are pages, and above it.
    for made in 1..=PAGED_ABOVE + 1 {
        let agent = store.create_agent(scope, &settings, None).await.unwrap();
        store.create_task_run_with(scope, agent, Trigger::Manual, &RunRequest::default()).await.unwrap();
        if made > 3 && made < PAGED_ABOVE {
            continue;
        }
        // Once an hour, the day before takes one more.
        store.day_before(scope, store.now()).await.unwrap();
        statements.lock().clear();
        let board = store.board(scope, &Listing::default(), Some(agent), None).await.unwrap();
        assert_eq!(board.list.rows.last().map(|row| row.id), Some(agent));
        assert_eq!(board.list.page.is_some(), made > PAGED_ABOVE);
        assert!(board.open.unwrap().is_ok());
        let taken = statements.lock().clone();
        assert!((1..=5).contains(&taken.len()), "{taken:#?}");
    }
}
