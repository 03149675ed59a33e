//! What can be done to a thread: its menu, and the dialogs that it opens.

use crate::api::chat::{delete_thread, rename_thread};
use crate::error::AppError;
use crate::ui::components::dialog::Dialog;
use crate::ui::components::icon::Icon;
use crate::ui::components::menu::{Command, Item, Menu};
use crate::ui::dom;
use crate::ui::state::address::new_chat_href;
use crate::ui::state::chat::Chat;
use crate::ui::state::menu::RowMenu;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Which of them is open.
#[derive(Clone, Copy)]
pub struct ThreadDialogs {
    pub menu: RowMenu<()>,
    renaming: RwSignal<bool>,
    deleting: RwSignal<bool>,
}

impl ThreadDialogs {
    /// None.
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
        Item { danger: true, ..Item::new("Delete thread…", "trash", open(dialogs.deleting)) },
    ];
    view! { <Menu menu=dialogs.menu label="Thread actions".to_owned() items=items/> }
}

/// "Rename thread".
#[component]
pub fn RenameThread(chat: Chat, dialogs: ThreadDialogs) -> impl IntoView {
    let open = dialogs.renaming;
    view! {
        <Dialog open=open title="Rename thread" id="rename-thread-h"><Rename chat=chat open=open/></Dialog>
    }
}

#[component]
fn Rename(chat: Chat, open: RwSignal<bool>) -> impl IntoView {
    let title = chat.head.with_untracked(|head| head.as_ref().map(|head| head.title.clone()).unwrap_or_default());
    let (title, busy, refused) = (RwSignal::new(title), RwSignal::new(false), RwSignal::new(None));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(thread), to) = (untrack(|| chat.open()), title.get_untracked()) else { return };
        if !busy.get_untracked() {
            act(busy, refused, async move { rename_thread(thread, to).await }, move || {
                open.set(false);
                chat.read();
            });
        }
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <div class="field">
                    <label for="thread-title">"Title"</label>
                    <input
                        class="input"
                        id="thread-title"
                        maxlength="200"
                        required
                        autofocus
                        autocomplete="off"
                        prop:value=title
                        on:input=move |event| title.set(event_target_value(&event))
                    />
                </div>
                <Refusal what="The thread could not be renamed." refused=refused/>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn btn--primary" type="submit" aria-busy=move || busy.get().then_some("true")>"Rename"</button>
            </div>
        </form>
    }
}

/// "Delete this thread?"
#[component]
pub fn DeleteThread(chat: Chat, dialogs: ThreadDialogs) -> impl IntoView {
    let open = dialogs.deleting;
    view! {
        <Dialog open=open title="Delete this thread?" id="delete-thread-h"><Delete chat=chat open=open/></Dialog>
    }
}

#[component]
fn Delete(chat: Chat, open: RwSignal<bool>) -> impl IntoView {
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None));
    let is_answering = untrack(|| chat.active.get().is_some());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(thread) = untrack(|| chat.open()) else { return };
        if !busy.get_untracked() {
            act(busy, refused, async move { delete_thread(thread).await }, move || {
                dom::leave_for(&new_chat_href(chat.agent));
            });
        }
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>
                    "What was said goes; its runs stay in the agent's history. This cannot be undone."
                    {is_answering.then_some(" The answer under way is stopped.")}
                </p>
                <Refusal what="The thread could not be deleted." refused=refused/>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn btn--danger" type="submit" aria-busy=move || busy.get().then_some("true")>
                    "Delete thread"
                </button>
            </div>
        </form>
    }
}

/// Asks the server, and says in the dialog what it has refused.
fn act(
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
fn Refusal(what: &'static str, refused: RwSignal<Option<AppError>>) -> impl IntoView {
    view! {
        {move || refused.get().map(|error| view! {
            <div class="notice notice--danger" role="alert">
                <Icon name="failed"/>
                <div class="notice__text">
                    <p><strong>{what}</strong></p>
                    <p>{error.to_string()}</p>
                </div>
            </div>
        })}
    }
}
