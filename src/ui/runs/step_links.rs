//! Links to a step, such as `/runs/12#step-7`: the browser goes there, and here the step is opened.

use crate::ui::dom;
use leptos::ev::{self, MouseEvent};
use leptos::prelude::*;

/// Beginning of what names a step in an address.
const STEP: &str = "#step-";

/// Opens the step that the address names, now and whenever it names another.
pub fn follow() {
    Effect::new(move |_| {
        open(&dom::fragment());
        let listener = window_event_listener(ev::hashchange, |_| open(&dom::fragment()));
        on_cleanup(move || listener.remove());
    });
}

/// Opens the step that a link leads to: one to where the address is already changes nothing in it.
pub fn open_clicked(event: MouseEvent) {
    if let Some(href) = dom::link_at(event.target()).filter(|_| dom::is_plain(&event)) {
        open(&href);
    }
}

fn open(fragment: &str) {
    if fragment.starts_with(STEP) {
        dom::open_details(fragment.trim_start_matches('#'));
    }
}
