//! Chats as they are stored and shown.

use super::*;

on_both!(
    a_message_and_its_run_are_one,
    a_deleted_thread_leaves_its_runs_on_record,
    chats_are_read_as_they_stand,
    a_chat_is_found_by_its_title_and_by_what_was_asked,
);

async fn a_message_and_its_run_are_one(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.agent(5).await, s.agent(5).await);
    let (thread, _) = said_to(&s, agent, None, "  What is\nnew?").await;
    assert_eq!(s.store.thread(&s.scope, thread).await.unwrap().title, "What is new?");
    said_to(&s, agent, Some(thread), "And now?").await;
    assert_eq!(s.store.thread(&s.scope, thread).await.unwrap().title, "What is new?");
    // Not another agent's thread, and not one that is being deleted: no thread, no message, no run.
    let say = async |agent, thread| s.store.create_chat_turn(&s.scope, agent, thread, "x", Trigger::Manual).await;
    assert!(matches!(say(other, Some(thread)).await, Err(StoreError::NoThread(_))));
    s.store.begin_agent_deletion(&s.scope, agent).await.unwrap();
    assert!(matches!(say(agent, Some(thread)).await, Err(StoreError::Conflict(_))));
    assert!(matches!(say(agent, None).await, Err(StoreError::Conflict(_))));
    assert_eq!(s.store.messages(&s.scope, thread).await.unwrap().len(), 2);
    assert_eq!(s.store.threads(&s.scope, agent).await.unwrap().len(), 1);
    assert_eq!(s.store.list_runs(&s.scope, other, 9).await.unwrap(), []);
}

async fn chats_are_read_as_they_stand(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (quiet, _) = said_to(&s, agent, None, "one").await;
    answered(&s, Verdict::Success).await;
    s.clock.advance(1_000);
    let (thread, first) = said_to(&s, agent, None, "two").await;
    answered(&s, Verdict::Success).await;
    let (_, second) = said_to(&s, agent, Some(thread), "three").await;
    let (_, third) = said_to(&s, agent, Some(thread), "four").await;
    s.queue(agent).await;

    let chats = s.store.chat_record(&s.scope, agent, Some(thread), Some(2)).await.unwrap();
    let listed: Vec<_> = chats.threads.iter().map(|row| (row.id, row.run.as_ref().map(|run| run.run_id))).collect();
    assert_eq!(listed[0], (thread, Some(second)), "what is next, not what is newest");
    assert_eq!((listed[1].0, listed.len()), (quiet, 2), "no tasks");
    let open = chats.open.unwrap();
    let asked: Vec<_> = open.asked.iter().map(|message| message.content.as_str()).collect();
    assert_eq!((asked, open.has_earlier), (vec!["three", "four"], true));
    assert_eq!(open.runs.iter().map(|(_, run)| run.id).collect::<Vec<_>>(), [second, third]);

    let whole = s.store.chat_record(&s.scope, agent, Some(thread), None).await.unwrap().open.unwrap();
    assert_eq!((whole.asked.len(), whole.has_earlier, whole.runs.len()), (3, false, 3));
    assert_eq!(whole.answers.get(&first).map(String::as_str), Some("done"));
    assert_eq!(whole.steps[&first].len(), 1);
    assert!(matches!(
        s.store.chat_record(&s.scope, agent, Some(ThreadId(99)), None).await,
        Err(StoreError::NoThread(_))
    ));
}

async fn a_chat_is_found_by_its_title_and_by_what_was_asked(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.agent(5).await, s.agent(5).await);
    let (invoices, _) = said_to(&s, agent, None, "Invoices of May").await;
    answered(&s, Verdict::Success).await;
    s.clock.advance(1_000);
    let (late, _) = said_to(&s, agent, None, "Why so late?").await;
    answered(&s, Verdict::Success).await;
    said_to(&s, agent, Some(late), "100% of parcel 2231_b").await;
    said_to(&s, other, None, "Invoices of others").await;
    let found = async |text: &str| {
        let rows = s.store.find_chats(&s.scope, agent, text).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(found("invoices").await, [invoices]);
    assert_eq!(found("2231_B").await, [late], "asked later");
    assert_eq!(found("0% of").await, [late]);
    assert_eq!(found("_").await, [late], "no pattern");
    assert_eq!(found("done").await, [], "what was answered");
    assert_eq!(found("a").await, [late, invoices], "the one most recently talked in first");
    s.store.delete_thread(&s.scope, invoices).await.unwrap();
    assert_eq!(found("invoices").await, []);
    let missing = s.store.find_chats(&s.scope, AgentId(4711), "a").await.unwrap_err();
    assert!(matches!(missing, StoreError::NoAgent(_)), "{missing}");
}

async fn a_deleted_thread_leaves_its_runs_on_record(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, run) = said_to(&s, agent, None, "one").await;
    answered(&s, Verdict::Success).await;
    let (_, waiting) = said_to(&s, agent, Some(thread), "two").await;
    let (_, seq, stopped) = s.store.delete_thread(&s.scope, thread).await.unwrap();
    let stopped = stopped.expect("one was waiting");
    assert_eq!((stopped.seq, stopped.running), (seq + 1, vec![]));
    assert_eq!(s.store.run(&s.scope, waiting).await.unwrap().status, RunStatus::Cancelled);
    assert!(matches!(s.store.delete_thread(&s.scope, thread).await, Err(StoreError::NoThread(_))));
    let says = s.store.create_retry(&s.scope, run, Trigger::Manual, None).await.unwrap_err().to_string();
    assert!(says.contains("was deleted"), "{says}");
    assert_eq!(s.store.list_runs(&s.scope, agent, 9).await.unwrap().len(), 2);
    assert_eq!(s.store.agent_contents(&s.scope, agent).await.unwrap().chats, 0);
    assert_eq!(s.store.transcript(&s.scope, run, |_| HISTORY_LIMIT).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_chat_s_page_shows_what_was_said_and_is_not_found_elsewhere() {
    let app = TestApp::at_work(TestDatabase::sqlite(), DemoPace::INSTANT).await;
    let (agent, other) = (app.agent("tools").await, app.agent("quick").await);
    let thread = thread(&app, agent).await;
    say(&app, thread, "<b>one</b>").await;
    let run = answer(&app, thread).await;
    app.run_is(run, "success").await;
    let page = async |path: String| {
        let (status, html) = app.get(&path).await;
        (status, html.as_str().unwrap().split("id=\"page-data\"").next().unwrap().to_owned())
    };
    let (status, html) = page(format!("/agents/{agent}/chat/{thread}")).await;
    assert_eq!(status, StatusCode::OK);
    for part in [
        "<title>Talk · Test",
        "&lt;b&gt;one",
        "<p dir=\"auto\">Let me ask my tools.</p>",
        "current_time",
        "UTC",
        "<li dir=\"auto\">",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(page(format!("/agents/{agent}/chat")).await.0, StatusCode::OK);
    for path in
        [format!("{other}/chat/{thread}"), format!("{agent}/chat/99"), format!("{agent}/chat/x"), "99/chat".into()]
    {
        assert_eq!(page(format!("/agents/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
