//! Markdown that the server has made HTML of, block by block, so that a text that grows changes in its last blocks only.

use leptos::prelude::*;

/// The blocks, one after the other. They come from the server's renderer alone, which lets nothing through that runs or
/// fetches.
#[component]
pub fn Prose(#[prop(into)] blocks: Signal<Vec<String>>) -> impl IntoView {
    let count = Memo::new(move |_| blocks.read().len());
    view! {
        <div class="prose">
            <For each=move || 0..count.get() key=|at| *at let:at>
                <Block blocks=blocks at=at/>
            </For>
        </div>
    }
}

#[component]
fn Block(blocks: Signal<Vec<String>>, at: usize) -> impl IntoView {
    let html = Memo::new(move |_| blocks.read().get(at).cloned().unwrap_or_default());
    view! { <div inner_html=move || html.get()></div> }
}
