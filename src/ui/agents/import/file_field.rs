//! The text of a file: pasted, or read from a file that somebody chooses.

use crate::ui::dom;
use leptos::prelude::*;

/// A chooser of files and, below it, the text.
#[component]
pub fn FileField(text: RwSignal<String>, change: Callback<String>) -> impl IntoView {
    let read = move |event: leptos::ev::Event| dom::read_file(&event, move |text| _ = change.try_run(text));
    view! {
        <section class="section" aria-labelledby="file-h">
            <header>
                <h2 id="file-h">"File"</h2>
                <p>"TOML with an "<code>"[[agent]]"</code>" for each, as an export has it. An agent that is there already is known by its name."</p>
            </header>
            <div class="section__body">
                <div class="field">
                    <label for="file">"Choose a file"</label>
                    <input class="input input--file" id="file" type="file" accept=".toml,application/toml,text/plain" data-script="" on:change=read/>
                </div>
                <div class="field">
                    <label for="text">"Or paste it"</label>
                    <textarea
                        class="textarea textarea--code"
                        id="text"
                        rows="12"
                        spellcheck="false"
                        autocomplete="off"
                        prop:value=text
                        on:input=move |event| change.run(event_target_value(&event))
                    ></textarea>
                </div>
            </div>
        </section>
    }
}
