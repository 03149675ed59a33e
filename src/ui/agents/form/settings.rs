//! The form that changes an agent. It follows the agent while nothing has been typed, and overwrites nobody's changes.

use crate::api::agents::replace_agent;
use crate::domain::agent::AgentSettings;
use crate::domain::model::ModelChoices;
use crate::domain::tool::ToolCatalogue;
use crate::error::{AppError, ErrorKind};
use crate::ui::agents::form::conflict_notice::{CONFLICT, ConflictNotice};
use crate::ui::agents::form::error_summary::{ErrorSummary, SUMMARY};
use crate::ui::agents::form::fields::AgentFields;
use crate::ui::dom;
use crate::ui::kit::save_bar::{Done, SaveBar};
use crate::ui::kit::unsaved_guard::UnsavedGuard;
use crate::ui::model::agent_view::AgentView;
use crate::ui::state::actions::Actions;
use crate::ui::state::agent_watch::AgentWatch;
use crate::ui::state::form::AgentForm as Form;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Everything about an agent. Checks on leaving a field and on submit, with the server's own rules.
#[component]
pub fn SettingsForm(
    form: Form,
    watch: AgentWatch,
    view: Memo<AgentView>,
    models: ModelChoices,
    tools: ToolCatalogue,
) -> impl IntoView {
    let actions = Actions::from_context();
    let (busy, done) = (RwSignal::new(false), RwSignal::new(Done::Nothing));
    let refused = RwSignal::new(false);
    let dirty = Memo::new(move |_| !form.changed().is_empty());
    let theirs = Memo::new(move |_| view.with(|view| view.agent.settings.clone()));
    let version = Memo::new(move |_| view.with(|view| view.agent.version));
    let newer = Memo::new(move |_| version.get() > form.version());
    let conflict = Memo::new(move |_| newer.get() && dirty.get() && !busy.get());
    // Of itself it stays in the bar: what one is typing in must not move away.
    let looking = RwSignal::new(false);
    let shown = Memo::new(move |_| refused.get() || (conflict.get() && looking.get()));
    let spent = Memo::new(move |_| view.with(|view| view.spent));
    Effect::new(move |_| {
        if newer.get() && !dirty.get() && !busy.get() {
            form.reset(theirs.get_untracked(), version.get_untracked());
            refused.set(false);
        }
    });
    // Once what it says is on the page.
    let show = |id: &'static str| request_animation_frame(move || dom::focus_id(id));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || !dirty.get_untracked() {
            return;
        }
        let sent = form.texts();
        let based_on = untrack(|| form.version());
        let Some(settings) = form.submit() else { return show(SUMMARY) };
        busy.set(true);
        refused.set(false);
        spawn_local(async move {
            let answer = replace_agent(watch.id, settings.clone(), based_on).await;
            if answer.as_ref().is_err_and(|error| error.kind == ErrorKind::Conflict) {
                // Their changes have to be shown. Where they cannot be read, the notice is shown without it.
                _ = watch.read().await;
            }
            // The page may have gone.
            match answer {
                Ok(version) => {
                    form.saved(&sent, settings, version);
                    _ = done.try_set(Done::Saved);
                    actions.refresh();
                }
                Err(AppError { kind: ErrorKind::Conflict, .. }) => {
                    _ = refused.try_set(true);
                    show(CONFLICT);
                }
                Err(error) => {
                    form.refuse(&error);
                    show(SUMMARY);
                }
            }
            _ = busy.try_set(false);
        });
    };
    let decide = Callback::new(move |take_theirs| {
        let (theirs, version): (AgentSettings, i64) = (theirs.get_untracked(), version.get_untracked());
        match take_theirs {
            true => form.reset(theirs, version),
            false => form.rebase(theirs, version),
        }
        refused.set(false);
        looking.set(false);
        done.set(Done::Nothing);
        // The button that had the focus goes with the notice.
        dom::focus_id("main");
    });
    let discard = Callback::new(move |()| {
        form.discard();
        refused.set(false);
        done.set(Done::Discarded);
    });
    let look = Callback::new(move |()| {
        looking.set(true);
        show(CONFLICT);
    });
    view! {
        <form novalidate on:submit=submit>
            <noscript><p class="notice">"Changing agents needs JavaScript, or the REST API."</p></noscript>
            <ErrorSummary form=form failed="The changes could not be saved."/>
            <ConflictNotice form=form theirs=theirs shown=shown decide=decide/>
            <AgentFields form models tools spent=Some(spent) agent=Some(watch.id)/>
            <SaveBar
                dirty=dirty
                busy=busy
                done=done
                conflict=conflict
                discard=discard
                look=look
            />
        </form>
        <UnsavedGuard dirty=dirty changed=Signal::derive(move || form.changed_labels())/>
    }
}
