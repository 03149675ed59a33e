//! Tests that an execution sees what is out of the ordinary about it.

use super::harness::*;
use crate::domain::finish::Finish;
use crate::domain::signal::{Signal, Signals};
use crate::server::execution::{Outcome, RunExecutor, Settled};
use crate::server::work::model::ChatEvent;
use std::sync::Arc;

/// Plays these, and returns how it came out and what its steps showed, those last that ended with the run.
async fn played(name: &str, scripts: Vec<Script>) -> (Settled, Vec<Signals>) {
    let log = Arc::<Log>::default();
    let mut job = job(&log);
    job.run.model = name.to_owned();
    let settled = executor(model(scripts)).execute(job).await;
    let ended = log.ended.lock().unwrap().iter().map(|(step, _)| step.signals).collect::<Vec<_>>();
    let all = ended.into_iter().chain(settled.open.iter().map(|step| step.signals)).collect();
    (settled, all)
}

fn only(signal: Signal) -> Signals {
    Signals::default().with(signal, true)
}

#[tokio::test]
async fn an_answer_that_was_cut_on_the_way_shows_as_soon_as_its_step_ends() {
    let scripts = vec![vec![text("Let me"), ends_with(Finish::Length, &["clock"])], vec![text("Done.")]];
    let (settled, steps) = played("openai/gpt-4", scripts).await;
    assert_eq!((settled.outcome, settled.signals), (Outcome::Success, Signals::default()));
    assert_eq!(steps, [only(Signal::Cut), Signals::default(), Signals::default()]);
}

#[tokio::test]
async fn a_context_that_is_nearly_full_shows_where_the_window_is_known() {
    // Of 8,192 tokens.
    for (name, prompt, expected) in [
        ("openai/gpt-4", 7_372, Signals::default()),
        ("openai/gpt-4", 7_373, only(Signal::ContextFull)),
        ("openai/gpt-4.1", 7_373, Signals::default()),
        ("ollama/of-tomorrow", 1_000_000, Signals::default()),
    ] {
        let (_, steps) = played(name, vec![vec![text("Done."), usage(prompt, 0)]]).await;
        assert_eq!(steps, [expected], "{name}, {prompt}");
    }
}

#[tokio::test]
async fn tries_that_failed_do_not_fill_the_context() {
    let broken = vec![text("Do"), usage(5_000, 10), passing("busy")];
    let (settled, steps) = played("openai/gpt-4", vec![broken, vec![text("Done."), usage(5_000, 10)]]).await;
    assert_eq!((settled.usage.unwrap().prompt_tokens, steps), (Some(10_000), vec![Signals::default()]));
}

#[tokio::test]
async fn a_tool_that_fails_most_of_its_calls_shows_when_the_run_is_over() {
    let play = async |names: &[&str]| {
        let mut scripts: Vec<Script> = names.iter().map(|name| vec![calls(&[name])]).collect();
        scripts.push(vec![text("Done.")]);
        played("openai/gpt-4", scripts).await.0.signals
    };
    assert_eq!(play(&["fails"]).await, only(Signal::FailingTool));
    assert_eq!(play(&["clock", "fails", "clock"]).await, only(Signal::FailingTool), "of that tool's own calls");
    assert_eq!(play(&["no_such_tool"]).await, only(Signal::FailingTool));
    assert_eq!(play(&["clock", "echo"]).await, Signals::default());
}

#[tokio::test]
async fn calls_that_were_not_made_are_no_failures_of_their_tool() {
    let cut: Script = vec![text("Let me"), ends_with(Finish::Length, &["clock"])];
    let (settled, _) = played("openai/gpt-4", vec![cut, vec![text("Done.")]]).await;
    assert_eq!(settled.signals, Signals::default());
    // Six equal calls, of which the last is not made.
    let (settled, _) = played("openai/gpt-4", vec![vec![calls(&["clock"])]]).await;
    assert_eq!(settled.signals, Signals::default());
}

#[tokio::test]
async fn the_model_that_was_served_is_on_record_with_the_last_step() {
    let Ok(ChatEvent::Finished(mut finished)) = ends_with(Finish::Stop, &[]) else { panic!("it makes an end") };
    finished.served_model = Some("gpt-4-0613".to_owned());
    let (settled, _) = played("openai/gpt-4", vec![vec![text("Done."), Ok(ChatEvent::Finished(finished))]]).await;
    assert_eq!(settled.open[0].answer.served_model.as_deref(), Some("gpt-4-0613"));
}
