//! Looking for one of an agent's chats, in the list of all of them.

use crate::api::chat::find_chats;
use crate::domain::thread::ThreadRow;
use crate::error::AppError;
use crate::ui::kit::icon::Icon;
use crate::ui::state::chat::Chat;
use crate::ui::state::search::searcher;
use leptos::prelude::*;

/// The chats that were found; `None` while nobody looks for any.
pub type Found = RwSignal<Option<Vec<ThreadRow>>>;

/// The field over the list. Without JavaScript it is not there.
#[component]
pub fn ChatSearch(chat: Chat, found: Found) -> impl IntoView {
    let agent = chat.agent;
    let failed = RwSignal::new(None::<AppError>);
    let look = move |text: String| async move {
        match text.trim().is_empty() {
            true => Ok(None),
            false => find_chats(agent, text).await.map(Some),
        }
    };
    let take = move |answer: Result<Option<Vec<ThreadRow>>, AppError>| match answer {
        Ok(rows) => {
            _ = found.try_set(rows);
            _ = failed.try_set(None);
        }
        Err(error) => _ = failed.try_set(Some(error)),
    };
    let search = searcher(look, take);
    let says = move || match found.read().as_deref() {
        None => String::new(),
        Some([]) => "No chat contains that.".to_owned(),
        Some([_]) => "1 chat".to_owned(),
        Some(rows) => format!("{} chats", rows.len()),
    };
    view! {
        <div class="threads__search" role="search" data-script="">
            <div class="affix">
                <Icon name="search"/>
                <input
                    class="input"
                    type="search"
                    dir="auto"
                    placeholder="Search chats"
                    aria-label="Search chats"
                    autocomplete="off"
                    maxlength="200"
                    on:input=move |event| search(event_target_value(&event))
                />
            </div>
            {move || failed.get().map(|error| view! {
                <p class="field__error"><Icon name="error"/><span>{error.to_string()}</span></p>
            })}
            <p class="threads__found" role="status">{says}</p>
        </div>
    }
}
