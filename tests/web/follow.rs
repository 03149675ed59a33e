//! A conversation's end, followed by those who are there.

use crate::page::{mount, pause};
use crate::ui::chats::follow::Follow;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

#[wasm_bindgen_test]
async fn only_those_who_scroll_up_leave_the_end() {
    let slot = std::rc::Rc::new(std::cell::Cell::new(None));
    let page = mount({
        let slot = slot.clone();
        move || {
            let follow = Follow::new();
            slot.set(Some(follow));
            view! {
                <div class="log" style="height: 100px; overflow: auto" node_ref=follow.log on:scroll=move |_| follow.scrolled()>
                    <div class="said"></div>
                </div>
            }
        }
    });
    pause(0).await;
    let follow = slot.take().unwrap();
    let [log, said]: [HtmlElement; 2] = [".log", ".said"].map(|at| page.find(at).unchecked_into());
    let write = |pixels: i32| said.set_attribute("style", &format!("height: {pixels}px")).unwrap();
    let at_end_after = async |top: i32| {
        log.set_scroll_top(top);
        // The browser tells of it with one of the next frames.
        pause(100).await;
        follow.at_end.get_untracked()
    };
    write(300);
    assert!(at_end_after(200).await);
    log.set_scroll_top(150);
    write(900);
    assert!(!at_end_after(100).await, "scrolled up");
    assert!(at_end_after(800).await);
    write(1_500);
    assert!(at_end_after(801).await, "the end has moved away, not the reader");
    assert!(!at_end_after(500).await);
    assert!(!at_end_after(900).await, "on the way, but not there");
    assert!(at_end_after(1_400).await);
}
