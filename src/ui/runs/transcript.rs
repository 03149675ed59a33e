//! A run's input, the tools it called, and its output. The answer, also one that was cut short, is shown as the HTML
//! that the server made of it; all else is plain text.

use crate::domain::run::RunStatus;
use crate::domain::thread::{Message, Role};
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::prose::Prose;
use crate::ui::model::run_view::RunView;
use crate::ui::model::transcript::{Piece, answer_title, has_answer, way};
use crate::ui::model::transcript_text::transcript_text;
use crate::ui::runs::find_button::FindButton;
use crate::ui::runs::one_step::one_step;
use crate::ui::runs::tool_call::{CallNotMade, ToolChip};
use crate::ui::state::finding::Finding;
use leptos::prelude::*;

/// Oldest first; the answer last.
#[component]
pub fn Transcript(view: Memo<RunView>) -> impl IntoView {
    let finding = Finding::of_page();
    let text = Signal::derive(move || view.with(|view| transcript_text(&view.detail)));
    let messages = Memo::new(move |_| view.with(|view| view.detail.messages.clone()));
    let run = Memo::new(move |_| view.with(|view| (view.detail.run.status, view.detail.run.chat)));
    // Text that is being written, and the answer once it is written.
    let blocks = Memo::new(move |_| view.with(|view| view.detail.writing.blocks.clone()));
    let is_writing = Memo::new(move |_| !blocks.read().is_empty() && !run.get().0.is_terminal());
    let way = Memo::new(move |_| view.with(|view| way(&view.detail.steps, view.detail.run.status.is_terminal())));
    // The answer stands after what led to it.
    let parted = Memo::new(move |_| {
        let over = run.get().0.is_terminal();
        let mut given = messages.get();
        let is_answer = |message: &mut Message| over && message.role == Role::Assistant && message.run_id.is_some();
        let answer = given.pop_if(is_answer);
        (given, answer)
    });
    let given = move || {
        let chat = run.get().1;
        parted.with(|(given, _)| given.iter().cloned().map(|message| said(message, chat)).collect_view())
    };
    let answer = move || {
        let icon = if run.get().0 == RunStatus::Success { "success" } else { "model" };
        let message = parted.with(|(_, answer)| answer.clone())?;
        let is_shown = || view.with(|view| way.with(|way| has_answer(way, &view.detail.steps)));
        if run.get().0 != RunStatus::Success && is_shown() {
            return None;
        }
        let body = match blocks.read().is_empty() {
            true => view! { <div class="turn__text" dir="auto">{message.content}</div> }.into_any(),
            false => view! { <Prose blocks=blocks/> }.into_any(),
        };
        Some(turn(icon, answer_title(run.get().0), body, true))
    };
    let piece = move |key: i32| {
        let piece = Memo::new(move |_| way.with(|way| way.iter().find(|piece| piece.key() == key).cloned()));
        match piece.get_untracked() {
            Some(Piece::Said(position, text)) => {
                let is_cut = view.with_untracked(|view| view.step(position).is_some_and(|step| step.said_cut));
                // The rest, where it was kept, is in the record of the step.
                let cut = is_cut.then(|| view! { <p class="soft" data-part="fixed">"Only the beginning"</p> });
                let body = view! { <div class="turn__text" dir="auto">{text}</div>{cut} };
                turn("model", "Assistant", body.into_any(), false).into_any()
            }
            Some(Piece::Tools(_)) => {
                turn("tool", "Tools", view! { <Calls view=view piece=piece/> }.into_any(), false).into_any()
            }
            Some(Piece::NotMade(_, calls)) => {
                let chips = calls.into_iter().map(|call| view! { <CallNotMade call=call/> }).collect_view();
                turn("tool", "Tools", view! { <div class="tool-chips">{chips}</div> }.into_any(), false).into_any()
            }
            None => ().into_any(),
        }
    };
    let nothing = move || {
        let empty = messages.read().is_empty() && way.read().is_empty() && !is_writing.get();
        let text = if run.get().0.is_terminal() { "The run wrote nothing." } else { "Nothing yet." };
        empty.then(|| view! { <div class="empty empty--s"><p>{text}</p></div> })
    };
    view! {
        <section class="panel" id="transcript" aria-labelledby="transcript-h">
            <div class="panel__head">
                <h2 id="transcript-h">"Transcript"</h2>
                <div class="actions">
                    <FindButton finding=finding/>
                    <CopyButton label="Copy transcript" text=text source="transcript"/>
                </div>
            </div>
            {move || finding.view()}
            {move || given()}
            <For each=move || way.with(|way| way.iter().map(Piece::key).collect::<Vec<_>>()) key=|key| *key children=piece/>
            {move || answer()}
            {move || is_writing.get().then(|| {
                turn("model", "Assistant", view! { <Prose blocks=blocks/> }.into_any(), false)
            })}
            {move || nothing()}
        </section>
    }
}

/// Tools that were called one after the other.
#[component]
fn Calls(view: Memo<RunView>, piece: Memo<Option<Piece>>) -> impl IntoView {
    let positions = move || match &*piece.read() {
        Some(Piece::Tools(positions)) => positions.clone(),
        _ => Vec::new(),
    };
    let chip = move |position: i32| {
        let step = one_step(view, position);
        let first = step.get_untracked()?;
        Some(view! { <ToolChip step=Memo::new(move |_| step.get().unwrap_or_else(|| first.clone()))/> })
    };
    view! {
        <div class="tool-chips">
            <For each=positions key=|position| *position children=chip/>
        </div>
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
