//! "Restore version 11?": says what will come of it, and takes a reason for the list.

use crate::api::agents::restore_version;
use crate::domain::agent::version::MAX_NOTE;
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::notice::Failure;
use crate::ui::model::versions::VersionsAddress;
use crate::ui::state::request_keys::RequestKeys;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The question whether to restore a version, while it is asked.
#[derive(Clone, Copy)]
pub struct Restore {
    open: RwSignal<bool>,
    /// The version, and the agent's present one when it was asked.
    asked: RwSignal<(i64, i64)>,
}

impl Restore {
    /// Creates the state of a page that asks nothing.
    pub fn of_page() -> Self {
        Self { open: RwSignal::new(false), asked: RwSignal::new((0, 0)) }
    }

    /// Asks whether to restore this version of an agent that is at `present`.
    pub fn ask(self, number: i64, present: i64) {
        self.asked.set((number, present));
        self.open.set(true);
    }
}

/// The dialog, which comes with the question.
#[component]
pub fn RestoreDialog(agent: AgentId, restore: Restore) -> impl IntoView {
    let Restore { open, asked } = restore;
    let title = Signal::derive(move || format!("Restore version {}?", asked.get().0));
    view! {
        <Dialog open=open title=title id="restore-h"><Confirm agent=agent restore=restore/></Dialog>
    }
}

#[component]
fn Confirm(agent: AgentId, restore: Restore) -> impl IntoView {
    let Restore { open, asked } = restore;
    let (number, present) = asked.get_untracked();
    let keys = RequestKeys::from_context();
    let (note, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let refused: RwSignal<Option<AppError>> = RwSignal::new(None);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let note = Some(note.get_untracked()).filter(|note| !note.trim().is_empty());
        spawn_local(async move {
            let request = format!("restore {number} {present} {note:?}");
            let answer = restore_version(agent, number, present, note, keys.of(&request)).await;
            keys.answered(&request, &answer);
            match answer {
                // The page shows what was there when it was read.
                Ok(()) => dom::leave_for(&VersionsAddress::default().href(agent)),
                // It may have gone, or the dialog been closed.
                Err(error) => {
                    _ = refused.try_set(Some(error));
                    _ = busy.try_set(false);
                }
            }
        });
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>
                    "This saves "<strong>{format!("version {}", present + 1)}</strong>
                    {format!(" with the settings of version {number}. Version {present} stays in the list.")}
                </p>
                <p>"Runs that are queued or running keep the version they were accepted with."</p>
                <div class="field">
                    <label for="restore-note">
                        "Why "<span class="field__optional">"optional, shown in the list"</span>
                    </label>
                    <input
                        class="input"
                        id="restore-note"
                        dir="auto"
                        autocomplete="off"
                        maxlength=MAX_NOTE.to_string()
                        prop:value=note
                        on:input=move |event| note.set(event_target_value(&event))
                    />
                </div>
                {move || refused.get().map(|error| view! {
                    <Failure title="The version could not be restored." reason=error.to_string()/>
                })}
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn btn--primary" type="submit" aria-busy=move || busy.get().then_some("true")>
                    {format!("Restore version {number}")}
                </button>
            </div>
        </form>
    }
}
