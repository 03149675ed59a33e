//! The executions of this process: how to cut each one short, and what it has written so far.

use crate::domain::id::RunId;
use crate::server::execution::cut::{Cut, CutReason};
use crate::server::execution::output::{LiveOutput, Written};
use crate::server::store::leases::Claim;
use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::Arc;

/// Cheap to clone; every clone is the same registry.
#[derive(Clone, Default)]
pub struct Registry(Arc<Mutex<HashMap<RunId, Entry>>>);

struct Entry {
    /// Which claim of the run it is: a later one is another execution.
    attempt: i32,
    cut: Cut,
    output: LiveOutput,
}

/// Takes an execution off the registry when it ends, however it ends.
pub struct Registered {
    registry: Registry,
    run: RunId,
    attempt: i32,
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut entries = self.registry.lock();
        if entries.get(&self.run).is_some_and(|entry| entry.attempt == self.attempt) {
            entries.remove(&self.run);
        }
    }
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Entry>> {
        self.0.lock()
    }

    /// Enters an execution. Before `mark_running`, so that no stop can slip between.
    pub fn enter(&self, claim: &Claim, cut: Cut, output: LiveOutput) -> Registered {
        let Claim { run, attempt, .. } = *claim;
        self.lock().insert(run, Entry { attempt, cut, output });
        Registered { registry: self.clone(), run, attempt }
    }

    /// Cuts one execution short, if it is here.
    pub fn cut(&self, run: RunId, reason: CutReason) {
        if let Some(entry) = self.lock().get(&run) {
            entry.cut.trip(reason);
        }
    }

    /// Cuts every execution short.
    pub fn cut_all(&self, reason: CutReason) {
        for entry in self.lock().values() {
            entry.cut.trip(reason);
        }
    }

    /// Returns the runs being executed here.
    pub fn runs(&self) -> Vec<RunId> {
        self.lock().keys().copied().collect()
    }

    /// Returns the output of a running execution so far; `None` when it is not executed here.
    pub fn written(&self, run: RunId) -> Option<Written> {
        self.lock().get(&run).map(|entry| entry.output.get())
    }
}
