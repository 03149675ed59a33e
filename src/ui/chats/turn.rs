//! A turn of the agent: what it said and which tools it called, in order, and how its run stands.

use crate::domain::step::RunStep;
use crate::ui::chats::day::Hour;
use crate::ui::chats::foot::TurnFoot;
use crate::ui::kit::prose::Prose;
use crate::ui::kit::reasoning::Reasoning;
use crate::ui::model::chat_turn::{Part, Turn};
use crate::ui::runs::tool_call::ToolChip;
use crate::ui::state::chat::Chat;
use leptos::prelude::*;

/// One run.
#[component]
pub fn TurnView(chat: Chat, turn: Memo<Turn>, is_last: Signal<bool>) -> impl IntoView {
    let parts = Memo::new(move |_| turn.with(Turn::parts));
    let is_open = Memo::new(move |_| turn.with(Turn::is_open));
    let is_running = Memo::new(move |_| turn.with(|turn| turn.is_open() && turn.state.run.started_at.is_some()));
    let last = Memo::new(move |_| parts.with(|parts| parts.last().map(Part::key)));
    let is_thinking =
        Memo::new(move |_| is_running.get() && parts.with(|parts| !matches!(parts.last(), Some(Part::Said(..)))));
    let began = turn.with_untracked(|turn| turn.state.run.queued_at);
    let name = Memo::new(move |_| chat.head.with(|head| head.as_ref().map(|head| head.agent_name.clone())));
    let part = move |key: i32| {
        let part = Memo::new(move |_| parts.with(|parts| parts.iter().find(|part| part.key() == key).cloned()));
        let is_growing = Signal::derive(move || is_running.get() && last.get() == Some(key));
        match part.get_untracked() {
            Some(Part::Said(..)) => view! {
                <div class="message__text" class:is-growing=is_growing><Prose blocks=said(part)/></div>
            }
            .into_any(),
            Some(Part::Thought(_, text, is_cut)) => view! { <Reasoning text=text is_cut=is_cut/> }.into_any(),
            Some(Part::Tools(_)) => view! { <Chips steps=tools(part)/> }.into_any(),
            None => ().into_any(),
        }
    };
    view! {
        <article
            class="message message--assistant"
            aria-label=move || name.get()
            aria-busy=move || is_open.get().then_some("true")
        >
            <p class="message__who"><bdi>{move || name.get()}</bdi>" "<Hour at=began/></p>
            <For each=move || parts.with(|parts| parts.iter().map(Part::key).collect::<Vec<_>>()) key=|key| *key children=part/>
            {move || is_thinking.get().then(|| view! { <p><span class="cursor" aria-hidden="true"></span></p> })}
            <TurnFoot chat=chat turn=turn is_last=is_last/>
        </article>
    }
}

fn said(part: Memo<Option<Part>>) -> Memo<Vec<String>> {
    Memo::new(move |_| match &*part.read() {
        Some(Part::Said(_, blocks)) => blocks.clone(),
        _ => Vec::new(),
    })
}

fn tools(part: Memo<Option<Part>>) -> Memo<Vec<RunStep>> {
    Memo::new(move |_| match &*part.read() {
        Some(Part::Tools(steps)) => steps.clone(),
        _ => Vec::new(),
    })
}

/// Tools called one after the other.
#[component]
fn Chips(steps: Memo<Vec<RunStep>>) -> impl IntoView {
    let chip = move |first: RunStep| {
        let at = first.position;
        let step = Memo::new(move |_| {
            steps.with(|steps| steps.iter().find(|step| step.position == at).cloned()).unwrap_or_else(|| first.clone())
        });
        view! { <ToolChip step=step/> }
    };
    view! {
        <div class="tool-chips">
            <For each=move || steps.get() key=|step| step.position children=chip/>
        </div>
    }
}
