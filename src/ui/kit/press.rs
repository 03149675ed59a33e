//! A press of the pointer that is not over yet, for whatever closes when it loses the focus: what moves under the pointer in
//! between is not clicked.

use leptos::ev;
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use std::time::Duration;

/// Whether a button of the pointer is held down.
#[derive(Clone, Copy)]
pub struct Press {
    is_down: StoredValue<bool>,
    /// Called when it ends.
    waits: StoredValue<Option<Callback<()>>>,
}

impl Press {
    /// Follows the pointer while the part is on the page.
    pub fn of_page() -> Self {
        let press = Self { is_down: StoredValue::new(false), waits: StoredValue::new(None) };
        Effect::new(move |_| {
            let down = window_event_listener(ev::pointerdown, move |_| press.is_down.set_value(true));
            let up = [
                window_event_listener(ev::pointerup, move |_| press.over()),
                window_event_listener(ev::pointercancel, move |_| press.over()),
            ];
            on_cleanup(move || {
                down.remove();
                up.into_iter().for_each(WindowListenerHandle::remove);
            });
        });
        press
    }

    fn over(self) {
        self.is_down.set_value(false);
        if let Some(waits) = self.waits.try_update_value(Option::take).flatten() {
            // After the click, which follows.
            set_timeout(move || _ = waits.try_run(()), Duration::ZERO);
        }
    }

    /// Does the work now or, where a press is under way, once that is over.
    pub fn when_over(self, work: impl Fn() + Send + Sync + 'static) {
        match self.is_down.get_value() {
            true => self.waits.set_value(Some(Callback::new(move |()| work()))),
            false => work(),
        }
    }
}
