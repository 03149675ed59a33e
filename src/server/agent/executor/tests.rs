//! Runs over scripted models: what becomes of the answer, the tokens and the cost.

use super::super::model::{ChatStream, ModelError};
use super::*;
use crate::domain::id::{AgentId, MessageId, RunId, ThreadId};
use crate::domain::money::NanoDollars;
use crate::domain::run::{RunStatus, Trigger};
use crate::domain::time::Timestamp;
use crate::server::agent::providers::ProvidersConfig;
use crate::server::runs::cut::{Cut, CutReason};
use futures::stream;
use std::sync::Mutex;

type Script = Vec<Result<ChatEvent, ModelError>>;

/// Plays a script, then ends or hangs; remembers what it was asked.
struct Scripted {
    script: Script,
    hangs: bool,
    asked: Mutex<Vec<ChatCall>>,
}

#[async_trait]
impl ChatModel for Scripted {
    async fn stream(&self, call: ChatCall) -> Result<ChatStream, ModelError> {
        self.asked.lock().unwrap().push(call);
        let played = stream::iter(self.script.clone());
        Ok(if self.hangs { played.chain(stream::pending()).boxed() } else { played.boxed() })
    }
}

fn scripted(script: Script, hangs: bool) -> (Arc<Scripted>, ChatExecutor) {
    let model = Arc::new(Scripted { script, hangs, asked: Mutex::default() });
    let executor =
        ChatExecutor::new(Arc::clone(&model) as Arc<dyn ChatModel>, Prices::new(&ProvidersConfig::default()));
    (model, executor)
}

fn text(piece: &str) -> Result<ChatEvent, ModelError> {
    Ok(ChatEvent::Text(piece.to_owned()))
}

fn usage(prompt: i64, completion: i64) -> Result<ChatEvent, ModelError> {
    let tokens = TokenUsage { prompt: Some(prompt), completion: Some(completion), ..TokenUsage::default() };
    Ok(ChatEvent::Usage(tokens))
}

fn error(message: &str) -> Result<ChatEvent, ModelError> {
    Err(ModelError { status: Some(500), message: message.to_owned() })
}

fn message(role: Role, content: &str) -> Message {
    Message {
        id: MessageId(1),
        thread_id: ThreadId(1),
        run_id: None,
        role,
        content: content.to_owned(),
        created_at: Timestamp::from_ms(0),
    }
}

fn job() -> Job {
    let run = AgentRun {
        id: RunId(7),
        agent_id: AgentId(1),
        thread_id: ThreadId(1),
        status: RunStatus::Running,
        trigger: Trigger::Manual,
        chat: false,
        queued_at: Timestamp::from_ms(1_795_444_200_000),
        started_at: None,
        finished_at: None,
        duration_ms: None,
        model: "openai/gpt-5-mini".to_owned(),
        usage: Usage::default(),
        error: None,
        failure_kind: None,
        skip_reason: None,
        scheduled_for: None,
        retry_of: None,
        root_run_id: None,
        parent_run_id: None,
        attempt: 1,
        cancel_requested_at: None,
    };
    let history = vec![message(Role::System, "Be brief."), message(Role::User, "What is new?")];
    Job { run, history, cut: Cut::default(), text: LiveText::default() }
}

#[tokio::test]
async fn a_success_has_text_tokens_cost_and_rates() {
    let (model, executor) = scripted(vec![text("All "), text("quiet."), usage(1_000, 100)], false);
    let job = job();
    let live = job.text.clone();
    let settled = executor.execute(job).await;
    assert_eq!(settled.outcome, Outcome::Success);
    assert_eq!((settled.text.as_str(), live.get().as_str()), ("All quiet.", "All quiet."));
    assert_eq!(settled.usage.total_tokens, Some(1_100));
    assert_eq!(settled.usage.total_cost, Some(NanoDollars(450_000)));
    assert!(!settled.usage.usage_estimated);
    assert_eq!(settled.rates.unwrap()["model"], "gpt-5-mini");
    assert_eq!(model.asked.lock().unwrap()[0].turns.len(), 2);
}

#[tokio::test]
async fn without_reported_usage_tokens_are_estimated_and_say_so() {
    let (_, executor) = scripted(vec![text("12345678")], false);
    let settled = executor.execute(job()).await;
    assert_eq!(settled.usage.prompt_tokens, Some(6), "21 characters");
    assert_eq!(settled.usage.completion_tokens, Some(2));
    assert!(settled.usage.usage_estimated);
    assert!(settled.usage.total_cost.is_some());
}

#[tokio::test]
async fn a_cut_keeps_what_was_written_and_estimates_the_rest() {
    let (_, executor) = scripted(vec![text("12345678")], true);
    let job = job();
    let (cut, live) = (job.cut.clone(), job.text.clone());
    let stop = async {
        while live.get().is_empty() {
            tokio::task::yield_now().await;
        }
        cut.trip(CutReason::Stopped);
    };
    let (settled, ()) = tokio::join!(executor.execute(job), stop);
    assert_eq!((settled.outcome, settled.text.as_str()), (Outcome::Cut, "12345678"));
    assert_eq!(settled.usage.total_tokens, Some(8));
    assert!(settled.usage.usage_estimated);
}

#[tokio::test]
async fn a_run_cut_before_it_began_asks_nobody_and_spends_nothing() {
    let (model, executor) = scripted(vec![text("never")], false);
    let job = job();
    job.cut.trip(CutReason::Stopped);
    let settled = executor.execute(job).await;
    assert_eq!((settled.outcome, settled.usage), (Outcome::Cut, Usage::default()));
    assert!(model.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_endless_answer_can_be_cut() {
    struct Endless;
    #[async_trait]
    impl ChatModel for Endless {
        async fn stream(&self, _call: ChatCall) -> Result<ChatStream, ModelError> {
            Ok(stream::repeat_with(|| text("more ")).boxed())
        }
    }
    let executor = ChatExecutor::new(Arc::new(Endless), Prices::new(&ProvidersConfig::default()));
    let job = job();
    let cut = job.cut.clone();
    let (settled, ()) = tokio::join!(executor.execute(job), async { cut.trip(CutReason::TimedOut) });
    assert_eq!(settled.outcome, Outcome::Cut);
    assert!(settled.text.starts_with("more more "));
}

#[tokio::test]
async fn a_refused_call_spends_nothing() {
    let (_, executor) = scripted(vec![error("400 Bad Request: no")], false);
    let settled = executor.execute(job()).await;
    assert_eq!(settled.outcome, Outcome::Failed("400 Bad Request: no".to_owned()));
    assert_eq!((settled.usage, settled.rates), (Usage::default(), None));
}

#[tokio::test]
async fn a_failure_in_mid_answer_has_spent_tokens() {
    let (_, executor) = scripted(vec![text("12345678"), error("it broke")], false);
    let settled = executor.execute(job()).await;
    assert_eq!((settled.outcome, settled.text.as_str()), (Outcome::Failed("it broke".to_owned()), "12345678"));
    assert_eq!(settled.usage.completion_tokens, Some(2));
    assert!(settled.usage.usage_estimated);
}

#[tokio::test]
async fn an_empty_answer_is_a_failure_that_keeps_its_usage() {
    let (_, executor) = scripted(vec![text(" \n"), usage(10, 20)], false);
    let settled = executor.execute(job()).await;
    assert_eq!(settled.outcome, Outcome::Failed("the model sent an empty answer".to_owned()));
    assert_eq!(settled.usage.total_tokens, Some(30));
    assert!(!settled.usage.usage_estimated);
}

#[tokio::test]
async fn tool_results_and_empty_messages_are_not_sent() {
    let (model, executor) = scripted(vec![text("ok")], false);
    let mut job = job();
    job.history.extend([message(Role::Tool, "{}"), message(Role::Assistant, " ")]);
    job.run.retry_of = Some(RunId(5));
    job.run.root_run_id = Some(RunId(3));
    executor.execute(job).await;
    let asked = model.asked.lock().unwrap();
    assert_eq!(asked[0].turns.iter().map(|turn| turn.role).collect::<Vec<_>>(), [Role::System, Role::User]);
    assert_eq!((asked[0].chain, asked[0].is_retry), (RunId(3), true));
}

#[tokio::test]
async fn without_any_message_no_model_is_asked() {
    let (model, executor) = scripted(vec![text("ok")], false);
    let mut job = job();
    job.history.clear();
    let settled = executor.execute(job).await;
    assert!(matches!(settled.outcome, Outcome::Failed(text) if text.contains("give the agent instructions")));
    assert!(model.asked.lock().unwrap().is_empty());
}
