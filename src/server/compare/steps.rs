//! Steps of two runs, aligned by call: a model call beside a model call, a call of a tool beside one of the same tool, so that as
//! many as possible stand beside each other and each run keeps its order. Each step is in exactly one pair.

use super::WholeRun;
use crate::domain::run::AgentRun;
use crate::domain::step::{RunStep, StepKind};
use crate::domain::views::comparison::{Delta, Figures, PairedStep, StepDifference, StepPair};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long steps are aligned; after that whatever lies between is taken to be in one run only.
const LIMIT: Duration = Duration::from_millis(500);
/// Characters of an error that are shown.
const ERROR: usize = 300;

/// What a step is aligned by: whether it is a model call, and else the tool. Models are all one, so that runs with different
/// models can be compared.
type Call<'a> = Option<&'a str>;

/// Returns all steps of both, in the order of their runs.
pub(super) fn aligned(a: &WholeRun, b: &WholeRun) -> Vec<StepPair> {
    let (now, then) = (Numbered::of(&a.steps), Numbered::of(&b.steps));
    let until = Instant::now() + LIMIT;
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &then.calls, &now.calls, Some(until));
    let mut pairs = Vec::with_capacity(now.calls.len().max(then.calls.len()));
    for op in ops {
        let (old, new) = (op.old_range(), op.new_range());
        match op {
            DiffOp::Equal { .. } => {
                pairs.extend(
                    old.zip(new).map(|(then_at, now_at)| pair(Some((a, &now, now_at)), Some((b, &then, then_at)))),
                );
            }
            _ => {
                pairs.extend(old.map(|at| pair(None, Some((b, &then, at)))));
                pairs.extend(new.map(|at| pair(Some((a, &now, at)), None)));
            }
        }
    }
    pairs
}

/// The calls of a run, and how many of the same came up to each.
struct Numbered<'a> {
    calls: Vec<Call<'a>>,
    numbers: Vec<i64>,
}

impl<'a> Numbered<'a> {
    fn of(steps: &'a [RunStep]) -> Self {
        let call = |step: &'a RunStep| (step.kind == StepKind::ToolCall).then_some(step.name.as_str());
        let calls: Vec<_> = steps.iter().map(call).collect();
        let mut counts: HashMap<Call<'a>, i64> = HashMap::new();
        let number = |call: &Call<'a>| {
            let count = counts.entry(*call).or_default();
            *count += 1;
            *count
        };
        let numbers = calls.iter().map(number).collect();
        Self { calls, numbers }
    }
}

/// A step of one side: of this run, the one at this index.
type Side<'r> = Option<(&'r WholeRun, &'r Numbered<'r>, usize)>;

fn step(side: Side<'_>) -> Option<&RunStep> {
    side.map(|(whole, _, at)| &whole.steps[at])
}

fn pair(a: Side<'_>, b: Side<'_>) -> StepPair {
    let (now, then) = (step(a), step(b));
    let of = |side: Side<'_>| {
        side.map(|(whole, numbered, at)| paired(&whole.known.run, &whole.steps[at], numbered.numbers[at]))
    };
    let (paired_a, paired_b) = (of(a), of(b));
    let figures = |side: &Option<PairedStep>| side.as_ref().map(|step| step.figures);
    let delta = Delta::of(figures(&paired_a).as_ref(), figures(&paired_b).as_ref());
    let differs = match (now, then) {
        (Some(_), None) => Some(StepDifference::OnlyA),
        (None, Some(_)) => Some(StepDifference::OnlyB),
        (Some(now), Some(then)) if now.error.is_some() != then.error.is_some() => Some(StepDifference::Status),
        (Some(now), Some(then)) if are_given_otherwise(now, then) => Some(StepDifference::Arguments),
        _ => None,
    };
    let named = now.or(then);
    StepPair {
        kind: named.map_or(StepKind::ModelCall, |step| step.kind),
        name: named.map(|step| step.name.clone()).unwrap_or_default(),
        a: paired_a,
        b: paired_b,
        delta,
        differs,
    }
}

/// Whether two calls of a tool have different arguments, as far as these are in the steps' records.
fn are_given_otherwise(a: &RunStep, b: &RunStep) -> bool {
    // Arguments that have been removed are not known.
    let is_known = a.input.is_some() && b.input.is_some();
    a.kind == StepKind::ToolCall && is_known && (&a.input, a.input_bytes) != (&b.input, b.input_bytes)
}

fn paired(run: &AgentRun, step: &RunStep, number: i64) -> PairedStep {
    let started = run.started_at.unwrap_or(run.queued_at);
    PairedStep {
        position: i64::from(step.position),
        number,
        offset_ms: step.started_at.ms_since(started).max(0),
        figures: Figures {
            duration_ms: step.duration_ms,
            tokens: step.usage.total_tokens,
            cost: step.usage.total_cost.filter(|_| step.kind == StepKind::ModelCall),
        },
        error: step.error.as_ref().map(|error| error.chars().take(ERROR).collect()),
    }
}
