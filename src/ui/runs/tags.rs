//! The tags of a run.

use leptos::prelude::*;

/// So many of them, and a count of the others, which its title names.
#[component]
pub fn Tags(tags: Vec<String>, shown: usize) -> impl IntoView {
    let more = tags.get(shown..).unwrap_or_default();
    let count = (!more.is_empty()).then(|| (format!("+{}", more.len()), more.join(", ")));
    let tag = |tag: String| view! { <span class="tag" dir="auto">{tag}</span> };
    let first = tags.into_iter().take(shown).map(tag).collect_view();
    let count = count.map(|(count, title)| view! { <span class="tag" title=title>{count}</span> });
    view! { <span class="tags">{first}{count}</span> }
}
