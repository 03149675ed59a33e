//! The results of tools in earlier turns of a thread, rebuilt from the steps of their runs.

use super::Store;
use super::error::StoreResult;
use crate::domain::id::RunId;
use crate::domain::step::{RunStep, StepCall, StepKind, calls_made};
use crate::domain::thread::Message;
use crate::server::entity::step;
use crate::server::entity::values::Json;
use crate::server::execution::{Past, PastCall, PastCalls, shown_result};
use sea_orm::{FromQueryResult, IdenStatic, Iterable};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

impl Store {
    /// Returns the history with the tools that its answers come from, each before the answer.
    pub(super) async fn with_tools(&self, history: Vec<Message>) -> StoreResult<Vec<Past>> {
        let answers: Vec<_> = history.iter().filter_map(|message| message.run_id).collect();
        if answers.is_empty() {
            return Ok(history.into_iter().map(Past::Said).collect());
        }
        // Without what models were sent, which is most of a step and not wanted.
        let columns = step::Column::iter().filter(|column| !matches!(column, step::Column::Input));
        let select = format!(
            "SELECT {}, CASE WHEN kind = 'tool_call' THEN input END AS input
             FROM run_steps WHERE run_id {} ORDER BY run_id, position",
            columns.map(|column| column.as_str().to_owned()).collect::<Vec<_>>().join(", "),
            self.among("$1")
        );
        let rows = step::Model::find_by_statement(self.statement(select, [self.ids(&answers)]));
        let mut steps: HashMap<RunId, Vec<RunStep>> = HashMap::new();
        let mut echoes = self.echoes(&answers).await?;
        for row in rows.all(&self.read).await? {
            let step = RunStep::from(row);
            steps.entry(step.run_id).or_default().push(step);
        }
        self.complete(&mut steps).await?;
        let mut whole = Vec::with_capacity(history.len());
        for message in history {
            let steps = message.run_id.and_then(|run| steps.remove(&run)).unwrap_or_default();
            whole.extend(past_calls(&steps, &mut echoes).into_iter().map(Past::Calls));
            whole.push(Past::Said(message));
        }
        Ok(whole)
    }

    async fn echoes(&self, runs: &[RunId]) -> StoreResult<HashMap<(RunId, i32), Value>> {
        let select = format!("SELECT run_id, step, echo FROM run_echoes WHERE run_id {}", self.among("$1"));
        let rows = StoredEcho::find_by_statement(self.statement(select, [self.ids(runs)])).all(&self.read).await?;
        Ok(rows.into_iter().map(|row| ((row.run_id, row.step), row.echo.0)).collect())
    }
}

#[derive(FromQueryResult)]
struct StoredEcho {
    run_id: RunId,
    step: i32,
    echo: Json<Value>,
}

/// Returns the calls of a run, those of each model call together. One that came to nothing is left out.
fn past_calls(steps: &[RunStep], echoes: &mut HashMap<(RunId, i32), Value>) -> Vec<PastCalls> {
    let models = steps.iter().enumerate().filter(|(_, step)| step.kind == StepKind::ModelCall);
    let past = models.map(|(at, step)| {
        let made = calls_made(&step.calls, &steps[at + 1..]);
        let calls: Vec<PastCall> = made.into_iter().filter_map(|(call, step)| past_call(call, step?)).collect();
        let ids: HashSet<&str> = calls.iter().filter_map(|call| call.id.as_deref()).collect();
        // An echo names all of its calls, and each wants a result.
        let is_whole = calls.len() == step.calls.len() && ids.len() == calls.len();
        let echo = echoes.remove(&(step.run_id, step.position)).filter(|_| is_whole);
        PastCalls { said: said(step), calls, echo }
    });
    past.filter(|past| !past.calls.is_empty()).collect()
}

/// Returns the words of a model. Where they are only the beginning, they say so.
fn said(step: &RunStep) -> String {
    let said = step.said.clone().unwrap_or_default();
    if step.said_cut { said + "\n[cut here: this was longer]" } else { said }
}

fn past_call(call: &StepCall, step: &RunStep) -> Option<PastCall> {
    let result = match (&step.output, &step.error) {
        (Some(output), _) => shown_result(output.clone(), step.output_cut),
        (None, Some(error)) => format!("Error: {error}"),
        (None, None) => return None,
    };
    Some(PastCall { id: call.id.clone(), name: call.name.clone(), arguments: past_arguments(call, step), result })
}

/// Returns a call's arguments. Where its record has only their beginning, the step that made it may have all of them.
fn past_arguments(call: &StepCall, step: &RunStep) -> Value {
    let whole = step.input.as_deref().filter(|_| call.arguments_cut && !step.input_cut);
    if let Some(text) = whole {
        return serde_json::from_str(text).map_or_else(|_| unreadable(text), as_object);
    }
    match &call.arguments_text {
        Some(text) if call.arguments_cut => json!({ "arguments_cut_here": text }),
        Some(text) => unreadable(text),
        None => as_object(call.arguments.clone()),
    }
}

/// Models want an object. Another value is put in one.
fn as_object(value: Value) -> Value {
    if value.is_object() { value } else { json!({ "arguments": value }) }
}

fn unreadable(text: &str) -> Value {
    json!({ "unreadable_arguments": text })
}

#[cfg(test)]
mod tests;
