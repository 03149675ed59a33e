//! Where the next message is written.

use crate::ui::chats::follow::Follow;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Failure;
use crate::ui::state::actions::Actions;
use crate::ui::state::chat::Chat;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;

/// Id of the field.
pub const FIELD: &str = "message";

/// Key code that browsers give every key of a composition; not all of them set `isComposing` too.
const COMPOSING: u32 = 229;

/// Enter sends, Shift and Enter adds a line. A message that is sent during an answer waits for its turn.
#[component]
pub fn Composer(chat: Chat, follow: Follow) -> impl IntoView {
    let name = Memo::new(move |_| chat.head.with(|head| head.as_ref().map(|head| head.agent_name.clone())));
    let is_answering = Memo::new(move |_| chat.active.get().is_some());
    let is_empty = Memo::new(move |_| chat.draft.read().trim().is_empty());
    let send = move || {
        follow.to_end();
        chat.send();
    };
    let on_key = move |event: KeyboardEvent| {
        let composes = event.is_composing() || event.key_code() == COMPOSING;
        if event.key() == "Enter" && !event.shift_key() && !composes {
            event.prevent_default();
            send();
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    let hint = move || if is_answering.get() { " to queue; answered after the current reply, " } else { " sends, " };
    let placeholder = move || if is_answering.get() { "Write the next message" } else { "Write a message" };
    view! {
        <form class="composer" data-script="" on:submit=on_submit>
            <div class="conversation__inner">
                {move || chat.refused.get().map(|error| view! {
                    <Failure title="Not sent." reason=error.to_string()/>
                })}
                <div class="composer__box">
                    <textarea
                        id=FIELD
                        dir="auto"
                        rows="1"
                        enterkeyhint="send"
                        aria-label=move || format!("Message to {}", name.get().unwrap_or_default())
                        placeholder=placeholder
                        readonly=move || chat.sending.get()
                        prop:value=chat.draft
                        on:input=move |event| {
                            chat.draft.set(event_target_value(&event));
                            follow.keep();
                        }
                        on:keydown=on_key
                    ></textarea>
                    <div class="composer__bar">
                        <span class="composer__hint">
                            <kbd>"Enter"</kbd>{move || hint()}<kbd>"Shift"</kbd>" "<kbd>"Enter"</kbd>" adds a line"
                        </span>
                        <StopButton chat=chat/>
                        <button
                            class="btn btn--s btn--primary"
                            type="submit"
                            aria-disabled=move || is_empty.get().then_some("true")
                            aria-busy=move || chat.sending.get().then_some("true")
                        >
                            "Send"
                        </button>
                    </div>
                </div>
            </div>
        </form>
    }
}

/// Stops the answer that is under way.
#[component]
fn StopButton(chat: Chat) -> impl IntoView {
    let actions = Actions::from_context();
    let busy = RwSignal::new(false);
    let clicked = StoredValue::new(false);
    let is_shown = Memo::new(move |_| chat.active.get().is_some());
    let is_stopping = Memo::new(move |_| busy.get() || chat.active.get().is_some_and(|(_, stopping)| stopping));
    let stop = move |_| {
        if let Some((run, false)) = chat.active.get_untracked()
            && !busy.get_untracked()
        {
            clicked.set_value(true);
            actions.stop(run, busy);
        }
    };
    // The button goes with the answer.
    Effect::new(move |_| {
        if !is_shown.get() && clicked.get_value() {
            clicked.set_value(false);
            request_animation_frame(|| dom::focus_if_lost(FIELD));
        }
    });
    view! {
        {move || is_shown.get().then(|| view! {
            <button
                class="btn btn--s"
                type="button"
                aria-disabled=move || is_stopping.get().then_some("true")
                on:click=stop
            >
                <Icon name="stop"/>"Stop"
            </button>
        })}
    }
}
