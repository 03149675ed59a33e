//! The differences between two texts, line by line.

use crate::domain::agent::version::{DiffLine, DiffPart, LineKind};
use leptos::prelude::*;

/// A table of lines. Those that are in both are left out but for a few around what differs.
pub fn line_table(caption: String, lines: Vec<DiffLine>) -> impl IntoView {
    view! {
        <table class="diff">
            <caption class="visually-hidden">{caption}</caption>
            <thead class="visually-hidden">
                <tr><th scope="col">"Line before"</th><th scope="col">"Line after"</th><th scope="col">"Text"</th></tr>
            </thead>
            <tbody>{lines.into_iter().map(line).collect_view()}</tbody>
        </table>
    }
}

fn line(DiffLine { kind, before, after, skipped, parts }: DiffLine) -> AnyView {
    let (class, says) = match kind {
        LineKind::Skipped => {
            let words = if skipped == 1 { "1 unchanged line".to_owned() } else { format!("{skipped} unchanged lines") };
            return view! { <tr class="diff__skip"><td colspan="3"><span class="muted">{words}</span></td></tr> }
                .into_any();
        }
        LineKind::Same => (None, None),
        LineKind::Removed => (Some("is-removed"), Some("Removed: ")),
        LineKind::Added => (Some("is-added"), Some("Added: ")),
    };
    let part = move |DiffPart { text, changed }: DiffPart| match (changed, kind) {
        (true, LineKind::Added) => view! { <ins>{text}</ins> }.into_any(),
        (true, _) => view! { <del>{text}</del> }.into_any(),
        (false, _) => text.into_any(),
    };
    view! {
        <tr class=class>
            <td class="diff__n">{before}</td>
            <td class="diff__n">{after}</td>
            <td class="diff__text" dir="auto">
                {says.map(|says| view! { <span class="visually-hidden">{says}</span> })}
                {parts.into_iter().map(part).collect_view()}
            </td>
        </tr>
    }
    .into_any()
}
