//! Says that somebody else has changed the agent whose settings are being edited: what they changed, and what can be
//! done about it.

use crate::domain::agent::AgentSettings;
use crate::domain::agent::settings::Change;
use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::state::form::AgentForm;
use crate::ui::state::form::conflict::Theirs;
use leptos::prelude::*;

/// Id of the notice, to move the focus to.
pub const CONFLICT: &str = "conflict";
/// How much of a value is shown, in characters.
const SHOWN: usize = 120;

/// Nothing unless `shown`.
#[component]
pub fn ConflictNotice(
    form: AgentForm,
    /// The agent as it is now.
    theirs: Memo<AgentSettings>,
    shown: Memo<bool>,
    /// Takes theirs; or keeps what was changed here.
    decide: Callback<bool>,
) -> impl IntoView {
    let fields = Memo::new(move |_| form.theirs(&theirs.read()));
    let list = move || fields.get().into_iter().map(changed).collect_view();
    let view = move || {
        shown.get().then(|| {
            view! {
                <Notice tone=Tone::Warning alert=true id=CONFLICT>
                    <p><strong>"Someone changed this agent while you were editing."</strong></p>
                    <p>
                        "Nothing was saved yet."
                        {move || (!fields.read().is_empty()).then_some(" They changed:")}
                    </p>
                    <dl class="facts facts--flush">{move || list()}</dl>
                    <p>"“Keep my changes” merges theirs into the fields you did not touch; then save again."</p>
                    <div class="actions">
                        <button class="btn btn--s" type="button" on:click=move |_| decide.run(false)>
                            "Keep my changes"
                        </button>
                        <button class="btn btn--s" type="button" on:click=move |_| decide.run(true)>
                            "Discard mine, show theirs"
                        </button>
                    </div>
                </Notice>
            }
        })
    };
    view! { {move || view()} }
}

fn changed(Theirs { change: Change { setting, after, .. }, both }: Theirs) -> impl IntoView {
    let value = match after.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &after[..at]),
        None => after,
    };
    let both = both.then(|| view! { <small>"You changed it too; yours would replace theirs."</small> });
    view! { <div><dt>{setting.label()}</dt><dd dir="auto">{value}{both}</dd></div> }
}
