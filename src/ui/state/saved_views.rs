//! Saved views of the page of runs: the list, and the dialog in which one is saved, changed or deleted.

use crate::api::views::{delete_view, replace_view, save_view};
use crate::domain::id::ViewId;
use crate::domain::saved_view::SavedView;
use crate::error::AppError;
use crate::ui::state::request_keys::RequestKeys;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// State of the menu and of the dialog.
#[derive(Clone, Copy)]
pub struct ViewList {
    pub views: RwSignal<Vec<SavedView>>,
    /// The filter of the page, as a query.
    pub query: StoredValue<String>,
    pub open: RwSignal<bool>,
    /// The view that the dialog is about; `None` where a new one is saved.
    pub edited: RwSignal<Option<SavedView>>,
    pub busy: RwSignal<bool>,
    /// Why the last change was not made.
    pub refused: RwSignal<Option<AppError>>,
    keys: RequestKeys,
}

impl ViewList {
    /// Creates the state of a page that shows what a query has.
    pub fn of_page(views: Vec<SavedView>, query: String) -> Self {
        Self {
            views: RwSignal::new(views),
            query: StoredValue::new(query),
            open: RwSignal::new(false),
            edited: RwSignal::new(None),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            keys: RequestKeys::from_context(),
        }
    }

    /// Opens the dialog, for a view or for a new one.
    pub fn edit(self, view: Option<SavedView>) {
        self.refused.set(None);
        self.edited.set(view);
        self.open.set(true);
    }

    /// Saves the page's filter as a view, or changes the one that the dialog is about.
    pub fn save(self, name: String, is_default: bool, has_new_filter: bool) {
        let present = self.query.get_value();
        let edited = self.edited.get_untracked();
        self.change(async move {
            match edited {
                Some(view) => {
                    let query = if has_new_filter { present } else { view.query };
                    replace_view(view.id, name, query, is_default).await
                }
                None => {
                    let request = format!("view {name:?} {present:?} {is_default}");
                    let answer = save_view(name, present, is_default, self.keys.of(&request)).await;
                    self.keys.answered(&request, &answer);
                    answer
                }
            }
        });
    }

    /// Deletes a view.
    pub fn delete(self, id: ViewId) {
        self.change(delete_view(id));
    }

    /// Shows what is there after a change, once it is made.
    fn change(self, making: impl Future<Output = Result<Vec<SavedView>, AppError>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = making.await;
            // The page may have gone.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(views) => {
                    self.views.set(views);
                    self.open.set(false);
                }
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }
}
