//! The menu of the runs in a history.

use crate::domain::id::RunId;
use crate::domain::run::RunStatus::{self, Running, Success};
use crate::page::{Mounted, mount, pause, until};
use crate::samples::run;
use crate::ui::kit::menu::MenuButton;
use crate::ui::runs::menu::RunMenuOf;
use crate::ui::state::menu::RowMenu;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

fn menu(status: RunStatus) -> Mounted {
    mount(move || {
        let menu = RowMenu::new("menu");
        menu.aim(RunId(1));
        let run = Memo::new(move |_| Some(run(1, status)));
        view! {
            <MenuButton menu=menu row=RunId(1) label="Actions" class="btn--xs"/>
            <RunMenuOf menu=menu run=run/>
        }
    })
}

fn press(key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    document().active_element().unwrap().dispatch_event(&event).unwrap();
}

fn focused() -> String {
    document().active_element().and_then(|element| element.text_content()).unwrap_or_default()
}

fn expanded(page: &Mounted) -> Option<String> {
    page.find("button[aria-haspopup]").get_attribute("aria-expanded")
}

fn focus(element: Element) {
    element.unchecked_into::<HtmlElement>().focus().unwrap();
}

#[wasm_bindgen_test]
async fn arrows_open_it_and_move_in_it() {
    let page = menu(Success);
    focus(page.find("button[aria-haspopup]"));
    press("ArrowUp");
    until("the last item has the focus", || focused() == "Stop").await;
    assert_eq!(expanded(&page).as_deref(), Some("true"));
    press("ArrowDown");
    assert_eq!(focused(), "View details");
    press("r");
    assert_eq!(focused(), "Retry");
    press("Tab");
    until("it is closed", || expanded(&page).as_deref() == Some("false")).await;
    assert!(page.find("button[aria-haspopup]").is_same_node(document().active_element().as_deref()));
}

#[wasm_bindgen_test]
async fn only_what_is_possible_is_enabled() {
    let disabled = |page: &Mounted| {
        [2, 3, 4]
            .map(|at| page.find(&format!("[role=menuitem]:nth-child({at})")).get_attribute("aria-disabled").is_some())
    };
    let over = menu(Success);
    let running = menu(Running);
    pause(0).await;
    assert_eq!(disabled(&over), [false, false, true]);
    assert_eq!(disabled(&running), [true, true, false]);
}

#[wasm_bindgen_test]
async fn keys_that_follow_fast_leave_it_open() {
    let page = menu(Success);
    for (key, item) in [("ArrowDown", "View details"), ("ArrowUp", "Stop")] {
        focus(page.find("button[aria-haspopup]"));
        press(key);
        focus(page.find("button[aria-haspopup]"));
        press(key);
        // Time for what must not happen, too.
        pause(100).await;
        until("the item has the focus", || focused() == item).await;
        assert_eq!(expanded(&page).as_deref(), Some("true"));
        press("Tab");
        until("it is closed", || expanded(&page).as_deref() == Some("false")).await;
    }
}
