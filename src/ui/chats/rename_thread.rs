//! The dialog in which a thread is named.

use crate::api::chat::rename_thread;
use crate::ui::chats::dialogs::{Refusal, ThreadDialogs, act};
use crate::ui::kit::dialog::Dialog;
use crate::ui::state::chat::Chat;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// "Rename chat".
#[component]
pub fn RenameThread(chat: Chat, dialogs: ThreadDialogs) -> impl IntoView {
    let open = dialogs.renaming;
    view! {
        <Dialog open=open title="Rename chat" id="rename-thread-h"><Rename chat=chat open=open/></Dialog>
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
                        dir="auto"
                        maxlength="200"
                        required
                        autofocus
                        autocomplete="off"
                        prop:value=title
                        on:input=move |event| title.set(event_target_value(&event))
                    />
                </div>
                <Refusal what="The chat could not be renamed." refused=refused/>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn btn--primary" type="submit" aria-busy=move || busy.get().then_some("true")>"Rename"</button>
            </div>
        </form>
    }
}
