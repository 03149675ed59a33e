//! The page of an agent's chats: its threads, one of them, and where the next message is written.

use crate::domain::views::page::ChatPageData;
use crate::ui::chats::composer::Composer;
use crate::ui::chats::delete_thread::DeleteThread;
use crate::ui::chats::dialogs::{ThreadDialogs, ThreadMenu};
use crate::ui::chats::follow::Follow;
use crate::ui::chats::head::ChatHead;
use crate::ui::chats::log::Log;
use crate::ui::chats::rename_thread::RenameThread;
use crate::ui::chats::threads::Threads;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::loaded::Loaded;
use crate::ui::kit::not_found::NotFound;
use crate::ui::kit::skeleton::PageSkeleton;
use crate::ui::model::address::new_chat_href;
use crate::ui::state::chat::Chat;
use crate::ui::state::part::Part;
use leptos::prelude::*;

/// `/agents/{id}/chat` and `/agents/{id}/chat/{thread}`.
pub fn show(data: ChatPageData) -> AnyView {
    let (chat, part) = Chat::of_page(data);
    chat.follow();
    entitle(chat);
    view! {
        {move || match chat.missing.get() {
            Some(what) => view! { <Missing what=what chat=chat/> }.into_any(),
            None => view! { <Present chat=chat part=part/> }.into_any(),
        }}
    }
    .into_any()
}

/// The thread or its agent has gone; its page may have been open.
#[component]
fn Missing(what: String, chat: Chat) -> impl IntoView {
    view! {
        <main class="page" id="main" tabindex="-1">
            <NotFound what=what/>
            <p><a href=new_chat_href(chat.agent)><Icon name="chat"/>" Other chats of this agent"</a></p>
        </main>
    }
}

#[component]
fn Present(chat: Chat, part: Part) -> impl IntoView {
    let ready = Memo::new(move |_| chat.head.read().is_some());
    view! {
        <main class="chat" id="main" tabindex="-1">
            <Loaded
                part=part
                ready=ready
                what="The chat"
                skeleton=|| view! { <div class="page"><PageSkeleton what="the chat"/></div> }
                content=move || view! { <Content chat=chat/> }
            />
        </main>
    }
}

/// Built once; what changes is read where it is shown.
#[component]
fn Content(chat: Chat) -> impl IntoView {
    let follow = Follow::new();
    let dialogs = ThreadDialogs::new();
    view! {
        <Threads chat=chat/>
        <section class="conversation" aria-labelledby="conversation-h">
            <ChatHead chat=chat dialogs=dialogs/>
            <Log chat=chat follow=follow/>
            <Composer chat=chat follow=follow/>
        </section>
        <ThreadMenu dialogs=dialogs/>
        <RenameThread chat=chat dialogs=dialogs/>
        <DeleteThread chat=chat dialogs=dialogs/>
    }
}

/// Keeps the document's title: the thread may be new, or be renamed.
fn entitle(chat: Chat) {
    Effect::new(move |_| {
        if let Some(head) = &*chat.head.read() {
            document().set_title(&format!("{} · {} · Runboard", head.title, head.agent_name));
        }
    });
}
