//! The conversation. It scrolls by itself for those who are at its end.

use crate::domain::id::MessageId;
use crate::ui::chats::exchange::ExchangeView;
use crate::ui::chats::follow::Follow;
use crate::ui::kit::icon::Icon;
use crate::ui::model::chat_log::Exchange;
use crate::ui::state::chat::Chat;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

/// Everything said, oldest first. It is not read out as it grows: that an answer begins or ends is announced elsewhere.
#[component]
pub fn Log(chat: Chat, follow: Follow) -> impl IntoView {
    Effect::new(move |_| {
        _ = chat.changes.get();
        follow.keep();
    });
    let rows = move || {
        let list = chat.exchanges.list();
        let before = |at: usize| at.checked_sub(1).map(|at| list[at].1.clone());
        (0..list.len()).map(|at| (list[at].0, list[at].1.clone(), before(at))).collect::<Vec<_>>()
    };
    let exchange = move |(_, exchange, before): Row| {
        let before = before.map(RwSignal::from);
        let before = Signal::derive(move || before.map(|before| before.with(|before| before.message.created_at)));
        view! { <ExchangeView chat=chat exchange=exchange before=before/> }
    };
    let earlier = Memo::new(move |_| chat.head.with(|head| head.as_ref().is_some_and(|head| head.has_earlier)));
    let is_new = Memo::new(move |_| chat.open().is_none());
    let hydrated = Hydrated::from_context();
    let can_jump = move || hydrated.get() && !follow.at_end.get();
    view! {
        <div class="conversation__body">
            <div
                class="conversation__log"
                tabindex="0"
                role="log"
                aria-label="Conversation"
                aria-live="off"
                node_ref=follow.log
                on:scroll=move |_| follow.scrolled()
            >
                <div class="conversation__inner">
                    {move || earlier.get().then(|| view! {
                        <p class="conversation__earlier"><a href="?list=all">"Show what was said before"</a></p>
                    })}
                    {move || is_new.get().then(|| view! { <Beginning chat=chat/> })}
                    <For each=rows key=|(id, ..)| *id children=exchange/>
                    <div class="conversation__end"></div>
                </div>
            </div>
            {move || can_jump().then(|| view! {
                <button class="btn btn--s conversation__jump" type="button" on:click=move |_| follow.to_end()>
                    <Icon name="arrow-down"/>"Jump to latest"
                </button>
            })}
        </div>
    }
}

/// An exchange with the one before it.
type Row = (MessageId, ArcRwSignal<Exchange>, Option<ArcRwSignal<Exchange>>);

/// Placeholder before anything is said.
#[component]
fn Beginning(chat: Chat) -> impl IntoView {
    let name = move || chat.head.with(|head| head.as_ref().map(|head| head.agent_name.clone()));
    view! {
        <div class="empty">
            <h2>"Talk to "<bdi>{move || name()}</bdi></h2>
            <p>"Follows its instructions and remembers this thread. Each answer is a run."</p>
        </div>
    }
}
