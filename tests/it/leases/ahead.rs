//! The place of a queued run: how many are ahead of it, of its agent and of its chat.

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, first_step};
use runboard::domain::run::Trigger;
use runboard::domain::thread::Role;

on_both!(a_queued_run_knows_how_many_are_ahead_of_it, a_turn_of_a_chat_waits_for_the_earlier_ones,);

async fn a_queued_run_knows_how_many_are_ahead_of_it(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (one, two, other) = (s.agent(1).await, s.agent(2).await, s.agent(5).await);
    let ahead = async |run| s.store.run_record(&s.scope, run).await.unwrap().ahead;
    s.queue(other).await;
    for (agent, last, while_one_runs) in
        [(one, Some(2), [None, Some(1), Some(2)]), (two, Some(1), [None, Some(0), Some(1)])]
    {
        let runs = s.queue_many(agent, 3).await;
        assert_eq!([ahead(runs[0]).await, ahead(runs[2]).await], [Some(0), last], "other agents' are not in its way");
        let claims = s.store.claim_runs("a", 10, &[]).await.unwrap();
        let claim = claims.iter().find(|claim| claim.run == runs[0]).unwrap();
        s.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
        let now = [ahead(runs[0]).await, ahead(runs[1]).await, ahead(runs[2]).await];
        assert_eq!(now, while_one_runs, "one that runs is ahead of those that it keeps from running");
    }

    let full = s.agent(3).await;
    let runs = s.queue_many(full, 5).await;
    for claim in s.store.claim_runs("a", 10, &[]).await.unwrap().iter().filter(|claim| claim.agent == full) {
        s.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
    }
    let now = [ahead(runs[2]).await, ahead(runs[3]).await, ahead(runs[4]).await];
    assert_eq!(now, [None, Some(1), Some(2)], "any one of the three that run may end first");
}

async fn a_turn_of_a_chat_waits_for_the_earlier_ones(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(2).await;
    let (thread, _) = s.store.create_thread(&s.scope, agent, "Talk").await.unwrap();
    let mut turns = Vec::new();
    for text in ["One", "Two", "Three"] {
        s.store.post_message(&s.scope, thread.id, Role::User, text).await.unwrap();
        turns.push(s.store.create_thread_run(&s.scope, thread.id, Trigger::Api).await.unwrap().run.id);
    }
    let task = s.queue(agent).await;
    let ahead = async |run| s.store.run_record(&s.scope, run).await.unwrap().ahead;
    assert_eq!(
        [ahead(turns[0]).await, ahead(turns[2]).await, ahead(task).await],
        [Some(0), Some(2), Some(0)],
        "turns take one place"
    );
    let claims = s.store.claim_runs("a", 10, &[]).await.unwrap();
    assert_eq!(claims.iter().map(|claim| claim.run).collect::<Vec<_>>(), [turns[0], task]);
    s.store.mark_running(&claims[0], &first_step()).await.unwrap().unwrap();
    assert_eq!([ahead(turns[1]).await, ahead(turns[2]).await], [Some(1), Some(2)], "there is room, but not its turn");
}
