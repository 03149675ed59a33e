//! What is out of the ordinary about a run, on its page: what each signal means, and what to try.

use crate::domain::signal::{Signal, SignalWords};
use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::model::run_view::RunView;
use crate::ui::model::signals::unexplained;
use leptos::prelude::*;

/// A notice that appears as soon as there is something to say; nothing for most runs.
#[component]
pub fn RunSignals(view: Memo<RunView>) -> impl IntoView {
    let signals = Memo::new(move |_| view.with(|view| unexplained(&view.detail.run)));
    let shown = move || {
        let signals = signals.get();
        (!signals.is_empty()).then(|| {
            view! {
                <section aria-labelledby="signals-h">
                    <Notice tone=Tone::Warning icon="error">
                        <h2 class="visually-hidden" id="signals-h">"Signals"</h2>
                        {signals.iter().map(explained).collect_view()}
                    </Notice>
                </section>
            }
        })
    };
    view! { {move || shown()} }
}

fn explained(signal: Signal) -> impl IntoView {
    let SignalWords { title, meaning, advice } = signal.words();
    view! {
        <div>
            <strong class="tag tag--warning">{title}</strong>
            <p>{meaning}" "<span class="soft">"What to try: "{advice}</span></p>
        </div>
    }
}
