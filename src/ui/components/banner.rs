//! Says that what is shown may be stale, once the connection has been down for a while.

use super::icon::Icon;
use super::time::ClockTime;
use crate::ui::state::live::{Connection, Live};
use leptos::prelude::*;
use std::time::Duration;

/// A short drop is nobody's business.
const PATIENCE: Duration = Duration::from_secs(5);

/// Across the page, under the top bar.
#[component]
pub fn Banner() -> impl IntoView {
    let live = Live::from_context();
    let down = Memo::new(move |_| matches!(live.state(), Connection::Retrying | Connection::Offline));
    let shown = RwSignal::new(false);
    Effect::new(move |_| match down.get() {
        false => shown.set(false),
        true => {
            if let Ok(timer) = set_timeout_with_handle(move || shown.set(true), PATIENCE) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    // The region is there before it has anything to say, or it would not be read out.
    view! {
        <div role="status">
            {move || shown.get().then(|| view! {
                <div class="banner">
                    <Icon name="error"/>
                    <span>
                        <strong>"Connection lost."</strong>
                        " What is shown may be out of date. "
                        {move || live.known_until().map(|at| view! { "It was right at "<ClockTime at=at/>"." })}
                    </span>
                    <button class="link-btn" type="button" on:click=move |_| live.try_now()>"Try now"</button>
                </div>
            })}
        </div>
    }
}
