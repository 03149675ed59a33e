//! The menu of a run's row: a native popover, moved in after the WAI-ARIA menu button pattern.

use super::icon::Icon;
use super::menu_keys::target;
use crate::domain::run::AgentRun;
use crate::ui::dom;
use crate::ui::state::actions::Actions;
use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const LABELS: [&str; 3] = ["View details", "Retry", "Stop"];

fn item_id(menu: &str, item: usize) -> String {
    format!("{menu}-{item}")
}

/// Button and menu.
#[component]
pub fn RunMenu(run: Memo<AgentRun>) -> impl IntoView {
    let actions = Actions::from_context();
    let id = run.with_untracked(|run| run.id);
    let menu = StoredValue::new(format!("run-menu-{id}"));
    let name = format!("Actions for run #{id}");
    let busy = RwSignal::new(false);
    let open = RwSignal::new(false);
    // Which item the menu opens on: the first, or the last when it was opened with Up.
    let first = StoredValue::new(0);

    let can_retry = Memo::new(move |_| run.with(|run| run.status.is_terminal()) && !busy.get());
    let can_stop = Memo::new(move |_| run.with(|run| !run.status.is_terminal() && !run.is_stopping()) && !busy.get());
    let close = move || menu.with_value(|menu| dom::hide_popover(menu));

    let on_toggle = move |_: Event| {
        let is_open = menu.with_value(|menu| dom::is_popover_open(menu));
        open.set(is_open);
        if is_open {
            menu.with_value(|menu| dom::focus_id(&item_id(menu, first.get_value())));
        }
    };
    let on_button_key = move |event: KeyboardEvent| {
        let at = match event.key().as_str() {
            "ArrowUp" => LABELS.len() - 1,
            "ArrowDown" | "Enter" | " " => 0,
            _ => return,
        };
        first.set_value(at);
        if event.key().starts_with("Arrow") {
            event.prevent_default();
            // A click rather than showPopover: it keeps the button as the popover's anchor.
            if let Some(button) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
                button.click();
            }
        }
    };
    let on_item_key = move |item: usize| {
        move |event: KeyboardEvent| match target(&event.key(), item, &LABELS) {
            Some(to) => {
                event.prevent_default();
                menu.with_value(|menu| dom::focus_id(&item_id(menu, to)));
            }
            // The browser goes on from the button, which gets the focus back first.
            None if event.key() == "Tab" => close(),
            None => {}
        }
    };
    let retry = move |_| {
        if can_retry.get_untracked() {
            close();
            actions.retry(id, busy, move |new| actions.say_retried(id, new));
        }
    };
    let stop = move |_| {
        if can_stop.get_untracked() {
            close();
            actions.stop(id, busy);
        }
    };
    let item = move |at: usize| menu.with_value(|menu| item_id(menu, at));
    view! {
        <button
            class="btn btn--ghost btn--xs btn--icon"
            type="button"
            aria-label=name.clone()
            aria-haspopup="menu"
            aria-expanded=move || open.get().to_string()
            popovertarget=menu.get_value()
            on:keydown=on_button_key
            on:pointerdown=move |_| first.set_value(0)
        >
            <Icon name="kebab"/>
        </button>
        <div class="menu" id=menu.get_value() popover="auto" role="menu" aria-label=name on:toggle=on_toggle>
            <a role="menuitem" id=item(0) tabindex="-1" href=format!("/runs/{id}") on:keydown=on_item_key(0)>
                <Icon name="eye"/>
                {LABELS[0]}
            </a>
            <button
                role="menuitem"
                id=item(1)
                tabindex="-1"
                type="button"
                aria-disabled=move || (!can_retry.get()).then_some("true")
                on:keydown=on_item_key(1)
                on:click=retry
            >
                <Icon name="retry"/>
                {LABELS[1]}
            </button>
            <button
                role="menuitem"
                id=item(2)
                tabindex="-1"
                type="button"
                aria-disabled=move || (!can_stop.get()).then_some("true")
                on:keydown=on_item_key(2)
                on:click=stop
            >
                <Icon name="stop"/>
                {LABELS[2]}
            </button>
        </div>
    }
}
