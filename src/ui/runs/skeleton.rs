//! Placeholders that keep the height of runs that will come.

use leptos::prelude::*;

/// As many rows of a history as will come.
#[component]
pub fn HistorySkeleton(rows: usize) -> impl IntoView {
    let row = || {
        view! {
            <tr>
                <td class="c-status"><span class="skeleton skeleton--pill"></span></td>
                <td class="c-started"><span class="skeleton w-3"></span></td>
                <td class="c-num num"><span class="skeleton w-1"></span></td>
                <td class="c-door"><span class="skeleton w-2"></span></td>
                <td class="result"></td>
            </tr>
        }
    };
    view! {
        <div aria-busy="true">
            <p class="visually-hidden" role="status">"Loading runs"</p>
            <table class="table table--s runs" aria-hidden="true">
                <tbody>{(0..rows).map(|_| row()).collect_view()}</tbody>
            </table>
            <div class="history__foot" aria-hidden="true"><span class="skeleton w-2 push"></span></div>
        </div>
    }
}
