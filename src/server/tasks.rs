//! Tasks that go on for as long as the server does: each is watched, begins again after a panic, and says how it is. Knows
//! none of them.

use crate::server::backoff::Backoff;
use futures::FutureExt;
use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long tasks may take, and rest.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Rests after panics.
    backoff: Backoff,
    /// A task that has gone on for so long since its last panic is as good as new.
    settled: Duration,
    /// A round that takes longer is stuck.
    stuck: Duration,
}

impl Pace {
    const USUAL: Self = Self {
        backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) },
        settled: Duration::from_secs(120),
        stuck: Duration::from_secs(300),
    };
}

/// The tasks of this process. Cheap to clone; every clone is the same tasks.
#[derive(Clone)]
pub struct Tasks(Arc<Inner>);

struct Inner {
    reports: Mutex<BTreeMap<String, Report>>,
    closing: CancellationToken,
    pace: Pace,
}

#[derive(Clone, Debug, Default)]
struct Report {
    /// It has panicked, and rests.
    is_down: bool,
    restarts: u32,
    last_panic: Option<String>,
    /// When the round under way began.
    round_began: Option<Instant>,
    round_ended: Option<Instant>,
    last_error: Option<String>,
}

/// How a task is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskReport {
    pub name: String,
    pub state: TaskState,
    /// How often it has begun again since the process started.
    pub restarts: u32,
    /// The message of its last panic.
    pub last_panic: Option<String>,
    /// Seconds since its last round ended; null for a task without rounds and before the first.
    pub last_round_s: Option<u64>,
    /// Why its last round failed; null if it did not.
    pub last_error: Option<String>,
}

/// Whether a task does its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    Running,
    /// It has panicked and begins again in a moment.
    Restarting,
    /// Its round takes longer than any should.
    Stuck,
}

impl Tasks {
    /// Creates an empty set of tasks, which end with `closing` or by themselves.
    pub fn new(closing: CancellationToken) -> Self {
        Self::at(Pace::USUAL, closing)
    }

    fn at(pace: Pace, closing: CancellationToken) -> Self {
        Self(Arc::new(Inner { reports: Mutex::default(), closing, pace }))
    }

    /// Keeps a task going in the background. `begin` is called at once, and again after each panic.
    pub fn keep<F>(&self, name: &str, begin: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(self.watch(name, begin));
    }

    /// Keeps a task going that does the same every `period`, first after one, until the tasks close.
    pub fn every<F, E>(&self, name: &'static str, period: Duration, round: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        self.rounds(name, period, period, round);
    }

    /// Like [`Self::every`], with a first round at once: for periods so long that a server may not live to see one.
    pub fn now_and_every<F, E>(
        &self,
        name: &'static str,
        period: Duration,
        round: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        self.rounds(name, Duration::ZERO, period, round);
    }

    fn rounds<F, E>(
        &self,
        name: &'static str,
        first: Duration,
        period: Duration,
        round: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        let (tasks, round) = (self.clone(), Arc::new(round));
        self.keep(name, move || {
            let (tasks, round) = (tasks.clone(), Arc::clone(&round));
            async move {
                let mut pause = first;
                while tasks.0.closing.run_until_cancelled(sleep(pause)).await.is_some() {
                    pause = period;
                    tasks.note(name, |report| report.round_began = Some(Instant::now()));
                    let error = round().await.err().map(|error| error.to_string());
                    if let Some(error) = &error {
                        tracing::warn!(task = name, error, "a round failed");
                    }
                    tasks.note(name, |report| {
                        report.round_began = None;
                        report.round_ended = Some(Instant::now());
                        report.last_error = error;
                    });
                }
            }
        });
    }

    /// Keeps a task going for as long as this future is polled. `begin` is called at once, and again after each panic.
    /// The future completes when the task has ended by itself, or has panicked while the tasks close.
    pub fn watch<F, B>(&self, name: &str, begin: B) -> impl Future<Output = ()> + Send + use<F, B>
    where
        F: Future<Output = ()> + Send + 'static,
        B: Fn() -> F + Send + 'static,
    {
        let (tasks, name) = (self.clone(), name.to_owned());
        tasks.note(&name, |_| {});
        let mut task = begin();
        async move {
            let Pace { backoff, settled, .. } = tasks.0.pace;
            let mut panics = 0;
            loop {
                let began = Instant::now();
                let Err(panic) = AssertUnwindSafe(task).catch_unwind().await else { break };
                let panic = message(panic.as_ref());
                tracing::error!(task = name, panic, "a task has panicked; it begins again in a moment");
                panics = if began.elapsed() > settled { 1 } else { panics + 1 };
                tasks.note(&name, |report| {
                    report.is_down = true;
                    report.round_began = None;
                    report.last_panic = Some(panic);
                });
                if tasks.0.closing.run_until_cancelled(sleep(backoff.ceiling(panics))).await.is_none() {
                    break;
                }
                task = begin();
                tasks.note(&name, |report| {
                    report.is_down = false;
                    report.restarts += 1;
                });
            }
            tasks.reports().remove(name.as_str());
        }
    }

    /// Returns how each task is, by name.
    pub fn report(&self) -> Vec<TaskReport> {
        let now = Instant::now();
        self.reports().iter().map(|(name, report)| report.at(name, now, self.0.pace.stuck)).collect()
    }

    /// Returns those that do not do their work at present.
    pub fn failing(&self) -> Vec<TaskReport> {
        let mut report = self.report();
        report.retain(|task| task.state != TaskState::Running);
        report
    }

    fn note(&self, name: &str, change: impl FnOnce(&mut Report)) {
        let mut reports = self.reports();
        match reports.get_mut(name) {
            Some(report) => change(report),
            None => change(reports.entry(name.to_owned()).or_default()),
        }
    }

    fn reports(&self) -> MutexGuard<'_, BTreeMap<String, Report>> {
        self.0.reports.lock()
    }
}

impl Report {
    fn at(&self, name: &str, now: Instant, stuck: Duration) -> TaskReport {
        let is_stuck = self.round_began.is_some_and(|began| now - began > stuck);
        TaskReport {
            name: name.to_owned(),
            state: match (self.is_down, is_stuck) {
                (true, _) => TaskState::Restarting,
                (false, true) => TaskState::Stuck,
                (false, false) => TaskState::Running,
            },
            restarts: self.restarts,
            last_panic: self.last_panic.clone(),
            last_round_s: self.round_ended.map(|ended| (now - ended).as_secs()),
            last_error: self.last_error.clone(),
        }
    }
}

/// Returns the message of a panic.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}

#[cfg(test)]
mod tests;
