//! The question whether to delete an agent, and its answer; loaded when it is first asked.

use crate::domain::agent::AgentContents;
use crate::domain::duration::format_count;
use crate::error::AppError;
use crate::ui::kit::notice::Failure;
use crate::ui::state::actions::Actions;
use crate::ui::state::deletion::{DeletionInput, DeletionTarget};
use leptos::prelude::*;

/// Shows what goes, and the buttons. Where there are runs to lose, the agent's name has to be typed.
pub fn show(DeletionInput { open, target, done }: DeletionInput) -> AnyView {
    let actions = Actions::from_context();
    let DeletionTarget { id, name, contents, .. } = target;
    let (typed, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let refused: RwSignal<Option<AppError>> = RwSignal::new(None);
    let to_type = StoredValue::new(name.clone());
    let has_runs = contents.runs > 0;
    // Word by word: how they are set apart cannot be seen.
    let is_name = move |name: &String| typed.read().split_whitespace().eq(name.split_whitespace());
    let confirmed = Memo::new(move |_| !has_runs || to_type.with_value(is_name));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if confirmed.get_untracked() && !busy.get_untracked() {
            refused.set(None);
            actions.delete_agent(id, to_type.get_value(), busy, move |answer| {
                if let Err(error) = answer {
                    // The dialog may have been closed meanwhile.
                    _ = refused.try_set(Some(error));
                    return;
                }
                _ = open.try_set(false);
                _ = done.try_run(id);
            });
        }
    };
    let type_it = has_runs.then(|| {
        view! {
            <div class="field">
                <label for="delete-name">"Type "<strong><bdi>{name}</bdi></strong>" to confirm"</label>
                <input
                    class="input"
                    id="delete-name"
                    dir="auto"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </div>
        }
    });
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>{what_goes(contents)}" This cannot be undone."</p>
                {type_it}
                {move || refused.get().map(|error| view! {
                    <Failure title="The agent could not be deleted." reason=error.to_string()/>
                })}
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                <button
                    class="btn btn--danger"
                    type="submit"
                    aria-disabled=move || (!confirmed.get()).then_some("true")
                    aria-busy=move || busy.get().then_some("true")
                >
                    "Delete agent"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Says in a sentence or two what is deleted with an agent.
fn what_goes(AgentContents { runs, active, chats }: AgentContents) -> String {
    let count = |n: i64, one: &str, many: &str| match n {
        1 => one.to_owned(),
        n => format!("{} {many}", format_count(n)),
    };
    let runs_go = match runs {
        0 => "It has no runs.".to_owned(),
        1 => "Its run and the transcript are deleted too. What it cost no longer counts in any figure.".to_owned(),
        n => format!(
            "Its {} runs and their transcripts are deleted too. What they cost no longer counts in any figure.",
            format_count(n)
        ),
    };
    let chats_go = (chats > 0).then(|| format!(" So are {}.", count(chats, "its chat", "chats")));
    let stopped = (active > 0).then(|| match active {
        1 => " One is running and will be stopped.".to_owned(),
        n => format!(" {} are running and will be stopped.", format_count(n)),
    });
    [Some(runs_go), stopped, chats_go].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_is_counted() {
        let says = |runs, active, chats| what_goes(AgentContents { runs, active, chats });
        assert_eq!(says(0, 0, 0), "It has no runs.");
        assert_eq!(
            says(1, 1, 0),
            "Its run and the transcript are deleted too. What it cost no longer counts in any figure. \
             One is running and will be stopped."
        );
        assert_eq!(
            says(1_204, 2, 3),
            "Its 1,204 runs and their transcripts are deleted too. What they cost no longer counts in any figure. \
             2 are running and will be stopped. So are 3 chats."
        );
    }
}
