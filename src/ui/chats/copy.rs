//! Copies an answer as its model wrote it: Markdown, which the page does not have.

use crate::api::runs::read_payload;
use crate::domain::step::payload::Side;
use crate::ui::dom;
use crate::ui::kit::copy::{CopyFace, Outcome};
use crate::ui::model::chat_turn::Turn;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The button; nothing until there is an answer.
#[component]
pub fn CopyAnswer(turn: Memo<Turn>) -> impl IntoView {
    let answer = Memo::new(move |_| turn.with(Turn::answer));
    let run = turn.with_untracked(Turn::id);
    let outcome = Outcome::default();
    let copy = move |step| {
        spawn_local(async move {
            match read_payload(run, step, Side::Output).await {
                Ok(text) => dom::copy_then(&text, move |is_copied| {
                    outcome.say(if is_copied { "Copied" } else { "Not allowed by the browser" });
                }),
                Err(_) => outcome.say("Not read: try again"),
            }
        });
    };
    let button = move |step| {
        view! { <CopyFace label="Copy" class="btn btn--xs btn--ghost" outcome=outcome copy=move || copy(step)/> }
    };
    view! { {move || answer.get().map(button)} }
}
