//! Steps for tests.

use super::{RunStep, StepKind};
use crate::domain::id::{RunId, StepId};
use crate::domain::run::Usage;
use crate::domain::time::Timestamp;

/// Returns a step that has just begun, at second 0, and has used nothing.
pub fn step(position: i32, kind: StepKind) -> RunStep {
    RunStep {
        id: StepId(i64::from(position)),
        run_id: RunId(1),
        position,
        kind,
        name: "step".to_owned(),
        revision: 1,
        started_at: Timestamp::from_ms(0),
        finished_at: None,
        duration_ms: None,
        usage: Usage::default(),
        rates: None,
        input: None,
        input_cut: false,
        input_bytes: None,
        said: None,
        said_cut: false,
        calls: Vec::new(),
        call_id: None,
        output: None,
        output_cut: false,
        output_bytes: None,
        finish: None,
        reasoning: None,
        reasoning_cut: false,
        served_model: None,
        tries: Vec::new(),
        error: None,
    }
}
