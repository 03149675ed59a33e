//! The limit of the concurrency group that is named in the form. It belongs to the group, not to the agent, so it is set at once
//! and by itself.

use crate::api::groups::{limit_group, read_groups};
use crate::domain::duration::format_count;
use crate::domain::group::{ConcurrencyGroup, MAX_GROUP_LIMIT};
use crate::error::AppError;
use crate::ui::agents::form::field::GROUPS;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Failure;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The action that failed, and why.
type Failed = RwSignal<Option<(&'static str, AppError)>>;

/// Suggestions for the name and, once one is typed, the limit.
#[component]
pub fn GroupLimit(group: RwSignal<String>) -> impl IntoView {
    // None until they have been read.
    let groups: RwSignal<Option<Vec<ConcurrencyGroup>>> = RwSignal::new(None);
    let failed: Failed = RwSignal::new(None);
    Effect::new(move |_| {
        spawn_local(async move {
            match read_groups().await {
                Ok(known) => _ = groups.try_set(Some(known)),
                Err(error) => _ = failed.try_set(Some(("The limit of the group is not known.", error))),
            }
        });
    });
    let is_known = Memo::new(move |_| groups.read().is_some());
    let name = Memo::new(move |_| group.read().trim().to_owned());
    let options = move || {
        let name = |group: &ConcurrencyGroup| view! { <option value=group.name.clone()></option> };
        groups.read().iter().flatten().map(name).collect_view()
    };
    view! {
        <datalist id=GROUPS>{options}</datalist>
        {move || failed.get().map(|(title, error)| view! { <Failure title=title reason=error.to_string()/> })}
        {move || {
            let name = name.get();
            (is_known.get() && !name.is_empty()).then(|| view! { <Limit name=name groups=groups failed=failed/> })
        }}
    }
}

#[component]
fn Limit(name: String, groups: RwSignal<Option<Vec<ConcurrencyGroup>>>, failed: Failed) -> impl IntoView {
    let name = StoredValue::new(name);
    let group = Memo::new(move |_| {
        name.with_value(|name| groups.read().iter().flatten().find(|group| group.name == *name).cloned())
    });
    let typed = RwSignal::new(String::new());
    let (wrong, busy) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        let limit = group.read().as_ref().and_then(|group| group.limit);
        typed.set(limit.map(|limit| limit.to_string()).unwrap_or_default());
    });
    let set = move || {
        let text = typed.get_untracked();
        let limit = match text.trim() {
            "" => None,
            text => match text.parse().ok().filter(|limit| (1..=MAX_GROUP_LIMIT).contains(limit)) {
                Some(limit) => Some(limit),
                None => return wrong.set(true),
            },
        };
        let has_limit = group.with_untracked(|group| group.as_ref().is_some_and(|group| group.limit.is_some()));
        if busy.get_untracked() || (limit.is_none() && !has_limit) {
            return;
        }
        wrong.set(false);
        busy.set(true);
        failed.set(None);
        let name = name.get_value();
        spawn_local(async move {
            let answer = limit_group(name, limit).await;
            // The form may have gone.
            _ = busy.try_set(false);
            match answer {
                Ok(known) => _ = groups.try_set(Some(known)),
                Err(error) => _ = failed.try_set(Some(("The limit of the group could not be set.", error))),
            }
        });
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        // It is no part of what the form saves.
        if event.key() == "Enter" {
            event.prevent_default();
            set();
        }
    };
    view! {
        <div class="field">
            <label for="group-limit">"Limit of the group "<bdi>{name.get_value()}</bdi></label>
            <div class="field-row">
                <input
                    class="input"
                    id="group-limit"
                    inputmode="numeric"
                    autocomplete="off"
                    aria-describedby="group-limit-help"
                    aria-invalid=move || wrong.get().then_some("true")
                    prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:keydown=on_key
                />
                <div>
                    <button class="btn" type="button" aria-busy=move || busy.get().then_some("true") on:click=move |_| set()>
                        "Set limit"
                    </button>
                </div>
            </div>
            {move || wrong.get().then(|| view! {
                <p class="field__error"><Icon name="error"/>{format!("Enter 1 to {MAX_GROUP_LIMIT}, or nothing for no limit.")}</p>
            })}
            <p class="field__help" id="group-limit-help" role="status">
                {move || group_words(group.read().as_ref())}
                " Set at once, for all agents of the group."
            </p>
        </div>
    }
}

/// Says what limit a group has, and who shares it.
fn group_words(group: Option<&ConcurrencyGroup>) -> String {
    let Some(group) = group else { return "No limit yet.".to_owned() };
    let agents = match group.agents {
        1 => "1 agent".to_owned(),
        agents => format!("{} agents", format_count(agents)),
    };
    match group.limit {
        None => format!("No limit yet, {agents}."),
        Some(limit) => format!(
            "At most {} at once, {agents}, {} running.",
            format_count(limit.into()),
            format_count(group.running)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_says_its_limit_and_who_shares_it() {
        let group = |limit, agents| ConcurrencyGroup { name: "gpu".to_owned(), limit, agents, running: 2 };
        assert_eq!(group_words(None), "No limit yet.");
        assert_eq!(group_words(Some(&group(None, 1))), "No limit yet, 1 agent.");
        assert_eq!(group_words(Some(&group(Some(4), 3))), "At most 4 at once, 3 agents, 2 running.");
    }
}
