//! Where a search has found a run, under its row; and what is said while not all runs are searched yet.

use crate::domain::duration::format_count;
use crate::domain::run_filter::found::{Match, SearchedText};
use crate::ui::kit::notice::{Notice, Tone};
use leptos::prelude::*;

/// A row of the table. The excerpt is HTML of the server's own, in which nothing but the marks is not text.
#[component]
pub fn FoundLine(found: Match) -> impl IntoView {
    let Match { text, excerpt } = found;
    let place = match text {
        SearchedText::Input => "In the input: ",
        SearchedText::Error => "In an error: ",
        SearchedText::Answer => "In an answer: ",
        SearchedText::Tool => "In a tool call: ",
    };
    view! {
        <tr class="run-error is-quiet run-found" role="row">
            <td colspan="12" role="cell">
                <div class="run-error__line">
                    <span>{place}</span>
                    <span class="run-error__text" dir="auto" inner_html=excerpt></span>
                </div>
            </td>
        </tr>
    }
}

/// Says how many runs a search leaves out; nothing where it leaves out none.
pub fn unsearched_notice(runs: i64) -> Option<AnyView> {
    let text = match runs {
        0 => return None,
        1 => "1 run that is over is still to be read.".to_owned(),
        runs => format!("{} runs that are over are still to be read.", format_count(runs)),
    };
    let notice = view! {
        <Notice tone=Tone::Plain>
            <p><strong>"The search is not complete yet."</strong>" "{text}" Search again in a moment."</p>
        </Notice>
    };
    Some(notice.into_any())
}
