//! A native dialog behind a signal.

use crate::page::{Mounted, mount, pause, until};
use crate::ui::kit::dialog::Dialog;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlDialogElement;

async fn open_dialog() -> (Mounted, RwSignal<bool>, HtmlDialogElement) {
    let slot = std::rc::Rc::new(std::cell::Cell::new(None));
    let page = mount({
        let slot = slot.clone();
        move || {
            let open = RwSignal::new(true);
            slot.set(Some(open));
            view! { <Dialog open=open title="Title" id="title"><p class="content">"Content"</p></Dialog> }
        }
    });
    pause(0).await;
    let dialog: HtmlDialogElement = page.find("dialog").unchecked_into();
    assert!(dialog.open());
    (page, slot.take().unwrap(), dialog)
}

#[wasm_bindgen_test]
async fn closing_it_takes_its_content_away() {
    let (page, open, dialog) = open_dialog().await;
    dialog.close();
    until("the signal follows", || !open.get_untracked()).await;
    assert!(page.try_find(".content").is_none());
}

#[wasm_bindgen_test]
async fn opened_again_before_the_browser_has_told_of_its_end_it_stays_open() {
    let (page, open, dialog) = open_dialog().await;
    dialog.close();
    open.set(true);
    pause(50).await;
    assert!(dialog.open() && open.get_untracked());
    assert_eq!(page.text(".content"), "Content");
}
