//! Conversations go whole or stay whole.

use super::{NONE, World};
use crate::support::database::{TestDatabase, on_both};
use runboard::domain::id::{AgentId, ThreadId};
use runboard::domain::request::RunRequest;
use runboard::domain::retention::RetentionLimits;
use runboard::domain::run::Trigger;
use runboard::domain::thread::Role;

on_both!(
    a_chat_that_goes_on_keeps_all_its_turns,
    a_message_that_nobody_has_answered_holds_its_conversation,
    a_retry_keeps_what_it_repeats,
    a_long_chat_goes_in_pieces_and_is_hidden_first,
);

impl World {
    async fn say(&self, thread: Option<ThreadId>) -> ThreadId {
        let turn = self.s.store.create_chat_turn(self.scope(), self.agent, thread, "Go on.", Trigger::Api).await;
        turn.unwrap().run.thread_id
    }
}

async fn a_chat_that_goes_on_keeps_all_its_turns(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), runs: Some(2), payload_days: Some(30) }).await;
    let mut chat = None;
    for _ in 0..4 {
        chat = Some(world.say(chat).await);
        world.end_all().await;
        world.pass_days(40);
    }
    assert_eq!(world.sweep().await.runs, 0, "its newest turn is young");
    assert_eq!(world.runs().await.len(), 4);
    world.say(chat).await;
    world.end_all().await;
    world.end_some(2).await;
    let swept = world.sweep().await;
    assert_eq!((swept.runs, swept.payloads), (0, 0), "somebody is in it, however many runs came since");
    world.pass_days(2);
    assert_eq!(world.sweep().await.runs, 5, "nobody is any more, and all turns are too many");
    assert_eq!((world.count("threads").await, world.count("thread_messages").await > 0), (2, true));
}

async fn a_message_that_nobody_has_answered_holds_its_conversation(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), ..NONE }).await;
    let chat = world.say(None).await;
    world.end_all().await;
    world.s.store.post_message(world.scope(), chat, Role::User, "And then?").await.unwrap();
    world.pass_days(91);
    assert_eq!(world.sweep().await.runs, 0);
    world.s.store.create_thread_run(world.scope(), chat, Trigger::Api).await.unwrap();
    world.end_all().await;
    world.pass_days(91);
    assert_eq!(world.sweep().await.runs, 2);
    assert_eq!(world.count("thread_messages").await, 0);
}

async fn a_retry_keeps_what_it_repeats(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), ..NONE }).await;
    let first = world.end_one().await;
    world.pass_days(60);
    let again = world.s.store.create_retry(world.scope(), first, Trigger::Api, None).await.unwrap().run;
    world.end_all().await;
    world.pass_days(60);
    assert_eq!(world.sweep().await.runs, 0, "they are one conversation");
    // On a thread of its own it stays when the original goes, and says nothing of it any more.
    let request = RunRequest { input: Some("Other.".to_owned()), ..RunRequest::default() };
    let other = world.s.store.create_retry(world.scope(), again.id, Trigger::Api, Some(&request)).await.unwrap().run;
    world.end_all().await;
    world.pass_days(60);
    assert_eq!(world.sweep().await.runs, 2);
    let left = world.s.store.run(world.scope(), other.id).await.unwrap();
    assert_eq!((other.retry_of, left.retry_of, left.root_run_id), (Some(again.id), None, None));
}

async fn a_long_chat_goes_in_pieces_and_is_hidden_first(database: TestDatabase) {
    let limits = RetentionLimits { days: Some(90), ..NONE };
    let world = World::on(database, limits).await;
    let mut chat = None;
    for _ in 0..120 {
        chat = Some(world.say(chat).await);
    }
    world.s.store.stop_agent_runs(world.scope(), world.agent).await.unwrap();
    world.pass_days(91);
    let store = &world.s.store;
    let agent = &store.agents_to_prune(AgentId(0), 10).await.unwrap()[0];
    let bounds = &store.retention_bounds(agent, limits, store.now(), false).await.unwrap();
    let all = world.runs().await;
    let batch = store.remove_old_threads(agent, limits, bounds, &[chat.unwrap()]).await.unwrap().unwrap();
    assert_eq!((batch.removed.unwrap().runs, batch.left.len()), (50, 1));
    assert_eq!(world.runs().await, all[..70], "the newest go first");
    assert!(store.thread(world.scope(), chat.unwrap()).await.is_err(), "nobody goes on with it");
    assert_eq!(world.sweep().await.runs, 70);
    assert_eq!((world.count("threads").await, world.count("thread_messages").await), (0, 0));
}
