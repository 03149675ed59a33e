//! The executions of this process: how to cut each one short, and its answer so far.

use super::cut::{Cut, CutReason};
use super::executor::LiveText;
use crate::domain::id::RunId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cheap to clone; every clone is the same registry.
#[derive(Clone, Default)]
pub struct Registry(Arc<Mutex<HashMap<RunId, (Cut, LiveText)>>>);

/// Takes an execution off the registry when it ends, however it ends.
pub struct Registered {
    registry: Registry,
    run: RunId,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.run);
    }
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, (Cut, LiveText)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters an execution. Before `mark_running`, so that no stop can slip between.
    pub fn enter(&self, run: RunId, cut: Cut, text: LiveText) -> Registered {
        self.lock().insert(run, (cut, text));
        Registered { registry: self.clone(), run }
    }

    /// Cuts one execution short, if it is here.
    pub fn cut(&self, run: RunId, reason: CutReason) {
        if let Some((cut, _)) = self.lock().get(&run) {
            cut.trip(reason);
        }
    }

    /// Cuts every execution short.
    pub fn cut_all(&self, reason: CutReason) {
        for (cut, _) in self.lock().values() {
            cut.trip(reason);
        }
    }

    /// The runs being executed here.
    pub fn runs(&self) -> Vec<RunId> {
        self.lock().keys().copied().collect()
    }

    /// The answer of a running execution so far; `None` when it is not executed here.
    pub fn text(&self, run: RunId) -> Option<String> {
        self.lock().get(&run).map(|(_, text)| text.get())
    }
}
