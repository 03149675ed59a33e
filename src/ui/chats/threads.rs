//! The list of an agent's threads. Beside the conversation where there is room, otherwise a sheet that a button opens. It
//! has no headings: the page's own comes after it.

use crate::domain::id::ThreadId;
use crate::domain::run::RunStatus;
use crate::domain::thread::ThreadRow;
use crate::ui::chats::day::{Brief, on_the_wall, today};
use crate::ui::chats::search::{ChatSearch, Found};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::status::Status;
use crate::ui::model::address::{chat_href, new_chat_href};
use crate::ui::model::chat_days::Age;
use crate::ui::model::words::{Look, cell_look};
use crate::ui::state::chat::Chat;
use leptos::prelude::*;

/// Id of the list.
pub const THREADS: &str = "threads";

/// A line of the list.
#[derive(Clone, PartialEq)]
enum Line {
    Heading(Age),
    Thread(ThreadId),
}

/// Threads by how long ago they were last talked in.
#[component]
pub fn Threads(chat: Chat) -> impl IntoView {
    let lines = Memo::new(move |_| lines(chat));
    let known = move |id: ThreadId| chat.threads.list().into_iter().find(|(other, _)| *other == id).map(|(_, row)| row);
    let line = move |line: Line| match line {
        Line::Heading(age) => view! { <p class="threads__age">{age.words()}</p> }.into_any(),
        Line::Thread(id) => match untrack(|| known(id)) {
            Some(row) => view! { <ThreadLink chat=chat id=id row=row/> }.into_any(),
            None => ().into_any(),
        },
    };
    let is_empty = Memo::new(move |_| lines.read().is_empty());
    let found: Found = RwSignal::new(None);
    let link = move |row: ThreadRow| {
        let id = row.id;
        // One of the list goes on as it stands there.
        let row = untrack(|| known(id)).unwrap_or_else(|| ArcRwSignal::new(row));
        view! { <ThreadLink chat=chat id=id row=row/> }
    };
    view! {
        <aside class="threads" id=THREADS popover="auto" aria-label="Chats">
            <div class="threads__head">
                <p class="threads__title">"Chats"</p>
                <a class="btn btn--s" href=new_chat_href(chat.agent) aria-label="New chat"><Icon name="plus"/>"New"</a>
                <button
                    class="btn btn--ghost btn--s btn--icon threads__close"
                    type="button"
                    aria-label="Close"
                    popovertarget=THREADS
                    popovertargetaction="hide"
                >
                    <Icon name="close"/>
                </button>
            </div>
            {move || (!is_empty.get()).then(|| view! { <ChatSearch chat=chat found=found/> })}
            <nav class="threads__list" aria-label="Chats found" hidden=move || found.read().is_none()>
                {move || found.get().map(|rows| rows.into_iter().map(link).collect_view())}
            </nav>
            <nav class="threads__list" aria-label="Chats" hidden=move || found.read().is_some()>
                {move || is_empty.get().then(|| view! { <p class="threads__none">"None yet."</p> })}
                <For each=move || lines.get() key=|line| match line {
                    Line::Heading(age) => Err(*age),
                    Line::Thread(id) => Ok(*id),
                } children=line/>
            </nav>
        </aside>
    }
}

fn lines(chat: Chat) -> Vec<Line> {
    let today = today().map(|now| now.date());
    let mut lines = Vec::new();
    let mut under = None;
    for (id, row) in chat.threads.list() {
        let day = on_the_wall(row.with(|row| row.updated_at)).date();
        let age = Age::of(day, today.unwrap_or(day));
        if under.replace(age) != Some(age) {
            lines.push(Line::Heading(age));
        }
        lines.push(Line::Thread(id));
    }
    lines
}

#[component]
fn ThreadLink(chat: Chat, id: ThreadId, row: ArcRwSignal<ThreadRow>) -> impl IntoView {
    let row = RwSignal::from(row);
    let at = Signal::derive(move || row.read().updated_at);
    let look = Memo::new(move |_| row.with(|row| row.run.as_ref().and_then(worth_telling)));
    let is_open = move || (chat.open() == Some(id)).then_some("page");
    view! {
        <a href=chat_href(chat.agent, id) aria-current=is_open>
            <span dir="auto">{move || row.read().title.clone()}</span>
            <Brief at=at/>
            {move || look.get().map(|look| view! { <Status look=Signal::stored(look)/> })}
        </a>
    }
}

/// Returns how the newest run stands, unless all went well.
fn worth_telling(cell: &crate::domain::agent::StripCell) -> Option<Look> {
    match cell.status {
        RunStatus::Success => None,
        RunStatus::Running => Some(Look { word: "Answering", ..cell_look(cell) }),
        _ => Some(cell_look(cell)),
    }
}
