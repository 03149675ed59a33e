//! Tool calls between model turns.

use super::super::{ChatExecutor, ToolSource};
use super::harness::*;
use crate::domain::step::StepKind;
use crate::domain::thread::Role;
use crate::domain::tool::ToolPick;
use crate::server::clock::ManualClock;
use crate::server::execution::cut::CutReason;
use crate::server::execution::{Outcome, Past, PastCall, PastCalls, RunExecutor};
use crate::server::work::model::ChatTurn;
use crate::server::work::pricing::Prices;
use crate::server::work::providers::ProvidersConfig;
use crate::server::work::tools::Resolved;
use crate::server::work::tools::schema::Dialect;
use async_trait::async_trait;
use serde_json::json;
use std::sync::Arc;
use std::thread::ThreadId;

/// Returns a tool's result as the model was shown it.
fn shown(turn: &ChatTurn) -> (&str, &str) {
    match turn {
        ChatTurn::Tool { name, content, .. } => (name, content),
        other => panic!("not a tool's answer: {other:?}"),
    }
}

#[tokio::test]
async fn results_are_shown_to_the_model_in_the_order_asked_and_all_is_on_record() {
    let first = vec![text("Let me see."), calls(&["echo", "clock"]), usage(100, 10)];
    let (log, model) = (Arc::<Log>::default(), model(vec![first, vec![text("Done."), usage(150, 5)]]));
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!((settled.outcome, settled.text.as_str()), (Outcome::Success, "Done."));

    let asked = model.asked.lock().unwrap();
    assert_eq!(asked[0].tools.len(), 6);
    let turns = &asked[1].turns;
    assert!(matches!(&turns[2], ChatTurn::Assistant { text, calls, .. } if text == "Let me see." && calls.len() == 2));
    assert_eq!(shown(&turns[3]), ("echo", "echo says {\"n\":1}"));
    assert_eq!(shown(&turns[4]), ("clock", "clock says {\"n\":1}"));

    let begun = log.begun.lock().unwrap();
    let begun: Vec<_> = begun.iter().map(|step| (step.kind, step.name.as_str())).collect();
    use StepKind::*;
    assert_eq!(begun, [(ToolCall, "echo"), (ToolCall, "clock"), (ModelCall, "openai/gpt-5-mini")]);
    let ended = log.ended.lock().unwrap();
    let first = &ended[0].0;
    assert_eq!((first.position, first.output.as_deref()), (1, Some("Let me see.")));
    let calls: Vec<_> =
        first.answer.calls.iter().map(|call| (call.id.as_deref(), call.name.as_str(), call.text())).collect();
    let arguments = || "{\"n\":1}".to_owned();
    assert_eq!(calls, [(Some("call_0"), "echo", arguments()), (Some("call_1"), "clock", arguments())]);
    assert_eq!(ended[0].1.total_tokens, Some(110), "so far");
    assert_eq!(settled.open[0].position, 4);
    assert_eq!(settled.usage.unwrap().total_tokens, Some(265), "the steps' sum");
}

#[tokio::test]
async fn the_next_calls_input_is_what_the_tools_said() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![calls(&["clock"])], vec![text("Done.")]]));
    executor(model).execute(job(&log)).await;
    let begun = log.begun.lock().unwrap();
    assert_eq!((begun[0].input.as_str(), begun[1].input.as_str()), ("{\"n\":1}", "clock: clock says {\"n\":1}"));
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_tool_is_told_to_the_model_and_the_run_goes_on() {
    for (tool, says) in [
        ("fails", "Error: it is broken"),
        ("hangs", "Error: no answer within 0.05 s"),
        ("panics", "Error: the tool itself failed; the server's log has the cause"),
        ("nothing", "Error: there is no tool \"nothing\": this agent has clock, echo, fails, hangs, panics, talks"),
    ] {
        let (log, model) = (Arc::<Log>::default(), model(vec![vec![calls(&[tool])], vec![text("Done.")]]));
        let settled = executor(model.clone()).execute(job(&log)).await;
        assert_eq!(settled.outcome, Outcome::Success, "{tool}");
        assert_eq!(shown(&model.asked.lock().unwrap()[1].turns[3]), (tool, says));
        let ended = log.ended.lock().unwrap();
        assert_eq!(ended[1].0.error.as_deref(), says.strip_prefix("Error: "), "{tool}");
    }
}

#[tokio::test]
async fn a_long_result_is_shown_as_far_as_a_model_can_read_it() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![calls(&["talks"])], vec![text("Done.")]]));
    executor(model.clone()).execute(job(&log)).await;
    let asked = model.asked.lock().unwrap();
    let (_, content) = shown(&asked[1].turns[3]);
    assert!(content.len() < 257 * 1024 && content.ends_with("[cut here: the result was longer]"));
}

#[tokio::test]
async fn a_tool_that_was_picked_and_is_not_there_is_on_record_and_counts_as_no_call() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![text("Done.")]]));
    let props = Props { missing: vec![("mcp:files", "it is down"), ("mcp:web/a: b", "it has no inputSchema: odd")] };
    let mut job = job(&log);
    job.limits.max_steps = 1;
    let settled = with_tools(model, props).execute(job).await;
    assert_eq!(settled.outcome, Outcome::Success);
    let begun: Vec<String> = log.begun.lock().unwrap().iter().map(|step| step.name.clone()).collect();
    assert_eq!(begun, ["mcp:files", "mcp:web/a: b"]);
    let ended: Vec<_> = log.ended.lock().unwrap().iter().take(2).filter_map(|(step, _)| step.error.clone()).collect();
    let expected = ["Not offered to the model: it is down.", "Not offered to the model: it has no inputSchema: odd."];
    assert_eq!(ended, expected);
}

#[tokio::test]
async fn a_cut_ends_a_tool_in_mid_call() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![text("Wait."), calls(&["hangs", "clock"])]]));
    let job = job(&log);
    let cut = job.cut.clone();
    let stop = async {
        while log.begun.lock().unwrap().len() < 2 {
            tokio::task::yield_now().await;
        }
        cut.trip(CutReason::Stopped);
    };
    let executor = executor(model);
    let (settled, ()) = tokio::join!(executor.execute(job), stop);
    assert_eq!((settled.outcome, settled.text.as_str()), (Outcome::Cut, "Wait."));
    let open: Vec<i32> = settled.open.iter().map(|step| step.position).collect();
    assert!(open.contains(&2), "the tool is among what is still open: {open:?}");
    assert!(settled.usage.unwrap().total_tokens.is_some(), "the model's call has been counted");
}

#[tokio::test]
async fn a_run_that_is_no_longer_ours_ends_at_once() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![calls(&["clock"])]]));
    *log.lost.lock().unwrap() = true;
    let settled = executor(model.clone()).execute(job(&log)).await;
    assert_eq!(settled.outcome, Outcome::Cut);
    assert_eq!(model.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_tools_answered_in_earlier_turns_is_shown_again() {
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![text("Done.")]]));
    let call = |name: &str| PastCall {
        id: None,
        name: name.to_owned(),
        arguments: json!({"n": 1}),
        result: format!("{name}!"),
    };
    let past = PastCalls { said: String::new(), calls: vec![call("clock"), call("echo")], echo: None };
    let mut job = job(&log);
    job.history =
        [job.history, vec![Past::Calls(past), said(Role::Assistant, "Late."), said(Role::User, "And now?")]].concat();
    executor(model.clone()).execute(job).await;
    let asked = model.asked.lock().unwrap();
    let turns = &asked[0].turns;
    assert_eq!((shown(&turns[3]), shown(&turns[4])), (("clock", "clock!"), ("echo", "echo!")));
    let ChatTurn::Assistant { calls, .. } = &turns[2] else { panic!("{turns:?}") };
    for (call, turn) in calls.iter().zip(&turns[3..]) {
        let ChatTurn::Tool { call_id, name, .. } = turn else { panic!("{turn:?}") };
        assert_eq!((call_id, name), (&call.id, &call.name));
    }
    assert_eq!(turns.len(), 7);
}

#[tokio::test]
async fn an_agent_without_tools_is_not_shown_the_calls_it_once_made() {
    struct NoTools(ThreadId);
    #[async_trait]
    impl ToolSource for NoTools {
        async fn ready(&self, _picks: &[ToolPick]) {}

        fn resolve(&self, _picks: &[ToolPick], dialect: Dialect) -> Resolved {
            assert_ne!(std::thread::current().id(), self.0, "schemas may take long");
            Resolved::new(dialect)
        }
    }
    let (log, model) = (Arc::<Log>::default(), model(vec![vec![text("Done.")]]));
    let mut job = job(&log);
    job.limits.tools = vec![ToolPick::Server("s".to_owned())];
    let call = PastCall { id: None, name: "clock".to_owned(), arguments: json!({}), result: "12:00".to_owned() };
    let past = PastCalls { said: String::new(), calls: vec![call], echo: None };
    job.history.insert(1, Past::Calls(past));
    let prices = Prices::new(&ProvidersConfig::default());
    let executor =
        ChatExecutor::new(model.clone(), prices, NoTools(std::thread::current().id()), ManualClock::at(NOW_MS));
    assert_eq!(executor.execute(job).await.outcome, Outcome::Success);
    assert_eq!(model.asked.lock().unwrap()[0].turns.len(), 2, "what was said, and no more");
}
