//! Meaning of a schedule: in words, and the next times it comes due. The server reads it; the browser knows no cron.

use crate::api::schedules::preview_schedule;
use crate::domain::agent::Setting;
use crate::domain::schedule::SchedulePreview as Preview;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::Upcoming;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Pause before a check, since not every letter is worth one.
const PAUSE: Duration = Duration::from_millis(400);

/// Shows nothing without a schedule. Follows what is typed; a response that was overtaken is dropped. Mistakes are
/// shown at the fields.
#[component]
pub fn SchedulePreview(form: AgentForm) -> impl IntoView {
    let (schedule, zone) = (form.value(Setting::Schedule), form.value(Setting::TimeZone));
    // The form may have gone.
    let asked = move || Some((schedule.try_get()?.trim().to_owned(), zone.try_get()?.trim().to_owned()));
    let answer: RwSignal<Option<Result<Preview, String>>> = RwSignal::new(None);
    let ask = move || {
        spawn_local(async move {
            let Some(question) = untrack(asked) else { return };
            let said = preview_schedule(question.0.clone(), question.1.clone()).await;
            if untrack(asked) == Some(question) {
                let shown = form.show_preview_errors(said).map_err(|error| error.detail).transpose();
                _ = answer.try_set(shown);
            }
        });
    };
    Effect::new(move |before: Option<()>| {
        if asked().is_none_or(|(schedule, _)| schedule.is_empty()) {
            answer.set(None);
            return;
        }
        let wait = if before.is_none() { Duration::ZERO } else { PAUSE };
        if let Ok(timer) = set_timeout_with_handle(ask, wait) {
            on_cleanup(move || timer.clear());
        }
    });
    // The region is there before it has anything to say, or it would not be read out.
    view! {
        <div aria-live="polite">
            {move || answer.get().map(|said| match said {
                Ok(preview) => read(preview, untrack(|| zone.get())).into_any(),
                Err(says) => view! { <p class="field__error"><Icon name="error"/><span>{says}</span></p> }.into_any(),
            })}
        </div>
    }
}

fn read(preview: Preview, zone: String) -> impl IntoView {
    let times = preview.times.into_iter().map(|at| view! { <li><Upcoming at=at/></li> }).collect_view();
    view! {
        <div class="schedule">
            <p><Icon name="scheduled"/><span><strong>{preview.reading}</strong>" "<span class="soft">{zone}" time"</span></span></p>
            <p class="soft">"Next, in your time:"</p>
            <ol>{times}</ol>
        </div>
    }
}
