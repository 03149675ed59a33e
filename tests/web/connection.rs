//! Tests of a page's words and actions about its connection, in a real document.

use crate::domain::run::RunStatus::Running;
use crate::domain::time::Timestamp;
use crate::page::{Mounted, mount, pause};
use crate::samples::run;
use crate::ui::model::live::link::terms::{Event, Standing};
use crate::ui::model::server_time::Reading;
use crate::ui::runs::elapsed::Elapsed;
use crate::ui::shell::banner::Banner;
use crate::ui::state::clock::Clock;
use crate::ui::state::live::{Connection, Live, Next, wake};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, EventTarget};

fn banner() -> (Mounted, Live) {
    let page = mount(|| view! { <Banner/> });
    let live = page.live;
    (page, live)
}

fn down(next: Next, stale: bool) -> Standing {
    Standing { connection: Connection::Retrying, next, stale, known: Some(Reading::default()) }
}

/// 14:30:42 UTC on the first day; the page is not hydrated, so that is what it shows.
fn known() -> Option<Timestamp> {
    Some(Timestamp::from_ms(((14 * 60 + 30) * 60 + 42) * 1_000))
}

fn words(page: &Mounted) -> String {
    page.root.text_content().unwrap()
}

#[wasm_bindgen_test]
async fn the_banner_waits_then_says_what_it_knows_as_of_when() {
    let (page, live) = banner();
    live.show(down(Next::Trying, false), known);
    pause(0).await;
    assert_eq!(words(&page), "");
    live.show(down(Next::In(4), true), || panic!("asked once per loss"));
    pause(0).await;
    assert_eq!(words(&page), "Disconnected. Showing data as of 14:30:42. Reconnecting in 4 s.Try now");
    live.show(down(Next::Trying, true), || None);
    pause(0).await;
    assert!(words(&page).contains("Reconnecting…"));
    live.show(Standing { connection: Connection::Live, ..Standing::default() }, || None);
    pause(0).await;
    assert_eq!(words(&page), "");
    assert_eq!(live.show(down(Next::Trying, true), || Some(Timestamp::from_ms(0))), Some(Timestamp::from_ms(0)));
}

#[wasm_bindgen_test]
async fn the_count_leaves_what_is_read_out_alone() {
    let (page, live) = banner();
    let region = page.find("[role=status]");
    live.show(down(Next::In(4), true), known);
    pause(0).await;
    assert!(region.is_same_node(Some(&page.find("[role=status]"))), "it was there before");
    let said: Vec<Element> =
        vec![page.find("[role=status] strong"), page.find("[role=status] time"), page.find("button")];
    live.show(down(Next::In(3), true), known);
    pause(0).await;
    for (selector, element) in ["[role=status] strong", "[role=status] time", "button"].into_iter().zip(said) {
        assert!(element.is_same_node(Some(&page.find(selector))), "{selector} was made anew");
    }
    assert!(!region.text_content().unwrap().contains("Reconnecting"));
    assert_eq!(page.find("[role=timer]").get_attribute("aria-live").as_deref(), Some("off"));
}

#[wasm_bindgen_test]
async fn the_hand_rests_at_what_was_known_and_goes_on() {
    let page = mount(|| {
        Clock::from_context().start();
        let run = Memo::new(|_| run(1, Running));
        view! { <Elapsed run=run/> }
    });
    pause(50).await;
    assert!(page.clock.is_ticking());
    // It was started at second 10.
    page.clock.rest(true, Some(Timestamp::from_ms(25_000)));
    pause(50).await;
    assert!(!page.clock.is_ticking());
    assert_eq!(page.text("[role=timer]"), "15 s");
    page.clock.rest(false, None);
    pause(50).await;
    assert!(page.clock.is_ticking());
    assert_ne!(page.text("[role=timer]"), "15 s");
}

#[wasm_bindgen_test]
async fn every_hint_of_the_browser_is_heard_until_the_page_goes() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let page = mount({
        let heard = StoredValue::new_local(heard.clone());
        move || wake::listen(move |event| heard.with_value(|heard| heard.borrow_mut().push(event)))
    });
    let utter = || {
        let hint = |target: &EventTarget, name: &str| {
            target.dispatch_event(&web_sys::Event::new(name).unwrap()).unwrap();
        };
        let (window, document) = (window(), document());
        for name in ["online", "offline", "focus"] {
            hint(&window, name);
        }
        hint(document.unchecked_ref(), "resume");
    };
    utter();
    assert_eq!(*heard.borrow(), [Event::Wake, Event::Doubt, Event::Doubt, Event::Wake]);
    drop(page);
    heard.borrow_mut().clear();
    utter();
    assert!(heard.borrow().is_empty());
}
