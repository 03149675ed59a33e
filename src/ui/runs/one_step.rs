//! One step of the run that a page shows, as it changes.

use crate::domain::step::RunStep;
use crate::ui::model::run_view::RunView;
use leptos::prelude::*;

/// Returns the step at a position. It is copied only when it has changed: a long run has hundreds, and something is written
/// several times a second.
pub fn one_step(view: Memo<RunView>, position: i32) -> Memo<Option<RunStep>> {
    let revision = Memo::new(move |_| view.with(|view| view.step(position).map(|step| step.revision)));
    Memo::new(move |_| {
        _ = revision.get();
        view.with_untracked(|view| view.step(position).cloned())
    })
}
