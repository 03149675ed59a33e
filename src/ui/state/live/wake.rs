//! Hints of the browser that the connection may have gone, or may work again.

use crate::ui::dom;
use crate::ui::model::live::link::terms::Event;
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::PageTransitionEvent;

/// Reports every hint for as long as the caller lives. In the browser only.
pub fn listen(tell: impl Fn(Event) + Copy + 'static) {
    let window_events = [
        // It bubbles up to the window.
        window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                tell(Event::Wake);
            }
        }),
        window_event_listener_untyped("pageshow", move |event| {
            // Out of the back/forward cache; the first showing of a page is no news.
            if event.unchecked_ref::<PageTransitionEvent>().persisted() {
                tell(Event::Wake);
            }
        }),
        window_event_listener_untyped("online", move |_| tell(Event::Wake)),
        // A server on this very computer needs no network, so that is no proof.
        window_event_listener_untyped("offline", move |_| tell(Event::Doubt)),
        window_event_listener_untyped("focus", move |_| tell(Event::Doubt)),
    ];
    on_cleanup(move || window_events.into_iter().for_each(WindowListenerHandle::remove));
    dom::on_document("resume", move || tell(Event::Wake));
}
