//! Subscriptions of a run's page.

use crate::domain::agent::StripCell;
use crate::domain::id::RunId;
use crate::domain::live::Topic;
use crate::domain::run::RunStatus;
use crate::domain::views::run::RunDetail;
use crate::ui::model::run_view::{RunView, moves_queue};
use crate::ui::model::seq::{Origin, Outcome};
use crate::ui::model::words::ended;
use crate::ui::state::announcer::Announcer;
use crate::ui::state::live::Live;
use crate::ui::state::part::Part;
use leptos::prelude::*;
use std::time::Duration;

/// Shortest time between two readings of how many runs are ahead.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens to the run; once it is over, its messages and final steps are read.
pub fn follow(id: impl Fn() -> Option<RunId> + Send + Sync + 'static, view: RwSignal<Option<RunView>>, part: Part) {
    let announcer = Announcer::from_context();
    let sentence = |detail: &RunDetail| format!("{}: {}", detail.agent_name, ended(&StripCell::from(&detail.run)));
    let topic = move || id().map(Topic::Run);
    Live::from_context().watch(topic, move |message| {
        let is_over = |view: &RunView| view.detail.run.status.is_terminal();
        let mut outcome = Outcome::Ignored;
        let mut has_ended = false;
        _ = view.try_maybe_update(|view| {
            if let Some(view) = view {
                let before = is_over(view);
                outcome = view.apply(message, Origin::Live);
                has_ended = !before && is_over(view);
            }
            (outcome == Outcome::Applied, ())
        });
        if has_ended {
            part.read();
            view.with_untracked(|view| view.iter().for_each(|view| announcer.say(sentence(&view.detail))));
        }
        outcome
    });
}

/// While the run is queued, listens to its agent: how many runs are ahead of it is read again when that may have changed.
pub fn follow_queue(view: RwSignal<Option<RunView>>, part: Part) {
    let queued = |view: &RunView| view.detail.run.status == RunStatus::Queued;
    let topic =
        move || view.with(|view| view.as_ref().filter(|view| queued(view)).map(|view| view.detail.run.agent_id));
    Live::from_context().watch(
        move || topic().map(Topic::Agent),
        move |message| {
            if moves_queue(message) {
                part.read_soon(PAUSE);
            }
            Outcome::Ignored
        },
    );
}
