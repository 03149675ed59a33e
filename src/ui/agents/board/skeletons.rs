//! Placeholders that keep the height of the dashboard's parts.

use leptos::prelude::*;

/// The strip of figures.
#[component]
pub fn SummarySkeleton() -> impl IntoView {
    let stat = || {
        view! {
            <div class="stat">
                <dt><span class="skeleton w-2"></span></dt>
                <dd class="stat__value"><span class="skeleton w-3"></span></dd>
                <dd class="stat__note"><span class="skeleton w-3"></span></dd>
            </div>
        }
    };
    view! {
        <div aria-busy="true">
            <p class="visually-hidden" role="status">"Loading the figures"</p>
            <dl class="stats" aria-hidden="true">{stat()}{stat()}{stat()}{stat()}{stat()}</dl>
        </div>
    }
}

/// Three rows of the agents table.
#[component]
pub fn AgentsSkeleton() -> impl IntoView {
    let row = || {
        view! {
            <tbody class="agent">
                <tr class="agent__row">
                    <td class="agent__caret"></td>
                    <td class="agent__name"><span class="skeleton w-3"></span><p><span class="skeleton w-4"></span></p></td>
                    <td class="agent__status"><span class="skeleton skeleton--pill"></span></td>
                    <td class="agent__strip"><span class="skeleton skeleton--strip"></span></td>
                    <td class="agent__rate num"><span class="skeleton w-1"></span></td>
                    <td class="agent__p95 num"><span class="skeleton w-1"></span></td>
                    <td class="agent__cost num"><span class="skeleton w-1"></span></td>
                    <td class="agent__when agent__last"><span class="skeleton w-2"></span></td>
                    <td class="agent__when agent__next"><span class="skeleton w-2"></span></td>
                    <td class="agent__actions"><div><span class="skeleton w-3"></span></div></td>
                </tr>
            </tbody>
        }
    };
    view! {
        <div aria-busy="true">
            <p class="visually-hidden" role="status">"Loading agents"</p>
            <table class="agents" aria-hidden="true">{row()}{row()}{row()}</table>
        </div>
    }
}
