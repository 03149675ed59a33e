//! The run under a turn: how it stands, what it took, and what can be done about it.

use crate::domain::run::{AgentRun, RunStatus};
use crate::ui::chats::composer::FIELD;
use crate::ui::chats::copy::CopyAnswer;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::kit::status::Status;
use crate::ui::kit::usage::{Cost, Tokens};
use crate::ui::model::chat_turn::Turn;
use crate::ui::model::outcome::outcome;
use crate::ui::model::words::{cut_words, run_look};
use crate::ui::runs::elapsed::Elapsed;
use crate::ui::state::actions::Actions;
use crate::ui::state::chat::Chat;
use leptos::prelude::*;

/// Status where it is not success, duration, tokens, cost, link; the error of a run that failed.
#[component]
pub fn TurnFoot(chat: Chat, turn: Memo<Turn>, is_last: Signal<bool>) -> impl IntoView {
    let run: Signal<AgentRun> = Memo::new(move |_| turn.with(|turn| turn.state.run.clone())).into();
    let id = run.with_untracked(|run| run.id);
    let look = Signal::derive(move || run.with(run_look));
    // A turn waits for the one before it.
    let waits = Memo::new(move |_| {
        run.read().status == RunStatus::Queued && chat.active.get().is_some_and(|(active, _)| active != id)
    });
    let word = Signal::derive(move || match waits.get() {
        true => "Waits for the answer above".to_owned(),
        false => look.read().word.to_owned(),
    });
    let has_status = Memo::new(move |_| run.read().status != RunStatus::Success);
    let usage = Memo::new(move |_| run.with(|run| (run.usage, run.status.is_terminal(), run.started_at.is_some())));
    let figures = move || {
        let (usage, is_over, has_begun) = usage.get();
        let words = if is_over { " tokens" } else { " tokens so far" };
        let estimated = usage.usage_estimated;
        let tokens = usage.total_tokens.filter(|_| has_begun).map(|tokens| {
            view! { <span><Tokens count=Some(tokens) estimated=estimated unknown=""/>{words}</span> }
        });
        let cost = usage.total_cost.filter(|_| is_over && has_begun).map(|cost| {
            view! { <span><Cost amount=Some(cost) estimated=estimated unknown=""/></span> }
        });
        (tokens, cost)
    };
    view! {
        {move || failure(run)}
        <p class="message__run">
            {move || has_status.get().then(|| view! { <Status look=look text=word/> })}
            {move || (!waits.get()).then(|| view! { <span><Elapsed run=run/></span> })}
            {move || figures()}
            {move || cut_words(run.read().finish).map(|words| view! { <span class="mark">{words}</span> })}
            <span><a href=format!("/runs/{id}") aria-label=format!("Run #{id}")>{format!("#{id}")}</a></span>
            <CopyAnswer turn=turn/>
            <Act run=run is_last=is_last waits=waits/>
        </p>
    }
}

/// Why a run did not succeed.
fn failure(run: Signal<AgentRun>) -> Option<AnyView> {
    let run = run.get();
    let is_failed = matches!(run.status, RunStatus::Failed | RunStatus::Skipped);
    let text = run.error.clone().or_else(|| Some(outcome(&run)?.title)).filter(|_| is_failed)?;
    let icon = run_look(&run).icon;
    let shown = view! {
        <Notice tone=Tone::Danger icon=icon><p dir="auto">{text}</p></Notice>
    };
    Some(shown.into_any())
}

/// Retry for the last turn where it did not succeed, Cancel for one that waits.
#[component]
fn Act(run: Signal<AgentRun>, is_last: Signal<bool>, waits: Memo<bool>) -> impl IntoView {
    let actions = Actions::from_context();
    let busy = RwSignal::new(false);
    let id = run.with_untracked(|run| run.id);
    let can_retry = Memo::new(move |_| {
        is_last.get() && run.with(|run| run.status.is_terminal() && run.status != RunStatus::Success)
    });
    let clicked = StoredValue::new(false);
    let retry = move |_| {
        if !busy.get_untracked() {
            clicked.set_value(true);
            actions.retry(id, busy, |_| {});
        }
    };
    let cancel = move |_| {
        if !busy.get_untracked() {
            clicked.set_value(true);
            actions.stop(id, busy);
        }
    };
    // The button goes once that is done.
    Effect::new(move |_| {
        let is_there = if waits.get() { true } else { can_retry.get() };
        if !is_there && clicked.get_value() {
            clicked.set_value(false);
            request_animation_frame(|| dom::focus_if_lost(FIELD));
        }
    });
    let is_busy = move || busy.get().then_some("true");
    let shown = move || match (can_retry.get(), waits.get()) {
        (true, _) => view! {
            <button class="btn btn--xs push" type="button" aria-busy=is_busy data-script="" on:click=retry>
                <Icon name="retry"/>"Retry"
            </button>
        }
        .into_any(),
        (false, true) => view! {
            <button class="btn btn--xs push" type="button" aria-busy=is_busy data-script="" on:click=cancel>
                <Icon name="close"/>"Cancel"
            </button>
        }
        .into_any(),
        (false, false) => ().into_any(),
    };
    view! { {move || shown()} }
}
