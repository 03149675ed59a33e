//! Copies an answer as its model wrote it: Markdown, which the page does not have.

use crate::api::runs::read_payload;
use crate::domain::step::payload::Side;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::model::chat_turn::Turn;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long it says what has become of it.
const SAID_FOR: Duration = Duration::from_secs(2);

/// The button; nothing until there is an answer.
#[component]
pub fn CopyAnswer(turn: Memo<Turn>) -> impl IntoView {
    let answer = Memo::new(move |_| turn.with(Turn::answer));
    let run = turn.with_untracked(Turn::id);
    let said: RwSignal<Option<&'static str>> = RwSignal::new(None);
    // The turn may have gone from the page.
    let say = move |words| {
        _ = said.try_set(Some(words));
        set_timeout(move || _ = said.try_set(None), SAID_FOR);
    };
    let copy = move |step| {
        spawn_local(async move {
            match read_payload(run, step, Side::Output).await {
                Ok(text) => dom::copy_then(&text, move |is_copied| {
                    say(if is_copied { "Copied" } else { "Not allowed by the browser" });
                }),
                Err(_) => say("Not read: try again"),
            }
        });
    };
    let button = move |step| {
        view! {
            <button class="btn btn--xs btn--ghost" type="button" data-script="" on:click=move |_| copy(step)>
                <Icon name="copy"/><span role="status">{move || said.get().unwrap_or("Copy")}</span>
            </button>
        }
    };
    view! { {move || answer.get().map(button)} }
}
