//! The results of tools in earlier turns of a thread, rebuilt from the steps of their runs.

use super::Store;
use super::error::StoreResult;
use super::leases::list;
use crate::domain::id::RunId;
use crate::domain::step::{RunStep, StepKind};
use crate::domain::thread::{Message, Role};
use crate::server::entity::step;
use crate::server::entity::values::Json;
use crate::server::execution::{PastCall, PastCalls};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

impl Store {
    /// The history with the tools that its answers come from, each before the answer.
    pub(super) async fn with_tools(&self, history: Vec<Message>) -> StoreResult<Vec<Message>> {
        let answers: Vec<_> = history.iter().filter_map(|message| message.run_id).collect();
        if answers.is_empty() {
            return Ok(history);
        }
        // Without what models were sent, which is most of a step and not wanted here.
        let rows = step::Entity::find()
            .select_only()
            .columns(step::Column::iter().filter(|column| !matches!(column, step::Column::Input)))
            .expr_as(Expr::cust("CASE WHEN kind = 'tool_call' THEN input END"), "input")
            .filter(Expr::cust(format!("run_id IN ({})", list(&answers))))
            .order_by_asc(step::Column::RunId)
            .order_by_asc(step::Column::Position);
        let mut steps: HashMap<RunId, Vec<Past>> = HashMap::new();
        let mut echoes = self.echoes(&answers).await?;
        for row in rows.all(&self.read).await? {
            let call_id = row.call_id.clone();
            let step = RunStep::from(row);
            let echo = echoes.remove(&(step.run_id, step.position));
            steps.entry(step.run_id).or_default().push(Past { step, call_id, echo });
        }
        let mut whole = Vec::with_capacity(history.len());
        for message in history {
            let steps = message.run_id.and_then(|run| steps.remove(&run)).unwrap_or_default();
            whole.extend(past_calls(&steps).into_iter().map(|past| Message {
                role: Role::Tool,
                // Cannot fail: texts and JSON.
                content: serde_json::to_string(&past).unwrap_or_default(),
                ..message.clone()
            }));
            whole.push(message);
        }
        Ok(whole)
    }

    async fn echoes(&self, runs: &[RunId]) -> StoreResult<HashMap<(RunId, i32), Value>> {
        let select = format!("SELECT run_id, step, echo FROM run_echoes WHERE run_id IN ({})", list(runs));
        let rows = StoredEcho::find_by_statement(self.statement(select, [])).all(&self.read).await?;
        Ok(rows.into_iter().map(|row| ((row.run_id, row.step), row.echo.0)).collect())
    }
}

#[derive(FromQueryResult)]
struct StoredEcho {
    run_id: RunId,
    step: i32,
    echo: Json<Value>,
}

/// A step with what is kept beside it.
struct Past {
    step: RunStep,
    call_id: Option<String>,
    echo: Option<Value>,
}

/// The calls of a run, those of each model call together.
fn past_calls(steps: &[Past]) -> Vec<PastCalls> {
    let mut all: Vec<PastCalls> = Vec::new();
    for past in steps {
        match past.step.kind {
            StepKind::ModelCall => {
                let said = past.step.said().unwrap_or_default().to_owned();
                all.push(PastCalls { said, calls: Vec::new(), echo: past.echo.clone() });
            }
            StepKind::ToolCall => {
                // A tool that was not offered to the model comes before its first call.
                if let Some(calls) = all.last_mut() {
                    match past_call(past) {
                        Some(call) => calls.calls.push(call),
                        // An echo names all of its calls, and each wants a result.
                        None => calls.echo = None,
                    }
                }
            }
        }
    }
    all.retain(|past| !past.calls.is_empty());
    for past in &mut all {
        let ids: HashSet<&str> = past.calls.iter().filter_map(|call| call.id.as_deref()).collect();
        if ids.len() < past.calls.len() {
            past.echo = None;
        }
    }
    all
}

fn past_call(Past { step, call_id, .. }: &Past) -> Option<PastCall> {
    let cut = if step.output_cut { "\n[cut here: the result was longer]" } else { "" };
    let result = match (&step.output, &step.error) {
        (Some(output), _) => format!("{output}{cut}"),
        (None, Some(error)) => format!("Error: {error}"),
        (None, None) => return None,
    };
    let arguments = past_arguments(step.input.as_deref().unwrap_or_default(), step.input_cut);
    Some(PastCall { id: call_id.clone(), name: step.name.clone(), arguments, result })
}

/// Models want an object. What was another value, was cut or cannot be read stands in one.
fn past_arguments(input: &str, is_cut: bool) -> Value {
    match serde_json::from_str(input) {
        Ok(Value::Object(fields)) => Value::Object(fields),
        Ok(value) => json!({ "arguments": value }),
        Err(_) if is_cut => json!({ "arguments_cut_here": input }),
        Err(_) if input.trim().is_empty() => json!({}),
        Err(_) => json!({ "unreadable_arguments": input }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_never_made_none() {
        for (input, is_cut, shown) in [
            ("{\"q\":1}", false, json!({"q": 1})),
            ("[1]", false, json!({"arguments": [1]})),
            ("{\"q\":", true, json!({"arguments_cut_here": "{\"q\":"})),
            ("{\"q\":", false, json!({"unreadable_arguments": "{\"q\":"})),
            ("", false, json!({})),
        ] {
            assert_eq!(past_arguments(input, is_cut), shown, "{input}");
        }
    }
}
