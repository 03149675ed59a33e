//! How long the runs and steps that this process executes have been under way, by a clock that nobody can set. What
//! another process has begun is not here; its duration is the difference of two times of day.

use crate::domain::id::RunId;
use crate::domain::time::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use sea_orm::ExprTrait;
use sea_orm::sea_query::{Expr, IntoColumnRef};
use std::collections::HashMap;
use std::sync::Arc;

/// Begun and not forgotten; executions that have lost their lease leave theirs behind.
const MOST: usize = 100_000;

/// When each run and step began, in milliseconds of [`Clock::elapsed_ms`](crate::server::clock::Clock::elapsed_ms). Cheap
/// to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Stopwatches(Arc<Mutex<HashMap<RunId, Begun>>>);

#[derive(Debug, Default)]
struct Begun {
    run: Option<i64>,
    /// By position.
    steps: HashMap<i32, i64>,
}

/// Milliseconds from the time in a column to `at`, never below 0.
pub(super) fn since<C: IntoColumnRef + Copy>(began: C, at: Timestamp) -> Expr {
    Expr::case(Expr::val(at).gt(Expr::col(began)), Expr::val(at).sub(Expr::col(began))).finally(0_i64).into()
}

impl Stopwatches {
    /// Called when a run begins.
    pub(super) fn begin_run(&self, run: RunId, at: i64) {
        let mut all = self.all();
        if all.len() >= MOST {
            all.clear();
        }
        all.entry(run).or_default().run = Some(at);
    }

    /// Called when a step of a run begins.
    pub(super) fn begin_step(&self, run: RunId, position: i32, at: i64) {
        if let Some(begun) = self.all().get_mut(&run) {
            begun.steps.insert(position, at);
        }
    }

    /// Returns how long a run has been under way, in milliseconds; `None` if this process has not begun it.
    pub(super) fn run_ms(&self, run: RunId, now: i64) -> Option<i64> {
        self.all().get(&run)?.run.map(|at| now - at)
    }

    /// Returns how long a step has been under way, in milliseconds; `None` if this process has not begun it.
    pub(super) fn step_ms(&self, run: RunId, position: i32, now: i64) -> Option<i64> {
        self.all().get(&run)?.steps.get(&position).map(|at| now - at)
    }

    /// Called when a run is over here, whoever has ended it.
    pub(super) fn forget(&self, run: RunId) {
        self.all().remove(&run);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<RunId, Begun>> {
        self.0.lock()
    }
}
