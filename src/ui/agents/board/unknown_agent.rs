//! Notice that the address names an agent that is not there.

use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::state::dashboard::Dashboard;
use leptos::prelude::*;

/// Nothing as long as the open agent is in the table.
#[component]
pub fn UnknownAgent() -> impl IntoView {
    let state = Dashboard::from_context();
    let missing = Memo::new(move |_| {
        let address = state.address.read();
        let is_there = |id| state.with_agents(|rows| rows.iter().any(|row| row.id == id));
        let id = address
            .open
            .filter(|id| !state.reading.get() && !is_there(*id))
            .map(|id| format!("There is no agent #{id}."));
        id.or_else(|| address.unreadable.as_ref().map(|asked| format!("“{asked}” is no agent's number.")))
    });
    let home = move || state.table.read().href();
    // The region is there before it has anything to say, or it would not be read out.
    view! {
        <div role="status">
            {move || missing.get().map(|sentence| view! {
                <Notice
                    tone=Tone::Warning
                    flush=true
                    actions=move || view! { <a class="btn btn--s" href=home>"Dismiss"</a> }
                >
                    <p dir="auto"><strong>{sentence}</strong></p>
                    <p>"It may have been deleted. These are the agents there are."</p>
                </Notice>
            })}
        </div>
    }
}
