//! A place in the document to mount parts in, and waiting for what they do there.

use crate::domain::time::Timestamp;
use crate::ui::state::clock::Clock;
use crate::ui::state::live::Live;
use crate::ui::state::page::{Hydrated, provide_parts};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// A part on the page; gone when dropped.
pub struct Mounted {
    pub root: HtmlElement,
    pub clock: Clock,
    pub hydrated: Hydrated,
    pub live: Live,
    _handle: Box<dyn std::any::Any>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Mounts a part among the parts every page shares. The server's clock stands at second 20.
pub fn mount<V: IntoView + 'static>(part: impl FnOnce() -> V + 'static) -> Mounted {
    let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&root).unwrap();
    let shared = std::rc::Rc::new(std::cell::Cell::new(None));
    let handle: UnmountHandle<_> = mount_to(root.clone(), {
        let shared = shared.clone();
        move || {
            let (hydrated, clock, live) = provide_parts(runboard::app::lazy_views());
            clock.seed_with(Timestamp::from_ms(20_000));
            shared.set(Some((hydrated, clock, live)));
            part()
        }
    });
    let (hydrated, clock, live) = shared.take().unwrap();
    Mounted { root, clock, hydrated, live, _handle: Box::new(handle) }
}

impl Mounted {
    /// Stops the second hand at these milliseconds.
    pub fn set_second(&self, ms: i64) {
        // It takes a new place only when it comes to rest.
        self.clock.rest(false, None);
        self.clock.rest(true, Some(Timestamp::from_ms(ms)));
    }

    /// Returns the first element that matches.
    pub fn find(&self, selector: &str) -> Element {
        self.try_find(selector).unwrap_or_else(|| panic!("no {selector} in {}", self.root.inner_html()))
    }

    /// Returns the first element that matches, if there is one.
    pub fn try_find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).unwrap()
    }

    /// Returns its text.
    pub fn text(&self, selector: &str) -> String {
        self.find(selector).text_content().unwrap()
    }
}

/// Waits until it is true, which it is to become by itself.
pub async fn until(what: &str, is_true: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if is_true() {
            return;
        }
        pause(20).await;
    }
    panic!("never happened: {what}");
}

/// Lets effects run and some time pass.
pub async fn pause(ms: i32) {
    let promise = web_sys::js_sys::Promise::new(&mut |resolve, _| {
        window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms).unwrap();
    });
    wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
}
