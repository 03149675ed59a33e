//! The tags, each with a button that takes it away, and a line for another.

use crate::domain::request::Field;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::runs::start::fields::FieldError;
use crate::ui::state::start_fields::StartFields;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

const INPUT: &str = "start-tags";

/// Enter and a comma end a tag; Backspace in an empty line takes the last one away.
#[component]
pub fn TagField(fields: StartFields) -> impl IntoView {
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "," => {
            event.prevent_default();
            fields.add_tag();
        }
        // With Ctrl it runs.
        "Enter" if !event.ctrl_key() && !event.meta_key() => {
            event.prevent_default();
            fields.add_tag();
        }
        "Backspace" if fields.tag.read_untracked().is_empty() => {
            fields.tags.update(|tags| _ = tags.pop());
        }
        _ => {}
    };
    let chip = move |tag: String| {
        let label = format!("Remove {tag}");
        let gone = tag.clone();
        let remove = move |_| {
            fields.tags.update(|tags| tags.retain(|tag| *tag != gone));
            dom::focus_id(INPUT);
        };
        view! {
            <span class="chip">
                <bdi>{tag}</bdi>
                <button type="button" aria-label=label on:click=remove><Icon name="close"/></button>
            </span>
        }
    };
    view! {
        <div class="field">
            <label for=INPUT>"Tags "<span class="field__optional">"optional"</span></label>
            <div class="words">
                {move || fields.tags.get().into_iter().map(chip).collect_view()}
                <input
                    id=INPUT
                    dir="auto"
                    autocomplete="off"
                    placeholder="Add a tag"
                    prop:value=fields.tag
                    on:input=move |event| fields.tag.set(event_target_value(&event))
                    on:keydown=on_key
                    on:blur=move |_| fields.add_tag()
                />
            </div>
            <FieldError id="start-tags-error" error=move || fields.error(Field::Tags)/>
        </div>
    }
}
