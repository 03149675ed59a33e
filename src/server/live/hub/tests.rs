//! Tests of who hears what.

use super::*;
use crate::server::clock::ManualClock;
use crate::server::config::database::DatabaseConfig;

async fn hub() -> (Hub, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("hub.db").display());
    let store = Store::open(&DatabaseConfig::at(&url).unwrap(), ManualClock::at(0)).await.unwrap();
    (Hub::new(store), folder)
}

#[tokio::test]
async fn what_is_missed_of_one_agent_concerns_no_runs_of_others() {
    let (hub, _folder) = hub().await;
    let scope = Scope::of(OwnerId::LOCAL);
    let mut watch = |topic| hub.watch(&scope, topic);
    let mut concerned = [Topic::Agent(AgentId(1)), Topic::Run(RunId(1)), Topic::Run(RunId(3))].map(&mut watch);
    let mut others = [Topic::Agent(AgentId(2)), Topic::Run(RunId(2)), Topic::Agents].map(watch);
    hub.belongs_to(RunId(1), AgentId(1));
    hub.belongs_to(RunId(2), AgentId(2));
    hub.missed(OwnerId::LOCAL, AgentId(1));
    for watcher in &mut concerned {
        // Of run 3 nobody has read yet whose it is.
        assert!(matches!(watcher.try_recv(), Ok(News::Resync)));
    }
    for watcher in &mut others {
        assert!(watcher.try_recv().is_err());
    }
}
