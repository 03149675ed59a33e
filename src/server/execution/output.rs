//! The output of a model call while it is written, shared between its writer and those who watch.

use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use tokio::sync::Notify;

/// The output of the step that is writing. Cheap to clone; every clone is the same output.
#[derive(Clone, Debug, Default)]
pub struct LiveOutput(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    written: Mutex<Written>,
    grown: Notify,
}

/// Position of a step and what it has written so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// 0 before the first step has begun to write.
    pub step: i32,
    pub text: String,
    /// How often the output has started over.
    pub begun: u32,
}

impl LiveOutput {
    /// Begins the output of a step, or begins it again when its call is repeated.
    pub fn begin(&self, step: i32) {
        let mut written = self.lock();
        *written = Written { step, text: String::new(), begun: written.begun + 1 };
        self.0.grown.notify_one();
    }

    /// Appends what has been written.
    pub fn push(&self, piece: &str) {
        self.lock().text.push_str(piece);
        self.0.grown.notify_one();
    }

    /// Returns a copy of what has been written so far.
    pub fn get(&self) -> Written {
        self.lock().clone()
    }

    /// Reads what has been written so far, which nothing is added to meanwhile: for a moment only.
    pub fn read<T>(&self, reader: impl FnOnce(&Written) -> T) -> T {
        reader(&self.lock())
    }

    /// Completes when something has been written since it last did.
    pub async fn grown(&self) {
        self.0.grown.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.0.written.lock()
    }
}
