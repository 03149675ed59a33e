//! Which run is the last good one.

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::id::{AgentId, OwnerId, RunId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::Trigger;
use runboard::server::store::endings::Verdict;
use runboard::server::store::error::StoreError;
use runboard::server::store::scope::Scope;

on_both!(
    it_is_the_newest_success_of_the_same_kind_before_the_run,
    one_that_came_by_the_schedule_goes_first_for_one_that_did,
);

impl Subject {
    /// Runs a task to its end; a chat turn where `chat`.
    async fn ran(&self, agent: AgentId, trigger: Trigger, chat: bool, success: bool) -> RunId {
        let run = match chat {
            true => self.store.create_chat_turn(&self.scope, agent, None, "Hello", trigger).await,
            false => self.store.create_task_run_with(&self.scope, agent, trigger, &RunRequest::default()).await,
        };
        let run = run.unwrap().run.id;
        let claim = self.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        assert_eq!(claim.run, run);
        self.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        let verdict = match success {
            true => Verdict::Success,
            false => Verdict::Failed(Failure::new(FailureCause::Other, "It failed.")),
        };
        self.store.end_run(&claim, &ending(verdict)).await.unwrap().unwrap();
        run
    }

    async fn good(&self, run: RunId) -> Option<RunId> {
        let run = self.store.run(&self.scope, run).await.unwrap();
        match self.store.last_good(&self.scope, &run).await {
            Ok(good) => Some(good),
            Err(StoreError::NoGoodRun(id)) if id == run.id => None,
            Err(error) => panic!("{error}"),
        }
    }
}

async fn it_is_the_newest_success_of_the_same_kind_before_the_run(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.agent(5).await, s.agent(5).await);
    let first = s.ran(agent, Trigger::Api, false, true).await;
    let good = s.ran(agent, Trigger::Manual, false, true).await;
    let chat = s.ran(agent, Trigger::Manual, true, true).await;
    s.ran(other, Trigger::Api, false, true).await;
    let failed = s.ran(agent, Trigger::Api, false, false).await;
    let failed_again = s.ran(agent, Trigger::Api, false, false).await;
    let failed_chat = s.ran(agent, Trigger::Manual, true, false).await;
    s.ran(agent, Trigger::Api, false, true).await;

    assert_eq!(s.good(first).await, None);
    assert_eq!(s.good(good).await, Some(first));
    assert_eq!(s.good(failed).await, Some(good), "later ones are not what it had been before");
    assert_eq!(s.good(failed_again).await, Some(good));
    assert_eq!(s.good(failed_chat).await, Some(chat));
    assert_eq!(s.good(chat).await, None, "a task is no chat turn");
    let run = s.store.run(&s.scope, failed).await.unwrap();
    let elsewhere = s.store.last_good(&Scope::of(OwnerId(4711)), &run).await;
    assert!(matches!(elsewhere, Err(StoreError::NoGoodRun(_))), "somebody else's runs are not there");
}

async fn one_that_came_by_the_schedule_goes_first_for_one_that_did(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let scheduled = s.ran(agent, Trigger::Schedule, false, true).await;
    let manual = s.ran(agent, Trigger::Manual, false, true).await;
    let failed = s.ran(agent, Trigger::Schedule, false, false).await;
    let failed_manual = s.ran(agent, Trigger::Manual, false, false).await;
    assert_eq!(s.good(failed).await, Some(scheduled));
    assert_eq!(s.good(failed_manual).await, Some(manual));
}
