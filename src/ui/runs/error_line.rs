//! A run's error, under the row it is about: one line of it until somebody wants to read it all.

use crate::domain::id::RunId;
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// A row of a table; nothing without an error. The text stays selectable, so the button stands beside it.
#[component]
pub fn ErrorLine(
    #[prop(into)] error: Signal<Option<String>>,
    /// Nothing failed: it only says why there is not more.
    #[prop(optional, into)]
    quiet: Signal<bool>,
    /// The run it is about.
    run: RunId,
    columns: &'static str,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let failed = Memo::new(move |_| error.read().is_some());
    let shown = move || {
        failed.get().then(|| {
            view! {
                <tr class="run-error" class:is-quiet=move || quiet.get() role="row">
                    <td colspan=columns role="cell">
                        <div class="run-error__line" class:is-open=move || open.get()>
                            <button
                                class="run-error__more"
                                type="button"
                                aria-label=move || if quiet.get() { format!("Show full reason of run #{run}") } else { format!("Show full error of run #{run}") }
                                aria-expanded=move || open.get().to_string()
                                data-script=""
                                on:click=move |_| open.update(|open| *open = !*open)
                            >
                                <Icon name="chevron-right"/>
                            </button>
                            <span class="run-error__text" dir="auto" tabindex=move || open.get().then_some("0")>
                                {move || error.get()}
                            </span>
                        </div>
                    </td>
                </tr>
            }
        })
    };
    view! { {move || shown()} }
}
