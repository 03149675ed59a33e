//! A model that plays scripts, tools that do as the test says, and a log of steps in memory.

use super::super::{ChatExecutor, ToolSource};
use crate::domain::budget::Spent;
use crate::domain::finish::Finish;
use crate::domain::id::{MessageId, ThreadId};
use crate::domain::run::{AgentRun, RunStatus, Usage};
use crate::domain::step::StepTry;
use crate::domain::thread::{Message, Role};
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolPick;
use crate::samples;
use crate::server::backoff::Backoff;
use crate::server::clock::ManualClock;
use crate::server::execution::cut::Cut;
use crate::server::execution::output::LiveOutput;
use crate::server::execution::{Job, Limits, Lost, NewStep, Outcome, Past, StepEnding, StepLog, Tried};
use crate::server::work::model::{
    Arguments, ChatCall, ChatEvent, ChatModel, ChatStream, Finished, ModelError, TokenUsage, ToolCall,
};
use crate::server::work::pricing::Prices;
use crate::server::work::providers::ProvidersConfig;
use crate::server::work::retry::RetryPolicy;
use crate::server::work::tools::schema::Dialect;
use crate::server::work::tools::{Resolved, Tool, ToolError, ToolSpec};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(super) const NOW_MS: i64 = 1_795_444_200_000;

pub(super) type Script = Vec<Result<ChatEvent, ModelError>>;

/// Plays one script a call, the last for ever; then finishes or hangs. Remembers what it was asked.
pub(super) struct Scripted {
    scripts: Mutex<Vec<Script>>,
    pub(super) hangs: bool,
    pub(super) asked: Mutex<Vec<ChatCall>>,
}

#[async_trait]
impl ChatModel for Scripted {
    async fn stream(&self, call: ChatCall) -> Result<ChatStream, ModelError> {
        self.asked.lock().unwrap().push(call);
        let mut scripts = self.scripts.lock().unwrap();
        let script = if scripts.len() > 1 { scripts.remove(0) } else { scripts[0].clone() };
        if self.hangs {
            return Ok(stream::iter(script).chain(stream::pending()).boxed());
        }
        let (ends, others): (Script, Script) = script.into_iter().partition(ends);
        let end = ends.into_iter().next().unwrap_or_else(|| Ok(finished()));
        Ok(stream::iter(others.into_iter().chain([end])).boxed())
    }
}

/// Everything that was recorded.
#[derive(Default)]
pub(super) struct Log {
    pub(super) begun: Mutex<Vec<NewStep>>,
    pub(super) ended: Mutex<Vec<(StepEnding, Usage)>>,
    pub(super) tries: Mutex<Vec<StepTry>>,
    /// What they had used.
    pub(super) tried: Mutex<Tried>,
    pub(super) looping: Mutex<Vec<bool>>,
    /// Usage of the agent's other runs.
    pub(super) others: Mutex<Spent>,
    /// Whether the run is no longer this execution's.
    pub(super) lost: Mutex<bool>,
}

#[async_trait]
impl StepLog for Log {
    async fn begin(&self, step: NewStep) -> Result<i32, Lost> {
        if *self.lost.lock().unwrap() {
            return Err(Lost);
        }
        let mut begun = self.begun.lock().unwrap();
        begun.push(step);
        Ok(begun.len() as i32 + 1)
    }

    async fn tried(&self, _position: i32, tries: &[StepTry], used: Tried) -> Result<(), Lost> {
        *self.tries.lock().unwrap() = tries.to_vec();
        *self.tried.lock().unwrap() = used;
        Ok(())
    }

    async fn end(&self, ending: StepEnding, so_far: Usage) -> Result<(), Lost> {
        self.ended.lock().unwrap().push((ending, so_far));
        Ok(())
    }

    async fn mark_looping(&self, looping: bool) -> Result<(), Lost> {
        self.looping.lock().unwrap().push(looping);
        Ok(())
    }

    async fn others_this_month(&self) -> Result<Spent, Lost> {
        Ok(*self.others.lock().unwrap())
    }
}

/// Does as its name says.
pub(super) struct Prop(ToolSpec);

#[async_trait]
impl Tool for Prop {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn time_limit(&self) -> Duration {
        Duration::from_millis(50)
    }

    async fn call(&self, arguments: Value) -> Result<String, ToolError> {
        match self.0.name.as_str() {
            "fails" => Err(ToolError::new("it is broken")),
            "hangs" => std::future::pending().await,
            "panics" => panic!("told to"),
            "talks" => Ok("x".repeat(300 * 1024)),
            _ => Ok(format!("{} says {arguments}", self.0.name)),
        }
    }
}

/// Every agent here has these.
pub(super) struct Props {
    pub(super) missing: Vec<(&'static str, &'static str)>,
}

#[async_trait]
impl ToolSource for Props {
    async fn ready(&self, _picks: &[ToolPick]) {}

    fn resolve(&self, _picks: &[ToolPick], dialect: Dialect) -> Resolved {
        let prop = |name: &str| {
            let (name, description) = (name.to_owned(), String::new());
            let spec = ToolSpec { name: name.clone(), description, parameters: json!({"type": "object"}) };
            (name, Arc::new(Prop(spec)) as Arc<dyn Tool>)
        };
        let mut resolved = Resolved::new(dialect);
        resolved.add("all", ["clock", "echo", "fails", "hangs", "panics", "talks"].map(prop).to_vec());
        self.missing.iter().for_each(|(pick, why)| resolved.leave_out((*pick).to_owned(), (*why).to_owned()));
        resolved
    }
}

pub(super) fn model(scripts: Vec<Script>) -> Arc<Scripted> {
    Arc::new(Scripted { scripts: Mutex::new(scripts), hangs: false, asked: Mutex::default() })
}

/// Returns a model that plays this and then falls silent.
pub(super) fn hanging(script: Script) -> Arc<Scripted> {
    Arc::new(Scripted { scripts: Mutex::new(vec![script]), hangs: true, asked: Mutex::default() })
}

pub(super) fn executor(model: Arc<dyn ChatModel>) -> ChatExecutor {
    with_tools(model, Props { missing: Vec::new() })
}

pub(super) fn with_tools(model: Arc<dyn ChatModel>, props: Props) -> ChatExecutor {
    let prices = Prices::new(&ProvidersConfig::default());
    let retry =
        RetryPolicy { backoff: Backoff { first: Duration::ZERO, longest: Duration::ZERO }, ..RetryPolicy::default() };
    ChatExecutor::new(model, prices, props, ManualClock::at(NOW_MS)).with_retry(retry)
}

pub(super) fn text(piece: &str) -> Result<ChatEvent, ModelError> {
    Ok(ChatEvent::Text(piece.to_owned()))
}

pub(super) fn usage(prompt: i64, completion: i64) -> Result<ChatEvent, ModelError> {
    let tokens = TokenUsage { prompt: Some(prompt), completion: Some(completion), ..TokenUsage::default() };
    Ok(ChatEvent::Usage(tokens))
}

pub(super) fn calls(names: &[&str]) -> Result<ChatEvent, ModelError> {
    let call = |(at, name): (usize, &&str)| ToolCall {
        id: format!("call_{at}"),
        name: (*name).to_owned(),
        arguments: Arguments::Read(json!({"n": 1})),
    };
    let calls = names.iter().enumerate().map(call).collect();
    Ok(ChatEvent::Finished(Box::new(Finished { calls, ..Finished::new(Finish::Stop) })))
}

fn ends(event: &Result<ChatEvent, ModelError>) -> bool {
    matches!(event, Err(_) | Ok(ChatEvent::Finished(_)))
}

/// The model stops writing for this reason, and asks for these tools.
pub(super) fn ends_with(finish: Finish, names: &[&str]) -> Result<ChatEvent, ModelError> {
    let Ok(ChatEvent::Finished(mut finished)) = calls(names) else { panic!("it makes an end") };
    finished.finish = finish;
    Ok(ChatEvent::Finished(finished))
}

fn finished() -> ChatEvent {
    ChatEvent::Finished(Box::new(Finished::new(Finish::Stop)))
}

pub(super) fn error(message: &str) -> Result<ChatEvent, ModelError> {
    Err(ModelError::lasting(message))
}

/// Returns the outcome of a run that ended with such an error.
pub(super) fn failed(message: &str) -> Outcome {
    Outcome::Failed(ModelError::lasting(message).into_failure())
}

pub(super) fn passing(message: &str) -> Result<ChatEvent, ModelError> {
    Err(ModelError { is_passing: true, ..ModelError::lasting(message) })
}

pub(super) fn said(role: Role, content: &str) -> Past {
    Past::Said(Message {
        id: MessageId(1),
        thread_id: ThreadId(1),
        run_id: None,
        role,
        content: content.to_owned(),
        created_at: Timestamp::from_ms(0),
    })
}

pub(super) fn job(log: &Arc<Log>) -> Job {
    let run = AgentRun {
        thread_id: ThreadId(1),
        queued_at: Timestamp::from_ms(NOW_MS),
        started_at: None,
        model: "openai/gpt-5-mini".to_owned(),
        ..samples::run(7, RunStatus::Running)
    };
    Job {
        run,
        history: vec![said(Role::System, "Be brief."), said(Role::User, "What is new?")],
        limits: Limits { max_steps: 25, ..Limits::default() },
        cut: Cut::default(),
        output: LiveOutput::default(),
        steps: Arc::clone(log) as Arc<dyn StepLog>,
    }
}
