//! What a run was given and what it wrote. What a model wrote is shown as the HTML that the server made of it, and else
//! as plain text.

use crate::domain::run::RunStatus;
use crate::domain::thread::{Message, Role};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::prose::Prose;
use crate::ui::model::run_view::RunView;
use leptos::prelude::*;

/// Messages, oldest first; the last one of a successful run is its answer.
#[component]
pub fn Transcript(view: Memo<RunView>) -> impl IntoView {
    let messages = Memo::new(move |_| view.with(|view| view.detail.messages.clone()));
    let run = Memo::new(move |_| view.with(|view| (view.detail.run.status, view.detail.run.chat)));
    // What is being written, and the answer once it is written.
    let blocks = Memo::new(move |_| view.with(|view| view.detail.writing.blocks.clone()));
    let is_writing = Memo::new(move |_| !blocks.read().is_empty() && !run.get().0.is_terminal());
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
                match answer {
                    true => turn("success", "Answer", view! { <Prose blocks=blocks/> }.into_any(), true).into_any(),
                    false => said(message, chat).into_any(),
                }
            })
            .collect_view()
    };
    let nothing = move || {
        let empty = messages.read().is_empty() && !is_writing.get();
        let text = if run.get().0.is_terminal() { "The run wrote nothing." } else { "Nothing yet." };
        empty.then(|| view! { <div class="empty empty--s"><p>{text}</p></div> })
    };
    view! {
        <section class="panel" id="transcript" aria-labelledby="transcript-h">
            <div class="panel__head"><h2 id="transcript-h">"Transcript"</h2></div>
            {move || turns()}
            {move || is_writing.get().then(|| {
                turn("model", "Assistant", view! { <Prose blocks=blocks/> }.into_any(), false)
            })}
            {move || nothing()}
        </section>
    }
}

/// A message as it was written.
fn said(message: Message, chat: bool) -> impl IntoView {
    let (icon, who) = match message.role {
        Role::System => ("terminal", "System"),
        Role::User if chat => ("user", "User"),
        Role::User => ("task", "Task"),
        Role::Assistant => ("model", "Assistant"),
        Role::Tool => ("tool", "Tool"),
    };
    turn(icon, who, view! { <div class="turn__text" dir="auto">{message.content}</div> }.into_any(), false)
}

fn turn(icon: &'static str, who: &'static str, body: AnyView, is_answer: bool) -> impl IntoView {
    let class = if is_answer { "turn turn--final" } else { "turn" };
    view! {
        <article class=class>
            <div class="turn__role"><Icon name=icon/>{who}</div>
            <div class="turn__body">{body}</div>
        </article>
    }
}
