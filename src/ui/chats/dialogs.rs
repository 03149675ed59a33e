//! Actions on a thread: its menu, which of the dialogs that it opens is open, and what they share.

use crate::error::AppError;
use crate::ui::kit::menu::{Command, Item, Menu};
use crate::ui::kit::notice::Failure;
use crate::ui::state::menu::RowMenu;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Which of them is open.
#[derive(Clone, Copy)]
pub struct ThreadDialogs {
    pub menu: RowMenu<()>,
    pub(super) renaming: RwSignal<bool>,
    pub(super) deleting: RwSignal<bool>,
}

impl ThreadDialogs {
    /// Creates the state with no dialog open.
    pub fn new() -> Self {
        Self { menu: RowMenu::new("thread-menu"), renaming: RwSignal::new(false), deleting: RwSignal::new(false) }
    }
}

impl Default for ThreadDialogs {
    fn default() -> Self {
        Self::new()
    }
}

/// Rename, Delete.
#[component]
pub fn ThreadMenu(dialogs: ThreadDialogs) -> impl IntoView {
    let open = |dialog: RwSignal<bool>| Command::Do(Callback::new(move |()| dialog.set(true)));
    let items = vec![
        Item::new("Rename…", "edit", open(dialogs.renaming)),
        Item { danger: true, ..Item::new("Delete chat…", "trash", open(dialogs.deleting)) },
    ];
    view! { <Menu menu=dialogs.menu label="Chat actions".to_owned() items=items/> }
}

/// Asks the server, and says in the dialog what it has refused.
pub(super) fn act(
    busy: RwSignal<bool>,
    refused: RwSignal<Option<AppError>>,
    ask: impl Future<Output = Result<(), AppError>> + 'static,
    done: impl FnOnce() + 'static,
) {
    busy.set(true);
    refused.set(None);
    spawn_local(async move {
        let answer = ask.await;
        // The dialog may have been closed meanwhile.
        _ = busy.try_set(false);
        match answer {
            Ok(()) => done(),
            Err(error) => _ = refused.try_set(Some(error)),
        }
    });
}

#[component]
pub(super) fn Refusal(what: &'static str, refused: RwSignal<Option<AppError>>) -> impl IntoView {
    view! {
        {move || refused.get().map(|error| view! {
            <Failure title=what reason=error.to_string()/>
        })}
    }
}
