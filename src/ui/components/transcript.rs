//! What a run was given and what it wrote. Plain text: nothing a model writes is trusted to be HTML.

use super::icon::Icon;
use crate::domain::run::RunStatus;
use crate::domain::thread::{Message, Role};
use crate::ui::state::run_view::RunView;
use leptos::prelude::*;

/// Messages, oldest first; the last one of a successful run is its answer.
#[component]
pub fn Transcript(view: Memo<RunView>) -> impl IntoView {
    let messages = Memo::new(move |_| view.with(|view| view.detail.messages.clone()));
    let run = Memo::new(move |_| view.with(|view| (view.detail.run.status, view.detail.run.chat)));
    // The connection brings the answer so far; once the run is over it is among the messages.
    let so_far = Memo::new(move |_| {
        view.with(|view| {
            Some(view.detail.writing.text.clone())
                .filter(|text| !text.is_empty() && !view.detail.run.status.is_terminal())
        })
    });
    let turns = move || {
        let (status, chat) = run.get();
        let messages = messages.get();
        let last = messages.len().saturating_sub(1);
        let is_answer = |at: usize, role| at == last && role == Role::Assistant && status == RunStatus::Success;
        messages
            .into_iter()
            .enumerate()
            .map(|(at, message)| {
                let answer = is_answer(at, message.role);
                turn(message, answer, chat)
            })
            .collect_view()
    };
    let nothing = move || {
        let empty = messages.read().is_empty() && so_far.read().is_none();
        let text = if run.get().0.is_terminal() { "The run wrote nothing." } else { "Nothing yet." };
        empty.then(|| view! { <div class="empty empty--s"><p>{text}</p></div> })
    };
    view! {
        <section class="panel" id="transcript" aria-labelledby="transcript-h">
            <div class="panel__head"><h2 id="transcript-h">"Transcript"</h2></div>
            {move || turns()}
            {move || so_far.get().map(|text| view! {
                <article class="turn" aria-busy="true">
                    <div class="turn__role"><Icon name="model"/>"Assistant"</div>
                    <div class="turn__body"><div class="turn__text">{text}</div></div>
                </article>
            })}
            {move || nothing()}
        </section>
    }
}

fn turn(message: Message, is_answer: bool, chat: bool) -> impl IntoView {
    let (icon, who) = match (message.role, is_answer) {
        (_, true) => ("success", "Answer"),
        (Role::System, _) => ("terminal", "System"),
        (Role::User, _) if chat => ("user", "User"),
        (Role::User, _) => ("task", "Task"),
        (Role::Assistant, _) => ("model", "Assistant"),
        (Role::Tool, _) => ("tool", "Tool"),
    };
    let class = if is_answer { "turn turn--final" } else { "turn" };
    view! {
        <article class=class>
            <div class="turn__role"><Icon name=icon/>{who}</div>
            <div class="turn__body"><div class="turn__text">{message.content}</div></div>
        </article>
    }
}
