//! The run that the bar under the pointer stands for. The history table says the same to keyboard and screen reader.

use crate::domain::duration::format_ms;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::moment;
use crate::ui::model::words::cell_look;
use crate::ui::state::dashboard::Dashboard;
use leptos::prelude::*;

/// Over the bar while the pointer is on it.
#[component]
pub fn StripTip() -> impl IntoView {
    let state = Dashboard::from_context();
    let shown = move || {
        state.tip.get().map(|tip| {
            let took = tip.cell.duration_ms.map(|ms| format!(", {}", format_ms(ms)));
            let at = moment(Signal::stored(tip.cell.queued_at));
            view! {
                <div
                    class="tip"
                    aria-hidden="true"
                    style:left=format!("{}px", tip.x)
                    style:top=format!("{}px", tip.y)
                >
                    <Status look=Signal::stored(cell_look(&tip.cell))/>
                    <small>{format!("#{}", tip.cell.run_id)}{took}</small>
                    <small>{move || at.get()}</small>
                </div>
            }
        })
    };
    view! { {move || shown()} }
}
