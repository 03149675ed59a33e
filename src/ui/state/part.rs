//! A part of a page that is read from the server by itself: what went wrong when it was, and reading it again.

use crate::error::AppError;
use crate::ui::model::pace::Pace;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How the reading of one part stands. Its data goes elsewhere.
#[derive(Clone, Copy)]
pub struct Part {
    error: RwSignal<Option<AppError>>,
    read: Callback<()>,
    pace: StoredValue<Pace>,
}

impl Part {
    /// Creates a part that has been read, or could not be; `read` asks the server and takes its response in.
    pub fn new<F>(first: Result<(), AppError>, read: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), AppError>> + 'static,
    {
        let error = RwSignal::new(first.err());
        let pace = StoredValue::new(Pace::default());
        let read = Callback::new(move |()| {
            let answer = read();
            _ = pace.try_update_value(Pace::begin);
            spawn_local(async move {
                let answer = answer.await;
                // The part may have gone from the page.
                _ = error.try_set(answer.err());
                _ = pace.try_update_value(Pace::end);
            });
        });
        Self { error, read, pace }
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

    /// Asks the server again after a pause: once for all that calls for it until then, and not while a response is
    /// awaited.
    pub fn read_soon(self, pause: Duration) {
        if self.pace.try_update_value(Pace::hear) == Some(true) {
            self.read_after(pause);
        }
    }

    fn read_after(self, pause: Duration) {
        let wake = move || match self.pace.try_update_value(Pace::is_time) {
            Some(true) => self.read(),
            Some(false) => self.read_after(pause),
            // The part has gone from the page.
            None => {}
        };
        set_timeout(wake, pause);
    }
}
