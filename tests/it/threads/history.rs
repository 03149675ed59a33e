//! Tests of the part of its thread that a run is given, and when it is its turn.

use super::*;

on_both!(
    turns_of_a_thread_are_claimed_one_at_a_time,
    a_thread_with_many_waiting_turns_holds_up_no_other,
    an_answer_belongs_to_what_it_answers,
    of_a_long_conversation_the_oldest_turns_are_left_out_whole,
    tools_of_earlier_turns_count_as_part_of_the_conversation,
    echoes_of_tasks_are_kept_for_a_day_and_those_of_chats_for_good,
);

/// Returns the first calls in a history.
fn calls_of(history: &[Past]) -> PastCalls {
    let calls = history.iter().find_map(|past| match past {
        Past::Calls(calls) => Some(calls.clone()),
        Past::Said(_) => None,
    });
    calls.unwrap()
}

async fn turns_of_a_thread_are_claimed_one_at_a_time(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, first) = said_to(&s, agent, None, "one").await;
    let (_, second) = said_to(&s, agent, Some(thread), "two").await;
    let (_, other) = said_to(&s, agent, None, "elsewhere").await;
    let task = s.queue(agent).await;
    let claims = claimed(&s).await;
    assert_eq!(runs(&claims), [first, other, task]);
    assert_eq!(runs(&claimed(&s).await), []);
    s.store.mark_running(&claims[0], &first_step()).await.unwrap().unwrap();
    assert_eq!(runs(&claimed(&s).await), []);
    s.store.end_run(&claims[0], &ending(Verdict::Success)).await.unwrap().unwrap();
    assert_eq!(runs(&claimed(&s).await), [second]);
}

async fn a_thread_with_many_waiting_turns_holds_up_no_other(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, first) = said_to(&s, agent, None, "one").await;
    for _ in 0..20 {
        said_to(&s, agent, Some(thread), "and").await;
    }
    let task = s.queue(agent).await;
    let claims = s.store.claim_runs("a", 2, &[]).await.unwrap();
    assert_eq!(runs(&claims), [first, task]);
}

async fn an_answer_belongs_to_what_it_answers(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, first) = said_to(&s, agent, None, "one").await;
    // Posted before the first one is answered, so its id is lower than the answer's.
    let (_, second) = said_to(&s, agent, Some(thread), "two").await;
    assert_eq!(answered(&s, Verdict::Success).await, first);
    let history = async |run| {
        let history = s.store.assignment(run, |_| HISTORY_LIMIT).await.unwrap().history;
        history.iter().map(in_words).collect::<Vec<_>>()
    };
    let expected = pairs(&[("user", "one"), ("assistant", "done"), ("user", "two")]);
    assert_eq!(history(second).await, expected);
    assert_eq!(answered(&s, Verdict::Success).await, second);
    // The newer of two successful answers counts, and a retry sees only what preceded the original.
    let retry = s.store.create_retry(&s.scope, first, Trigger::Manual, None).await.unwrap().run.id;
    assert_eq!(history(retry).await, pairs(&[("user", "one")]));
    assert_eq!(answered(&s, Verdict::Success).await, retry);
    let (_, third) = said_to(&s, agent, Some(thread), "three").await;
    let expected = [("user", "one"), ("assistant", "done"), ("user", "two"), ("assistant", "done"), ("user", "three")];
    assert_eq!(history(third).await, pairs(&expected));
    assert_eq!(answered(&s, Verdict::Cancelled).await, third);
    let (_, fourth) = said_to(&s, agent, Some(thread), "four").await;
    let expected = [&expected[..], &[("user", "four")]].concat();
    assert_eq!(history(fourth).await, pairs(&expected));
}

async fn of_a_long_conversation_the_oldest_turns_are_left_out_whole(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (model, system_instructions) = ("demo/quick".into(), "Be brief".into());
    let settings = AgentSettings { model, system_instructions, ..AgentSettings::named("Test") };
    let agent = s.store.create_agent(&s.scope, &settings, None).await.unwrap();
    let say = async |thread, content: &str| said_to(&s, agent, thread, &format!("{content:é<50}")).await;
    let (thread, _) = say(None, "one").await;
    answered(&s, Verdict::Success).await;
    for content in ["two", "three"] {
        say(Some(thread), content).await;
        answered(&s, Verdict::Success).await;
    }
    let (_, last) = say(Some(thread), "four").await;
    // Of each question 47 characters have two bytes; "done" is its answer, "Be brief" goes before all.
    let turn = 3 + 2 * 47 + 4;
    let told = async |limit: i64| {
        let history = s.store.assignment(last, |_| limit).await.unwrap().history;
        let shown = |text: &str| text.trim_end_matches('é').to_owned();
        history.iter().map(in_words).map(|(role, text)| (role, shown(&text))).collect::<Vec<_>>()
    };
    let all = pairs(&[
        ("system", "Be brief"),
        ("user", "one"),
        ("assistant", "done"),
        ("user", "two"),
        ("assistant", "done"),
        ("user", "three"),
        ("assistant", "done"),
        ("user", "four"),
    ]);
    assert_eq!(told(4 * turn + 8).await, all);
    let cut = told(4 * turn - 10).await;
    assert_eq!(cut[0], all[0]);
    assert!(cut[1].0 == "system" && cut[1].1.starts_with("[The 2 earliest messages of this"), "{cut:?}");
    assert_eq!(cut[2..], all[3..]);
    let least = told(0).await;
    assert!(least[1].1.starts_with("[The 6 earliest messages"), "{least:?}");
    assert_eq!(least[2..], all[7..], "what is asked now always stays");
    let transcript = s.store.transcript(&s.scope, last, |_| 4 * turn - 10).await.unwrap();
    assert_eq!(transcript.len(), cut.len(), "its page shows what it was given");
}

async fn tools_of_earlier_turns_count_as_part_of_the_conversation(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (thread, _) = said_to(&s, agent, None, "one").await;
    let claim = claimed(&s).await.remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let call = NewStep {
        kind: StepKind::ToolCall,
        name: "fetch".into(),
        input: r#"{"q":"x"}"#.into(),
        prompt_tokens: None,
        call_id: Some("call_x".into()),
    };
    let echo = json!({ "content": "a\u{0}b" });
    let answer = AnswerRecord {
        calls: vec![fetches(json!({ "q": "x" }))],
        finish: Some(Finish::Stop),
        reasoning: Some("é".repeat(PREVIEW)),
        served_model: Some("served".into()),
        echo: Some(echo.clone()),
    };
    for (position, output) in [(1, String::new()), (2, "r".repeat(1_000))] {
        if position == 2 {
            s.store.begin_step(&claim, position, &call).await.unwrap().unwrap();
        }
        let answer = if position == 1 { answer.clone() } else { AnswerRecord::default() };
        let ending = StepEnding { position, output: Some(output), answer, ..StepEnding::default() };
        s.store.end_step(&claim, &ending, &Usage::default()).await.unwrap().unwrap();
    }
    let steps = s.store.steps(&s.scope, claim.run).await.unwrap();
    assert_eq!((steps[0].finish, steps[0].served_model.as_deref()), (Some(Finish::Stop), Some("served")));
    assert_eq!((steps[0].said.as_deref(), &steps[0].calls), (Some(""), &answer.calls));
    assert_eq!((steps[1].call_id.as_deref(), steps[1].said.as_deref()), (Some("call_x"), None));
    assert_eq!((steps[0].reasoning.as_ref().map(String::len), steps[0].reasoning_cut), (Some(PREVIEW), true));
    s.store.begin_step(&claim, 3, &first_step()).await.unwrap().unwrap();
    let calls = vec![fetches(json!({ "q": "x".repeat(PREVIEW) })); 128];
    let answer = AnswerRecord { calls, ..AnswerRecord::default() };
    let last = StepEnding { position: 3, output: Some("done".into()), answer, ..StepEnding::default() };
    let usage = Usage { total_cost: Some(NanoDollars(7)), cost_billed: true, ..Usage::default() };
    let finish = Some(Finish::Length);
    let end = Ending { open: vec![last], usage: Some(usage), finish, ..ending(Verdict::Success) };
    let (change, _) = s.store.end_run(&claim, &end).await.unwrap().unwrap();
    assert_eq!((change.run.finish, change.run.usage), (finish, usage));
    let last = s.store.steps(&s.scope, claim.run).await.unwrap().remove(2);
    let bytes: usize = last.calls.iter().map(|call| call.text().len()).sum();
    assert_eq!((last.calls.len(), bytes), (128, MAX_ARGUMENTS), "a step stays small however many calls it has");
    let (_, second) = said_to(&s, agent, Some(thread), "two").await;
    let roles = async |limit| {
        let history = s.store.assignment(second, |_| limit).await.unwrap().history;
        history.iter().map(|past| in_words(past).0).collect::<Vec<_>>()
    };
    assert_eq!(roles(1_100).await, ["user", "tool", "assistant", "user"]);
    assert_eq!(roles(1_000).await, ["system", "user"]);
    let whole = s.store.assignment(second, |_| 1_100).await.unwrap().history;
    let past = calls_of(&whole);
    assert_eq!((&past.calls[0].arguments, past.calls[0].result.len()), (&json!({ "q": "x" }), 1_000));
    assert_eq!((past.calls[0].id.as_deref(), past.echo), (Some("call_x"), Some(echo)));
}

/// Returns a model's call of the tool `fetch`.
fn fetches(arguments: serde_json::Value) -> StepCall {
    let (id, name) = (Some("call_x".into()), "fetch".into());
    StepCall { id, name, arguments, arguments_text: None, arguments_cut: false }
}

/// A run that is claimed next calls a tool, with an echo, and ends.
async fn works_with_echo(s: &Subject, verdict: Verdict) {
    let claim = claimed(s).await.remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let echo = Some(json!({ "content": "thought" }));
    let answer = AnswerRecord { calls: vec![fetches(json!({}))], echo, ..AnswerRecord::default() };
    let asked = StepEnding { position: 1, answer, ..StepEnding::default() };
    s.store.end_step(&claim, &asked, &Usage::default()).await.unwrap().unwrap();
    let (name, call_id) = ("fetch".to_owned(), Some("call_x".to_owned()));
    let call = NewStep { kind: StepKind::ToolCall, name, input: "{}".into(), prompt_tokens: None, call_id };
    s.store.begin_step(&claim, 2, &call).await.unwrap().unwrap();
    let called = StepEnding { position: 2, output: Some("result".into()), ..StepEnding::default() };
    s.store.end_step(&claim, &called, &Usage::default()).await.unwrap().unwrap();
    s.store.end_run(&claim, &Ending { open: Vec::new(), ..ending(verdict) }).await.unwrap().unwrap();
}

async fn echoes_of_tasks_are_kept_for_a_day_and_those_of_chats_for_good(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (chat, _) = said_to(&s, agent, None, "one").await;
    works_with_echo(&s, Verdict::Success).await;
    let task = s.queue(agent).await;
    works_with_echo(&s, Verdict::Success).await;
    let task = s.store.run(&s.scope, task).await.unwrap().thread_id;
    said_to(&s, agent, Some(chat), "two").await;
    works_with_echo(&s, Verdict::Cancelled).await;
    // The calls before, as a run that goes on with a thread is shown them.
    let past = async |thread| {
        s.store.post_message(&s.scope, thread, Role::User, "and now?").await.unwrap();
        let run = s.store.create_thread_run(&s.scope, thread, Trigger::Api).await.unwrap().run.id;
        let history = s.store.assignment(run, |_| i64::MAX).await.unwrap().history;
        calls_of(&history)
    };
    assert_eq!(s.store.drop_old_echoes().await.unwrap(), 0);
    assert!(past(task).await.echo.is_some() && past(chat).await.echo.is_some());
    s.clock.advance(25 * 60 * 60 * 1_000);
    assert_eq!(s.store.drop_old_echoes().await.unwrap(), 2, "of the task, and of the turn that was stopped");
    let of_task = past(task).await;
    assert!(of_task.echo.is_none() && of_task.calls[0].result == "result", "{of_task:?}");
    assert!(past(chat).await.echo.is_some());
    s.store.delete_thread(&s.scope, chat).await.unwrap();
    assert_eq!(s.store.drop_old_echoes().await.unwrap(), 1, "of the chat that was deleted");
}
