//! A person's message, and the turns that answer it.

use crate::domain::id::RunId;
use crate::domain::time::Timestamp;
use crate::ui::chats::day::DayLine;
use crate::ui::chats::turn::TurnView;
use crate::ui::model::chat_log::Exchange;
use crate::ui::model::chat_turn::Turn;
use crate::ui::state::chat::Chat;
use leptos::prelude::*;

/// A message and its answers. People's words are plain text.
#[component]
pub fn ExchangeView(chat: Chat, exchange: ArcRwSignal<Exchange>, before: Signal<Option<Timestamp>>) -> impl IntoView {
    let exchange = RwSignal::from(exchange);
    let message = exchange.with_untracked(|exchange| exchange.message.clone());
    let turns = Memo::new(move |_| exchange.with(|exchange| exchange.turns.iter().map(Turn::id).collect::<Vec<_>>()));
    let turn = move |id: RunId| {
        let of = move |exchange: &Exchange| exchange.turns.iter().find(|turn| turn.id() == id).cloned();
        let first = exchange.with_untracked(of)?;
        let turn = Memo::new(move |_| exchange.with(of).unwrap_or_else(|| first.clone()));
        let is_last = Signal::derive(move || turns.read().last() == Some(&id));
        Some(view! { <TurnView chat=chat turn=turn is_last=is_last/> })
    };
    let at = message.created_at;
    view! {
        <DayLine at=at before=before/>
        <article class="message message--user" aria-label="You">
            <p dir="auto">{message.content}</p>
        </article>
        <For each=move || turns.get() key=|id| *id children=turn/>
    }
}
