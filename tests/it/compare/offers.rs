//! The tools that a run's model was offered, on record.

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::id::{OwnerId, RunId};
use runboard::domain::run::Usage;
use runboard::server::execution::StepEnding;
use runboard::server::execution::offer::{OfferedTool, ToolOffer};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::json;

on_both!(a_set_of_tools_is_stored_once_however_many_runs_are_offered_it);

fn tools(names: &[&str]) -> Vec<OfferedTool> {
    let tool = |name: &&str| OfferedTool {
        name: name.to_string(),
        description: "Does it".to_owned(),
        parameters: json!({ "type": "object" }),
    };
    names.iter().map(tool).collect()
}

/// Runs a task whose model was offered these tools, which are reported with the end of its first step or, where that is the
/// only one, with that of the run.
async fn offered(s: &Subject, run: RunId, names: Option<&[&str]>, with_run: bool) {
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    assert_eq!(claim.run, run);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let offer = names.and_then(|names| ToolOffer::of(tools(names)));
    let first = StepEnding { position: 1, offer, ..StepEnding::default() };
    let open = match with_run {
        true => vec![first],
        false => {
            s.store.end_step(&claim, &first, &Usage::default()).await.unwrap().unwrap();
            Vec::new()
        }
    };
    s.store.end_run(&claim, &Ending { open, ..ending(Verdict::Success) }).await.unwrap().unwrap();
}

async fn a_set_of_tools_is_stored_once_however_many_runs_are_offered_it(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 5).await;
    offered(&s, runs[0], Some(&["b", "a"]), false).await;
    offered(&s, runs[1], Some(&["a", "b"]), true).await;
    offered(&s, runs[2], Some(&[]), true).await;
    offered(&s, runs[3], None, true).await;
    // Another server, which does not know yet what is stored.
    let other = Subject { store: s.database.open_migrated(s.clock.clone()).await, ..s };
    offered(&other, runs[4], Some(&["a", "b"]), false).await;

    let of = async |run: RunId| other.store.offered_tools(&other.scope, run).await.unwrap();
    for run in [runs[0], runs[1], runs[4]] {
        assert_eq!(of(run).await, Some(tools(&["a", "b"])));
    }
    assert_eq!(of(runs[2]).await, Some(Vec::new()), "that there were none is known");
    assert_eq!(of(runs[3]).await, None);
    let elsewhere = other.store.offered_tools(&Scope::of(OwnerId(4711)), runs[0]).await.unwrap();
    assert_eq!(elsewhere, None, "somebody else's runs are not there");
    let raw = Database::connect(&other.database.url).await.unwrap();
    let count = Statement::from_string(raw.get_database_backend(), "SELECT COUNT(*) AS sets FROM tool_sets");
    let sets: i64 = raw.query_one_raw(count).await.unwrap().unwrap().try_get("", "sets").unwrap();
    assert_eq!(sets, 2);
}
