//! Which two runs are compared. Sends its fields as the address, with script or without.

use crate::ui::model::comparison::{COMPARE, LAST_GOOD};
use leptos::prelude::*;

#[component]
pub fn CompareForm(a: String, b: String) -> impl IntoView {
    let b = if b.is_empty() { LAST_GOOD.to_owned() } else { b };
    view! {
        <section class="panel" aria-labelledby="other-h">
            <div class="panel__head"><h2 id="other-h">"Compare others"</h2></div>
            <form class="panel__body versus__form" method="get" action=COMPARE>
                <div class="field">
                    <label for="compare-a">"Run"</label>
                    <input class="input" id="compare-a" name="a" value=a required inputmode="numeric" placeholder="4811"/>
                </div>
                <div class="field">
                    <label for="compare-b">"Compare with"</label>
                    <input class="input" id="compare-b" name="b" value=b required aria-describedby="compare-b-h"/>
                    <p class="field__help" id="compare-b-h">
                        "The number of a run, or "<code>{LAST_GOOD}</code>": the last success of the agent before it."
                    </p>
                </div>
                <button class="btn" type="submit">"Compare"</button>
            </form>
        </section>
    }
}
