//! The model and tool calls of a run, in order, live.

use crate::ui::model::run_view::RunView;
use crate::ui::runs::step_row::StepRow;
use leptos::prelude::*;

/// A panel with a line for each step, which opens to all there is on record of it.
#[component]
pub fn RunSteps(view: Memo<RunView>) -> impl IntoView {
    let positions =
        Memo::new(move |_| view.with(|view| view.detail.steps.iter().map(|step| step.position).collect::<Vec<_>>()));
    let over = Memo::new(move |_| view.with(|view| view.detail.run.status.is_terminal()));
    let nothing = move || {
        positions.read().is_empty().then(|| {
            let text = if over.get() { "The run never started" } else { "No steps yet" };
            view! { <div class="empty empty--s"><p>{text}</p></div> }
        })
    };
    let count = move || Some(positions.read().len()).filter(|count| *count > 0);
    view! {
        <section class="panel" aria-labelledby="steps-h">
            <div class="panel__head">
                <h2 id="steps-h">"Steps"</h2>
                {move || count().map(|count| view! { <p>{count}</p> })}
            </div>
            {move || nothing()}
            // Each figure says what it is to those who do not see the columns.
            <div class="steps__head" aria-hidden="true" hidden=move || positions.read().is_empty()>
                <span>"Step"</span>
                <span class="num">"Tokens"</span>
                <span class="num">"Cost"</span>
                <span class="num">"Duration"</span>
            </div>
            <ol class="steps">
                <For each=move || positions.get() key=|position| *position let:position>
                    <StepRow view=view position=position/>
                </For>
            </ol>
        </section>
    }
}
