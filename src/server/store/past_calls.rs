//! The results of tools in earlier turns of a thread, rebuilt from the steps of their runs.

use super::Store;
use super::error::StoreResult;
use crate::domain::id::RunId;
use crate::domain::step::{RunStep, StepCall, StepKind, calls_made};
use crate::domain::thread::Message;
use crate::server::entity::step;
use crate::server::entity::values::Json;
use crate::server::execution::{Past, PastCall, PastCalls};
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
        // Without inputs, which are most of a step: what a model was sent is not wanted, and its calls have their arguments.
        let columns = step::Column::iter().filter(|column| !matches!(column, step::Column::Input));
        let select = format!(
            "SELECT {}, CAST(NULL AS TEXT) AS input FROM run_steps WHERE run_id {} ORDER BY run_id, position",
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
        PastCalls { said: step.said.clone().unwrap_or_default(), calls, echo }
    });
    past.filter(|past| !past.calls.is_empty()).collect()
}

fn past_call(call: &StepCall, step: &RunStep) -> Option<PastCall> {
    let cut = if step.output_cut { "\n[cut here: the result was longer]" } else { "" };
    let result = match (&step.output, &step.error) {
        (Some(output), _) => format!("{output}{cut}"),
        (None, Some(error)) => format!("Error: {error}"),
        (None, None) => return None,
    };
    Some(PastCall { id: call.id.clone(), name: call.name.clone(), arguments: past_arguments(call), result })
}

/// Models want an object. Another value, or one that was cut or cannot be read, is put in one.
fn past_arguments(call: &StepCall) -> Value {
    match (&call.arguments_text, &call.arguments) {
        (Some(text), _) if call.arguments_cut => json!({ "arguments_cut_here": text }),
        (Some(text), _) => json!({ "unreadable_arguments": text }),
        (None, Value::Object(fields)) => Value::Object(fields.clone()),
        (None, value) => json!({ "arguments": value }),
    }
}

#[cfg(test)]
mod tests;
