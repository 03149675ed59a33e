//! A part of a page that is read from the server by itself: what went wrong when it was, and reading it again.

use crate::error::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How the reading of one part stands. Its data goes elsewhere.
#[derive(Clone, Copy)]
pub struct Part {
    error: RwSignal<Option<AppError>>,
    read: Callback<()>,
}

impl Part {
    /// Creates a part that has been read, or could not be; `read` asks the server and takes its response in.
    pub fn new<F>(first: Result<(), AppError>, read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), AppError>> + 'static,
    {
        let error = RwSignal::new(first.err());
        let read = Callback::new(move |()| {
            let answer = read();
            spawn_local(async move {
                let answer = answer.await;
                // The part may have gone from the page.
                _ = error.try_set(answer.err());
            });
        });
        Self { error, read }
    }

    /// Returns why there is nothing to show; tracked.
    pub fn error(self) -> Option<AppError> {
        self.error.get()
    }

    /// Asks the server again.
    pub fn read(self) {
        _ = self.error.try_set(None);
        self.read.try_run(());
    }
}
