//! An action on the selected runs: asked for, then followed until it is finished. It is found again when the page is loaded
//! again, by the address or because it is under way.

use crate::api::bulk::{ask_bulk, cancel_bulk, read_bulk, read_bulk_results};
use crate::domain::bulk::{BulkAction, BulkItem, BulkView, SHOWN_RESULTS};
use crate::domain::id::{BulkId, RunId};
use crate::error::{AppError, ErrorKind};
use crate::ui::dom;
use crate::ui::model::bulk::{fragment, of_fragment};
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::run_list::RunList;
use crate::ui::state::run_selection::RunSelection;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long after one reading of an action that is under way the next begins.
const EVERY: Duration = Duration::from_secs(1);

/// Id of the panel.
pub const PANEL: &str = "bulk";

/// State of the dialog and of the panel.
#[derive(Clone, Copy)]
pub struct Bulk {
    list: RunList,
    pub selection: RunSelection,
    /// The action that somebody is about to ask for.
    pub action: RwSignal<BulkAction>,
    pub open: RwSignal<bool>,
    pub busy: RwSignal<bool>,
    /// Why the last one was not taken.
    pub refused: RwSignal<Option<AppError>>,
    /// The one that is shown.
    pub view: RwSignal<Option<BulkView>>,
    /// Why it could not be read.
    pub unread: RwSignal<Option<AppError>>,
    /// What came of each run, as far as it was asked for; whether there is more.
    pub results: RwSignal<Option<(Vec<BulkItem>, bool)>>,
    /// Whether more of them are being read.
    pub reading: RwSignal<bool>,
    pub cancelling: RwSignal<bool>,
    following: StoredValue<bool>,
    keys: RequestKeys,
}

impl Bulk {
    /// Creates the state of a page with the action that is under way; the one of the address is read once there is one.
    pub fn of_page(list: RunList, under_way: Option<BulkView>) -> Self {
        let bulk = Self {
            list,
            selection: RunSelection::of(list),
            action: RwSignal::new(BulkAction::Stop),
            open: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            view: RwSignal::new(under_way),
            unread: RwSignal::new(None),
            results: RwSignal::new(None),
            reading: RwSignal::new(false),
            cancelling: RwSignal::new(false),
            following: StoredValue::new(false),
            keys: RequestKeys::from_context(),
        };
        Effect::new(move |_| {
            let shown = bulk.view.with_untracked(|view| view.as_ref().map(|view| view.job.id));
            match of_fragment(&dom::fragment()).filter(|id| shown != Some(*id)) {
                Some(id) => bulk.read(id, shown),
                None => bulk.follow(),
            }
        });
        bulk
    }

    /// Asks whether to carry out an action.
    pub fn ask(self, action: BulkAction) {
        self.refused.set(None);
        self.action.set(action);
        self.open.set(true);
    }

    /// Has the action carried out on what is selected.
    pub fn confirm(self, add: Vec<String>, remove: Vec<String>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let action = self.action.get_untracked();
        let filter = || self.list.address.with_value(|address| address.filter.to_query());
        let expected = self.selection.whole.get_untracked();
        let query = expected.map(|_| filter());
        let ids = if query.is_some() { Vec::new() } else { untrack(|| self.selection.ids()) };
        spawn_local(async move {
            let request = format!("bulk {action} {ids:?} {query:?} {add:?} {remove:?}");
            let answer = ask_bulk(action, ids, query, expected, add, remove, self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            // The page may have gone.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(view) => self.begun(view),
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }

    fn begun(self, view: BulkView) {
        self.mark(Some(view.job.id));
        self.results.set(None);
        self.unread.set(None);
        self.view.set(Some(view));
        self.open.set(false);
        self.selection.choose_page(false);
        self.follow();
        request_animation_frame(|| dom::focus_id(PANEL));
    }

    /// Returns the action that is shown, while it is under way.
    fn under_way(self) -> Option<BulkId> {
        self.view
            .with_untracked(|view| view.as_ref().filter(|view| view.job.finished_at.is_none()).map(|view| view.job.id))
    }

    /// Reads the action again, after a second and for as long as it is under way. Nobody asks for a page that is not seen.
    fn follow(self) {
        if self.following.get_value() || self.under_way().is_none() {
            return;
        }
        self.following.set_value(true);
        let wake = move || {
            if self.following.try_set_value(false).is_some() {
                // The page has gone.
                return;
            }
            match self.under_way().filter(|_| !document().hidden()) {
                Some(id) => self.read(id, Some(id)),
                None => self.follow(),
            }
        };
        set_timeout(wake, EVERY);
    }

    /// Reads an action, in the place of the one that is shown: after a response that is overtaken it stays.
    fn read(self, id: BulkId, shown: Option<BulkId>) {
        spawn_local(async move {
            let answer = read_bulk(id).await;
            let present = self.view.try_with_untracked(|view| view.as_ref().map(|view| view.job.id));
            if present != Some(shown) {
                return;
            }
            match answer {
                Ok(view) => self.show(view),
                // It has had its time.
                Err(error) if error.kind == ErrorKind::NotFound && shown == Some(id) => self.close(),
                Err(error) if error.kind == ErrorKind::NotFound => self.mark(None),
                Err(error) => self.unread.set(Some(error)),
            }
            self.follow();
        });
    }

    fn show(self, view: BulkView) {
        let is_over = view.job.finished_at.is_some();
        if is_over && view.job.action == BulkAction::Delete && self.list.is_first() {
            // Others take the place of those that are gone.
            self.list.show_new();
        }
        self.unread.set(None);
        self.view.set(Some(view));
        self.refresh_results(is_over);
    }

    /// Has what it has not come to left as it is.
    pub fn cancel(self) {
        let Some(id) = self.under_way().filter(|_| !self.cancelling.get_untracked()) else { return };
        self.cancelling.set(true);
        spawn_local(async move {
            let answer = cancel_bulk(id).await;
            // The page may have gone, or show another by now.
            let present = self.view.try_with_untracked(|view| view.as_ref().map(|view| view.job.id));
            if self.cancelling.try_set(false).is_some() || present != Some(Some(id)) {
                return;
            }
            match answer {
                Ok(view) => self.show(view),
                Err(error) => self.unread.set(Some(error)),
            }
            // The button goes.
            dom::focus_id(PANEL);
        });
    }

    /// Reads again what came of the runs that are shown, if some were waiting for their turn: a page of them each time, all of them
    /// once the action is over.
    fn refresh_results(self, is_over: bool) {
        let Some(id) = self.view.with_untracked(|view| view.as_ref().map(|view| view.job.id)) else { return };
        let shown = self.results.with_untracked(|results| match results {
            Some((items, _)) if items.iter().any(|item| item.result.is_none()) => items.len(),
            _ => 0,
        });
        if shown == 0 || (!is_over && shown > SHOWN_RESULTS as usize) || self.reading.get_untracked() {
            return;
        }
        spawn_local(async move {
            let (mut fresh, mut more) = (Vec::new(), true);
            while more && fresh.len() < shown {
                let below = fresh.last().map(|item: &BulkItem| item.run_id);
                match read_bulk_results(id, below).await {
                    Ok(page) => {
                        fresh.extend(page.items);
                        more = page.more;
                    }
                    Err(error) => {
                        self.unread.try_set(Some(error));
                        return;
                    }
                }
            }
            // The page may have gone, show another action, or have read more meanwhile.
            let present = self.view.try_with_untracked(|view| view.as_ref().map(|view| view.job.id));
            if present == Some(Some(id)) {
                self.results.update(|results| {
                    if let Some(results) = results.as_mut().filter(|(items, _)| items.len() <= fresh.len()) {
                        *results = (fresh, more);
                    }
                });
            }
        });
    }

    /// Reads what came of each run: the first of them, or those after the last that is shown.
    pub fn read_results(self) {
        let Some(id) = self.view.with_untracked(|view| view.as_ref().map(|view| view.job.id)) else { return };
        let below: Option<RunId> = self
            .results
            .with_untracked(|results| results.as_ref().and_then(|(items, _)| items.last().map(|item| item.run_id)));
        if self.reading.get_untracked() {
            return;
        }
        self.reading.set(true);
        spawn_local(async move {
            let answer = read_bulk_results(id, below).await;
            // The page may have gone, or show another by now.
            let present = self.view.try_with_untracked(|view| view.as_ref().map(|view| view.job.id));
            if self.reading.try_set(false).is_some() || present != Some(Some(id)) {
                return;
            }
            match answer {
                Ok(page) => self.results.update(|results| {
                    let (items, more) = results.get_or_insert_default();
                    items.extend(page.items);
                    *more = page.more;
                }),
                Err(error) => self.unread.set(Some(error)),
            }
        });
    }

    /// Shows no action any more. One that is under way goes on.
    pub fn close(self) {
        self.view.set(None);
        self.results.set(None);
        self.unread.set(None);
        self.mark(None);
    }

    /// Has the address say which action is shown.
    fn mark(self, id: Option<BulkId>) {
        let page = self.list.address.with_value(|address| address.href());
        let href = id.map_or_else(|| page.clone(), |id| format!("{page}#{}", fragment(id)));
        dom::set_address(&href, false);
    }
}
