//! Which runs of the page are selected, or that all are that its filter has.

use crate::api::bulk::count_runs;
use crate::domain::id::RunId;
use crate::error::AppError;
use crate::ui::state::run_list::RunList;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// State of the boxes in the rows.
#[derive(Clone, Copy)]
pub struct RunSelection {
    list: RunList,
    chosen: RwSignal<Vec<RunId>>,
    /// How many runs the filter has, where all of them are selected.
    pub whole: RwSignal<Option<i64>>,
    /// Whether they are being counted, and why they could not be.
    pub counting: RwSignal<bool>,
    pub uncounted: RwSignal<Option<AppError>>,
}

impl RunSelection {
    /// Creates the state of a page; nothing is selected.
    pub fn of(list: RunList) -> Self {
        Self {
            list,
            chosen: RwSignal::new(Vec::new()),
            whole: RwSignal::new(None),
            counting: RwSignal::new(false),
            uncounted: RwSignal::new(None),
        }
    }

    /// Whether a run is selected; tracked.
    pub fn has(self, id: RunId) -> bool {
        self.chosen.read().contains(&id)
    }

    /// Returns the selected runs that are shown; tracked.
    pub fn ids(self) -> Vec<RunId> {
        let chosen = self.chosen.read();
        self.shown().into_iter().filter(|id| chosen.contains(id)).collect()
    }

    /// Returns how many runs an action would be for; tracked.
    pub fn count(self) -> i64 {
        self.whole.get().unwrap_or_else(|| self.ids().len() as i64)
    }

    /// Whether every run of the page is selected; tracked.
    pub fn is_page(self) -> bool {
        let shown = self.shown();
        !shown.is_empty() && self.ids().len() == shown.len()
    }

    /// Whether the filter has runs on other pages; tracked.
    pub fn has_others(self) -> bool {
        self.list.edges.with(|edges| edges.newer.is_some() || edges.older.is_some()) || self.list.new.get() > 0
    }

    fn shown(self) -> Vec<RunId> {
        self.list.rows.list().into_iter().map(|(id, _)| id).collect()
    }

    /// Selects a run, or no longer. One that is left out is a selection of the page again.
    pub fn choose(self, id: RunId, on: bool) {
        self.whole.set(None);
        self.chosen.update(|chosen| {
            chosen.retain(|other| *other != id);
            if on {
                chosen.push(id);
            }
        });
    }

    /// Selects every run of the page, or none.
    pub fn choose_page(self, on: bool) {
        self.whole.set(None);
        self.uncounted.set(None);
        self.chosen.set(if on { untrack(|| self.shown()) } else { Vec::new() });
    }

    /// Selects all that the filter has, once they are counted.
    pub fn choose_whole(self) {
        if self.counting.get_untracked() {
            return;
        }
        self.counting.set(true);
        let query = self.list.address.with_value(|address| address.filter.to_query());
        spawn_local(async move {
            let answer = count_runs(query).await;
            // The page may have gone.
            if self.counting.try_set(false).is_none() {
                match answer {
                    Ok(count) => {
                        self.uncounted.set(None);
                        self.whole.set(Some(count));
                    }
                    Err(error) => self.uncounted.set(Some(error)),
                }
            }
        });
    }
}
