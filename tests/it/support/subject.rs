//! The engine's database side without HTTP, for tests that reach into leases and transitions.

use super::database::TestDatabase;
use runboard::domain::agent::AgentSettings;
use runboard::domain::id::{AgentId, OwnerId, RunId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::Trigger;
use runboard::domain::step::StepKind;
use runboard::server::clock::ManualClock;
use runboard::server::execution::{NewStep, StepEnding};
use runboard::server::store::Store;
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::scope::Scope;
use std::sync::Arc;

pub const NOW_MS: i64 = 1_795_444_200_000;

pub struct Subject {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub scope: Scope,
    pub database: TestDatabase,
}

impl Subject {
    pub async fn on(database: TestDatabase) -> Self {
        let clock = ManualClock::at(NOW_MS);
        let store = database.open_migrated(clock.clone()).await;
        Self { store, clock, scope: Scope::of(OwnerId::LOCAL), database }
    }

    pub async fn agent(&self, max_concurrent_runs: i32) -> AgentId {
        let settings =
            AgentSettings { model: "demo/quick".into(), max_concurrent_runs, ..AgentSettings::named("Test") };
        self.store.create_agent(&self.scope, &settings, None).await.unwrap()
    }

    pub async fn queue(&self, agent: AgentId) -> RunId {
        self.store.create_task_run_with(&self.scope, agent, Trigger::Api, &RunRequest::default()).await.unwrap().run.id
    }

    pub async fn queue_many(&self, agent: AgentId, n: usize) -> Vec<RunId> {
        let mut runs = Vec::new();
        for _ in 0..n {
            runs.push(self.queue(agent).await);
        }
        runs
    }
}

pub fn first_step() -> NewStep {
    NewStep {
        kind: StepKind::ModelCall,
        name: "demo/quick".to_owned(),
        input: "user: Do it.".to_owned(),
        prompt_tokens: Some(3),
        call_id: None,
    }
}

pub fn ending(verdict: Verdict) -> Ending {
    let usage = super::stage::USAGE;
    let open = vec![StepEnding { position: 1, usage, ..StepEnding::default() }];
    Ending {
        verdict,
        text: "done".to_owned(),
        usage: Some(usage),
        finish: None,
        signals: Default::default(),
        open,
        ended: None,
        acknowledged_at: None,
    }
}
