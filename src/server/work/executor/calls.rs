//! The calls of a conversation: a model's, repeated where that may help, and those of tools, several at once.

use super::super::model::{Arguments, ChatCall, ChatEvent, ChatTurn, Finished, ModelError, ToolCall};
use super::super::tools::{Tool, ToolError};
use super::conversation::{Conversation, Ended};
use super::turns::Turns;
use super::verdict;
use crate::domain::failure::{Failure, FailureCause};
use crate::domain::step::StepTry;
use crate::server::execution::{Outcome, StepEnding, shown_result};
use futures::future::try_join_all;
use futures::{FutureExt, StreamExt};
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tracing::Instrument;

impl Conversation<'_> {
    /// Asks the model, again if it fails for a reason that may pass. Its step stays open.
    pub(super) async fn ask_model(&self, position: i32, turns: &Turns) -> Result<Finished, Ended> {
        let mut tries = Vec::new();
        self.job.output.begin(position);
        loop {
            let attempt = tries.len() as u32 + 1;
            let span = tracing::info_span!("model_call", step = position, model = %self.job.run.model, attempt);
            let error = match self.ask_once(position, turns, attempt).instrument(span).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let Some(wait) = self.executor.retry.wait(attempt, &error) else {
                let times = if attempt > 1 { format!(" (tried {attempt} times)") } else { String::new() };
                let failure = error.into_failure();
                let error = format!("{}{times}", failure.error);
                return Err(Ended::With(Outcome::Failed(Failure { error, ..failure })));
            };
            let used = self.ledger.fail_try(position);
            // Void from now on, and not only when the next try begins.
            self.job.output.begin(position);
            let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            tries.push(StepTry { at: self.executor.clock.now(), error: error.message, wait_ms });
            self.job.steps.tried(position, &tries, used).await?;
            tokio::time::sleep(wait).await;
        }
    }

    async fn ask_once(&self, position: i32, turns: &Turns, attempt: u32) -> Result<Finished, ModelError> {
        let call = ChatCall {
            model: self.job.run.model.clone(),
            turns: turns.copied().await,
            tools: Arc::clone(&self.specs),
            max_output_tokens: self.job.limits.max_output_tokens,
            is_retry: self.job.run.retry_of.is_some(),
            attempt,
        };
        self.ledger.ask(position);
        let mut stream = self.executor.model.stream(call).await?;
        while let Some(event) = stream.next().await {
            match event? {
                ChatEvent::Text(piece) => {
                    self.job.output.push(&piece);
                    self.ledger.write(position, &piece);
                }
                ChatEvent::Reasoning(piece) => self.ledger.think(position, &piece),
                ChatEvent::Unseen(chars) => self.ledger.write_unseen(position, chars),
                ChatEvent::Usage(tokens) => self.ledger.report(position, tokens),
                ChatEvent::Finished(finished) => {
                    self.ledger.finish(position, &finished);
                    let limit = self.job.limits.max_output_tokens;
                    return verdict::accept(*finished, !self.ledger.text().trim().is_empty(), limit);
                }
            }
            // A model that always has the next piece ready must not keep a stop from being seen.
            tokio::task::coop::consume_budget().await;
        }
        let error = ModelError::passing("the stream ended before the answer was complete");
        Err(error.because(FailureCause::BrokeOff))
    }

    /// Runs the tools a model asks for, all at once; their results are in the order they were asked for.
    pub(super) async fn call_tools(&self, calls: &[ToolCall]) -> Result<Vec<ChatTurn>, Ended> {
        // Steps are numbered in the order they were asked for, however long each takes to begin.
        let mut begun = Vec::new();
        for call in calls {
            let position = self.begin_tool(call).await?;
            self.ledger.open_tool(position);
            begun.push((position, call));
        }
        try_join_all(begun.into_iter().map(|(position, call)| self.call_tool(position, call))).await
    }

    /// Makes none of the calls of an answer that was cut: the model is shown why.
    pub(super) async fn refuse_cut_calls(&self, calls: &[ToolCall]) -> Result<Vec<ChatTurn>, Ended> {
        let mut results = Vec::new();
        for call in calls {
            self.record_refused(call, verdict::CUT_CALL).await?;
            let content = format!("Error: {}", verdict::CUT_CALL);
            results.push(ChatTurn::Tool { call_id: call.id.clone(), name: call.name.clone(), content });
        }
        Ok(results)
    }

    async fn call_tool(&self, position: i32, call: &ToolCall) -> Result<ChatTurn, Ended> {
        let called = self.tools.tools.iter().find(|tool| tool.spec().name == call.name);
        let result = match called {
            Some(tool) => match &call.arguments {
                Arguments::Read(arguments) => {
                    let span = tracing::info_span!("tool_call", step = position, tool = %call.name);
                    within_limits(tool, arguments.clone()).instrument(span).await
                }
                Arguments::Unreadable { why, .. } => Err(ToolError::new(why.clone())),
            },
            None => Err(ToolError::new(self.no_such_tool(&call.name))),
        };
        let (content, output, error) = match result {
            Ok(text) => (shown_result(text.clone(), false), Some(text), None),
            Err(error) => (format!("Error: {error}"), None, Some(error.to_string())),
        };
        self.ledger.called(&call.name, error.is_some());
        self.end(StepEnding { position, output, error, ..StepEnding::default() }).await?;
        Ok(ChatTurn::Tool { call_id: call.id.clone(), name: call.name.clone(), content })
    }

    fn no_such_tool(&self, name: &str) -> String {
        let names: Vec<&str> = self.tools.tools.iter().map(|tool| tool.spec().name.as_str()).collect();
        match names.is_empty() {
            true => format!("there is no tool {name:?}: this agent has none"),
            false => format!("there is no tool {name:?}: this agent has {}", names.join(", ")),
        }
    }
}

/// Returns a tool's result, or why there is none: it took too long, or failed. A panic of one tool is not the run's.
async fn within_limits(tool: &Arc<dyn Tool>, arguments: Value) -> Result<String, ToolError> {
    let limit = tool.time_limit();
    match tokio::time::timeout(limit, AssertUnwindSafe(tool.call(arguments)).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            tracing::error!(tool = tool.spec().name, "a tool panicked");
            Err(ToolError::new("the tool itself failed; the server's log has the cause"))
        }
        Err(_) => Err(ToolError::new(format!("no answer within {} s", limit.as_secs_f32()))),
    }
}
