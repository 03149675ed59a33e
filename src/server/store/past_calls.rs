//! What tools answered in earlier turns of a thread, made anew from the steps of their runs.

use super::error::StoreResult;
use super::leases::list;
use super::{Store, map};
use crate::domain::id::RunId;
use crate::domain::step::{RunStep, StepKind};
use crate::domain::thread::{Message, Role};
use crate::server::entity::step;
use crate::server::runs::executor::{PastCall, PastCalls};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value};
use std::collections::HashMap;

impl Store {
    /// The history with the tools that its answers come from, each before the answer.
    pub(super) async fn with_tools(&self, history: Vec<Message>) -> StoreResult<Vec<Message>> {
        let answers: Vec<i64> = history.iter().filter_map(|message| message.run_id).map(|run| run.0).collect();
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
        let mut steps: HashMap<RunId, Vec<RunStep>> = HashMap::new();
        for row in rows.all(&self.read).await? {
            let step = map::step(row)?;
            steps.entry(step.run_id).or_default().push(step);
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
}

/// The calls of a run, those of each model call together.
fn past_calls(steps: &[RunStep]) -> Vec<PastCalls> {
    let mut all: Vec<PastCalls> = Vec::new();
    for step in steps {
        match step.kind {
            StepKind::ModelCall => {
                all.push(PastCalls { said: step.said().unwrap_or_default().to_owned(), calls: Vec::new() });
            }
            StepKind::ToolCall => {
                // A tool that the model was not told of comes before its first call.
                if let Some(past) = all.last_mut() {
                    past.calls.extend(past_call(step));
                }
            }
        }
    }
    all.retain(|past| !past.calls.is_empty());
    all
}

fn past_call(step: &RunStep) -> Option<PastCall> {
    let cut = if step.output_cut { "\n[cut here: the result was longer]" } else { "" };
    let result = match (&step.output, &step.error) {
        (Some(output), _) => format!("{output}{cut}"),
        (None, Some(error)) => format!("Error: {error}"),
        (None, None) => return None,
    };
    // Arguments that were cut are no JSON; models want an object.
    let arguments = step.input.as_deref().and_then(|input| serde_json::from_str::<Map<_, _>>(input).ok());
    Some(PastCall { name: step.name.clone(), arguments: Value::Object(arguments.unwrap_or_default()), result })
}
