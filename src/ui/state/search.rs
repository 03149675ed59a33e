//! Looking something up on the server as it is typed: after a pause, and of several answers only that of the newest
//! question counts. It knows nothing of what is looked for.

use crate::error::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long after the last letter it is looked for.
const PAUSE: Duration = Duration::from_millis(250);

/// Returns what is to be called with the text after each letter. `take` is given what `look` came to; the page may have gone.
pub fn searcher<T: 'static, Answer: Future<Output = Result<T, AppError>> + 'static>(
    look: impl Fn(String) -> Answer + Copy + 'static,
    take: impl Fn(Result<T, AppError>) + Copy + 'static,
) -> impl Fn(String) + Copy {
    // Grows with each letter.
    let asked = StoredValue::new(0_u32);
    move |text: String| {
        let number = asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        let is_newest = move || asked.try_get_value() == number;
        let ask = move || {
            if !is_newest() {
                return;
            }
            spawn_local(async move {
                let found = look(text).await;
                if is_newest() {
                    take(found);
                }
            });
        };
        set_timeout(ask, PAUSE);
    }
}
