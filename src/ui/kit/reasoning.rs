//! A model's thoughts before it answered: folded, as text.

use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// Closed, a word; open, the text. Plain, since nobody wrote it to be read.
#[component]
pub fn Reasoning(text: String, is_cut: bool) -> impl IntoView {
    view! {
        <details class="tool">
            <summary><Icon name="chevron-right"/><span>"Reasoning"</span></summary>
            <div class="tool__body">
                {is_cut.then(|| view! { <div class="code-head"><span>"cut after 16 KiB"</span></div> })}
                <pre class="code code--wrap" tabindex="0" dir="auto">{text}</pre>
            </div>
        </details>
    }
}
