//! The head of a chat: which thread it is, whose, and what it has come to.

use crate::ui::chats::dialogs::ThreadDialogs;
use crate::ui::chats::threads::THREADS;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::menu::MenuButton;
use crate::ui::model::chat_log::Head;
use crate::ui::state::chat::Chat;
use leptos::prelude::*;

/// Title, agent, figures, menu.
#[component]
pub fn ChatHead(chat: Chat, dialogs: ThreadDialogs) -> impl IntoView {
    let of = move |part: fn(&Head) -> String| chat.head.with(|head| head.as_ref().map(part).unwrap_or_default());
    let figures = move || {
        let (runs, cost) = chat.figures.get();
        let is_whole = chat.head.with(|head| head.as_ref().is_some_and(|head| !head.has_earlier));
        let runs =
            (runs > 0 && is_whole).then(|| if runs == 1 { ", 1 run".to_owned() } else { format!(", {runs} runs") });
        let cost = cost.filter(|_| runs.is_some()).map(|cost| format!(", {cost}"));
        (runs, cost)
    };
    let is_thread = Memo::new(move |_| chat.open().is_some());
    let agent = format!("/agents/{}", chat.agent);
    view! {
        <header class="conversation__head">
            <button
                class="btn btn--ghost btn--s btn--icon chat__threads-btn"
                type="button"
                aria-label="Chats"
                popovertarget=THREADS
            >
                <Icon name="list"/>
            </button>
            <div>
                <h1 class="conversation__title" id="conversation-h" dir="auto">{move || of(|head| head.title.clone())}</h1>
                <p>
                    <a href=agent><bdi>{move || of(|head| head.agent_name.clone())}</bdi></a>
                    {move || of(|head| format!(", {}", head.model))}
                    {move || figures()}
                </p>
            </div>
            <div class="actions push">
                {move || is_thread.get().then(|| view! {
                    <MenuButton menu=dialogs.menu row=() label="Chat actions".to_owned() class="btn--s"/>
                })}
            </div>
        </header>
    }
}
