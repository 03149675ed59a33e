//! A menu of commands: a native popover, moved in after the WAI-ARIA menu button pattern.

use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::menu_keys::target;
use crate::ui::state::menu::RowMenu;
use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Effect of choosing an item.
pub enum Command {
    /// Leads to an address.
    Go(Signal<String>),
    Do(Callback<()>),
}

/// One command.
pub struct Item {
    pub label: Signal<&'static str>,
    pub icon: Signal<&'static str>,
    pub command: Command,
    /// An item that is not enabled stays focusable, so that people learn that it exists.
    pub enabled: Signal<bool>,
    /// Cannot be undone; stands apart.
    pub danger: bool,
}

impl Item {
    /// Returns an enabled command that is always called the same.
    pub fn new(label: &'static str, icon: &'static str, command: Command) -> Self {
        Self { label: label.into(), icon: icon.into(), command, enabled: true.into(), danger: false }
    }
}

/// The button that opens the menu for its row. `class` adds its size.
#[component]
pub fn MenuButton<T>(
    menu: RowMenu<T>,
    row: T,
    #[prop(into)] label: Signal<String>,
    class: &'static str,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let on_key = move |event: KeyboardEvent| {
        let from_below = event.key() == "ArrowUp";
        menu.enter(from_below);
        if from_below || event.key() == "ArrowDown" {
            event.prevent_default();
            // It may have been opened a moment ago and not have the focus yet; a click would close it.
            if dom::is_popover_open(menu.id) && untrack(|| menu.target()) == Some(row) {
                return dom::focus_in(menu.id, if from_below { ":last-child" } else { "[role=menuitem]" });
            }
            // A click rather than showPopover: it makes the button the popover's anchor.
            if let Some(button) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
                button.click();
            }
        }
    };
    view! {
        <button
            class=format!("btn btn--ghost btn--icon {class}")
            type="button"
            aria-label=label
            aria-haspopup="menu"
            aria-expanded=move || (menu.open_for() == Some(row)).to_string()
            popovertarget=menu.id
            data-script=""
            on:keydown=on_key
            on:pointerdown=move |_| menu.enter(false)
            on:click=move |_| {
                // Open for another row, the click would close it: to the browser it is the same menu.
                if untrack(|| menu.open_for()).is_some_and(|other| other != row) {
                    dom::hide_popover(menu.id);
                }
                menu.aim(row);
            }
        >
            <Icon name="kebab"/>
        </button>
    }
}

/// The menu itself, once per table.
#[component]
pub fn Menu<T>(menu: RowMenu<T>, #[prop(into)] label: Signal<String>, items: Vec<Item>) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let labels = StoredValue::new(items.iter().map(|item| item.label).collect::<Vec<_>>());
    let on_toggle = move |_: Event| {
        let is_open = dom::is_popover_open(menu.id);
        let from_below = menu.opened(is_open);
        if is_open {
            let at = if from_below { labels.with_value(Vec::len) - 1 } else { 0 };
            dom::focus_id(&item_id(menu.id, at));
        }
    };
    let on_key = move |at: usize, event: KeyboardEvent| {
        let labels: Vec<&str> = labels.get_value().iter().map(|label| label.get_untracked()).collect();
        match target(&event.key(), at, &labels) {
            Some(to) => {
                event.prevent_default();
                dom::focus_id(&item_id(menu.id, to));
            }
            // The browser goes on from the button, which gets the focus back first.
            None if event.key() == "Tab" => dom::hide_popover(menu.id),
            None => {}
        }
    };
    let items = items.into_iter().enumerate().map(|(at, item)| {
        let Item { label, icon, command, enabled, danger } = item;
        let content = view! { <Icon name=icon/>{move || label.get()} };
        let id = item_id(menu.id, at);
        let item = match command {
            Command::Go(href) => view! {
                <a role="menuitem" id=id tabindex="-1" href=href on:keydown=move |event| on_key(at, event)>{content}</a>
            }
            .into_any(),
            Command::Do(act) => view! {
                <button
                    role="menuitem"
                    id=id
                    class:is-danger=danger
                    tabindex="-1"
                    type="button"
                    aria-disabled=move || (!enabled.get()).then_some("true")
                    on:keydown=move |event| on_key(at, event)
                    on:click=move |_| {
                        if enabled.get_untracked() {
                            dom::hide_popover(menu.id);
                            act.run(());
                        }
                    }
                >
                    {content}
                </button>
            }
            .into_any(),
        };
        view! { {danger.then(|| view! { <hr/> })}{item} }
    });
    view! {
        <div class="menu" id=menu.id popover="auto" role="menu" aria-label=label on:toggle=on_toggle>
            {items.collect_view()}
        </div>
    }
}

fn item_id(menu: &str, item: usize) -> String {
    format!("{menu}-{item}")
}
