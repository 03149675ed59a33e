//! The dialog that asks whether to delete a thread.

use crate::api::chat::delete_thread;
use crate::ui::chats::dialogs::{Refusal, ThreadDialogs, act};
use crate::ui::dom;
use crate::ui::kit::dialog::Dialog;
use crate::ui::model::address::new_chat_href;
use crate::ui::state::chat::Chat;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// "Delete this chat?"
#[component]
pub fn DeleteThread(chat: Chat, dialogs: ThreadDialogs) -> impl IntoView {
    let open = dialogs.deleting;
    view! {
        <Dialog open=open title="Delete this chat?" id="delete-thread-h"><Delete chat=chat open=open/></Dialog>
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
                    "The messages are deleted; the runs stay in the agent's history. This cannot be undone."
                    {is_answering.then_some(" The running answer is stopped.")}
                </p>
                <Refusal what="The chat could not be deleted." refused=refused/>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn btn--danger" type="submit" aria-busy=move || busy.get().then_some("true")>
                    "Delete chat"
                </button>
            </div>
        </form>
    }
}
