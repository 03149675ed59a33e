//! Tests of how answers end: whole, cut, withheld, paused; and of their records.

use super::harness::*;
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::domain::step::payload::PREVIEW;
use crate::domain::thread::Role;
use crate::server::execution::{Outcome, Past, PastCall, PastCalls, RunExecutor};
use crate::server::work::model::{Arguments, ChatEvent, ChatTurn, Echo, Finished, TokenUsage, ToolCall};
use crate::server::work::name::Provider;
use serde_json::{Value, json};
use std::sync::Arc;

fn thought(text: &str) -> Result<ChatEvent, crate::server::work::model::ModelError> {
    Ok(ChatEvent::Reasoning(text.to_owned()))
}

fn echo() -> Echo {
    Echo {
        provider: Provider::OpenAi,
        protocol: "openai-chat".to_owned(),
        content: json!({"reasoning_content": "Hm."}),
    }
}

#[tokio::test]
async fn an_answer_that_was_cut_is_kept_and_says_so() {
    let (log, model) = (Arc::default(), model(vec![vec![text("The first half"), ends_with(Finish::Length, &[])]]));
    let settled = executor(model).execute(job(&log)).await;
    assert_eq!((settled.outcome, settled.text.as_str()), (Outcome::Success, "The first half"));
    assert_eq!((settled.finish, settled.open[0].answer.finish), (Some(Finish::Length), Some(Finish::Length)));
}

#[tokio::test]
async fn half_an_answer_is_no_success() {
    for finish in [Finish::ContentFilter, Finish::Refusal, Finish::Recitation, Finish::MalformedCall] {
        let (log, model) = (Arc::default(), model(vec![vec![text("The first half"), ends_with(finish, &[])]]));
        let settled = executor(model.clone()).execute(job(&log)).await;
        assert!(matches!(settled.outcome, Outcome::Failed(_)), "{finish}: {:?}", settled.outcome);
        assert_eq!((settled.text.as_str(), settled.finish), ("The first half", Some(finish)));
        assert_eq!(model.asked.lock().unwrap().len(), 1, "{finish}: asking again would not help");
    }
}

#[tokio::test]
async fn an_answer_that_broke_off_has_no_finish() {
    let (log, model) = (Arc::default(), model(vec![vec![text("Half"), error("it broke")]]));
    let settled = executor(model).execute(job(&log)).await;
    assert_eq!((settled.finish, settled.open[0].answer.finish), (None, None));
}

#[tokio::test]
async fn calls_of_an_answer_that_was_cut_are_not_made_and_the_model_hears_why() {
    let scripts = vec![vec![text("Let me"), ends_with(Finish::Length, &["clock", "echo"])], vec![text("Done.")]];
    let (log, model) = (Arc::<Log>::default(), model(scripts));
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!((settled.outcome, settled.finish), (Outcome::Success, Some(Finish::Stop)));
    let ended = log.ended.lock().unwrap();
    assert_eq!(ended[0].0.answer.finish, Some(Finish::Length));
    for (step, _) in &ended[1..] {
        assert!(step.error.as_deref().is_some_and(|error| error.starts_with("Not called: the answer was cut")));
        assert_eq!(step.output, None);
    }
    let asked = model.asked.lock().unwrap();
    let results =
        asked[1].turns.iter().filter(|turn| matches!(turn, ChatTurn::Tool { content, .. } if content.contains("cut")));
    assert_eq!(results.count(), 2, "each call has a result");
}

#[tokio::test]
async fn a_call_whose_arguments_cannot_be_read_is_not_made_and_the_conversation_goes_on() {
    let arguments = Arguments::Unreadable { raw: "{\"q\": x".to_owned(), why: "the arguments are not JSON".to_owned() };
    let call = ToolCall { id: "a".to_owned(), name: "echo".to_owned(), arguments };
    let asks = ChatEvent::Finished(Box::new(Finished { calls: vec![call], ..Finished::new(Finish::Stop) }));
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![Ok(asks)], vec![text("Done.")]]));
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!(settled.outcome, Outcome::Success);
    assert_eq!(log.begun.lock().unwrap()[0].input, "{\"q\": x", "as it came");
    assert_eq!(log.ended.lock().unwrap()[1].0.error.as_deref(), Some("the arguments are not JSON"));
    let asked = model.asked.lock().unwrap();
    assert!(
        matches!(&asked[1].turns[3], ChatTurn::Tool { content, .. } if content == "Error: the arguments are not JSON")
    );
}

#[tokio::test]
async fn a_turn_that_pauses_is_sent_back_and_goes_on_as_a_step_of_its_own() {
    let paused = Finished { echo: Some(echo()), ..Finished::new(Finish::Pause) };
    let scripts = vec![vec![Ok(ChatEvent::Finished(Box::new(paused)))], vec![text("Done.")]];
    let (log, model) = (Arc::<Log>::default(), model(scripts));
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!((settled.outcome, settled.text.as_str()), (Outcome::Success, "Done."));
    let back = ChatTurn::Assistant { text: String::new(), calls: Vec::new(), echo: Some(echo()) };
    assert_eq!(model.asked.lock().unwrap()[1].turns[2], back);
    assert_eq!(log.begun.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_model_thought_who_it_was_and_its_echo_are_on_record() {
    let asks = Finished {
        calls: vec![ToolCall {
            id: "call_x".to_owned(),
            name: "clock".to_owned(),
            arguments: Arguments::Read(json!({})),
        }],
        echo: Some(echo()),
        served_model: Some("gpt-5-mini-2025-08-07".to_owned()),
        ..Finished::new(Finish::Stop)
    };
    let first = vec![thought("I need "), thought("the clock."), Ok(ChatEvent::Finished(Box::new(asks)))];
    let long = thought(&"x".repeat(PREVIEW * 2));
    let (log, model) = (Arc::<Log>::default(), model(vec![first, vec![long, thought("y"), text("Noon.")]]));
    let settled = executor(model.clone()).execute(job(&log)).await;
    let answer = log.ended.lock().unwrap()[0].0.answer.clone();
    assert_eq!(answer.reasoning.as_deref(), Some("I need the clock."));
    assert_eq!(answer.served_model.as_deref(), Some("gpt-5-mini-2025-08-07"));
    assert_eq!(answer.echo, Some(serde_json::to_value(echo()).unwrap()));
    assert_eq!(log.begun.lock().unwrap()[0].call_id.as_deref(), Some("call_x"));
    let asked = model.asked.lock().unwrap();
    assert!(matches!(&asked[1].turns[2], ChatTurn::Assistant { echo: Some(sent), .. } if *sent == echo()));
    let kept = settled.open[0].answer.reasoning.as_deref().unwrap();
    assert!(kept.len() == PREVIEW * 2 && !kept.contains('y'), "no more than is kept, and a sign that there was more");
}

#[tokio::test]
async fn echoes_and_ids_of_earlier_turns_come_back() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![text("Done.")]]));
    let call = PastCall {
        id: Some("call_x".to_owned()),
        name: "clock".to_owned(),
        arguments: json!({}),
        result: "12:00".to_owned(),
    };
    let stored: Value = serde_json::to_value(echo()).unwrap();
    let past = PastCalls { said: String::new(), calls: vec![call], echo: Some(stored) };
    let mut job = job(&log);
    job.history.extend([Past::Calls(past), said(Role::Assistant, "Noon.")]);
    executor(model.clone()).execute(job).await;
    let asked = model.asked.lock().unwrap();
    let ChatTurn::Assistant { calls, echo: sent, .. } = &asked[0].turns[2] else { panic!("{:?}", asked[0].turns) };
    assert_eq!((calls[0].id.as_str(), sent), ("call_x", &Some(echo())));
}

#[tokio::test]
async fn a_bill_of_the_provider_is_the_cost() {
    let billed = |amount: Option<i64>| {
        let billed = amount.map(NanoDollars);
        Ok(ChatEvent::Usage(TokenUsage { prompt: Some(10), completion: Some(5), billed, ..TokenUsage::default() }))
    };
    let run = async |scripts| {
        let log = Arc::default();
        executor(model(scripts)).execute(job(&log)).await.usage.unwrap()
    };
    let both = run(vec![vec![calls(&["clock"]), billed(Some(7))], vec![text("Done."), billed(Some(5))]]).await;
    assert_eq!((both.total_cost, both.cost_billed), (Some(NanoDollars(12)), true));
    let one = run(vec![vec![calls(&["clock"]), billed(Some(7))], vec![text("Done."), billed(None)]]).await;
    assert!(one.total_cost > Some(NanoDollars(7)) && !one.cost_billed, "the other is computed");
    let none = run(vec![vec![text("Done."), billed(None)]]).await;
    assert!(none.total_cost.is_some() && !none.cost_billed);
}
