//! The settings of one agent.

use crate::domain::model::ModelChoices;
use crate::domain::tool::ToolCatalogue;
use crate::domain::views::page::AgentSettingsData;
use crate::ui::agents::danger_zone::DangerZone;
use crate::ui::agents::delete_dialog::DeleteAgentDialog;
use crate::ui::agents::form::settings::SettingsForm;
use crate::ui::agents::head::{AgentHead, Tab};
use crate::ui::dom;
use crate::ui::kit::loaded::Loaded;
use crate::ui::kit::not_found::NotFound;
use crate::ui::kit::notice::Failure;
use crate::ui::kit::skeleton::PageSkeleton;
use crate::ui::model::address::COPIED;
use crate::ui::model::agent_view::AgentView;
use crate::ui::state::agent_watch::AgentWatch;
use crate::ui::state::deletion::Deletion;
use crate::ui::state::form::AgentForm as Form;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;

/// `/agents/{id}/settings`.
pub fn show(data: AgentSettingsData) -> AnyView {
    let AgentSettingsData { id, detail, models, tools } = data;
    let (watch, part) = AgentWatch::of_page(id, detail);
    let AgentWatch { view, gone, .. } = watch;
    let offered = StoredValue::new((models, tools));
    view! {
        <main class="page page--form" id="main" tabindex="-1">
            <Loaded
                part=part
                ready=Signal::derive(move || view.read().is_some() || gone.read().is_some())
                what="The agent"
                skeleton=|| view! { <PageSkeleton what="the agent"/> }
                // An agent that goes while its form is open leaves the form: what was typed may still be wanted.
                content=move || match (view.get_untracked(), gone.get_untracked()) {
                    (Some(first), _) => {
                        view! { <Settings watch=watch first=first offered=offered.get_value()/> }.into_any()
                    }
                    (None, Some(text)) => view! { <NotFound what=text/> }.into_any(),
                    (None, None) => ().into_any(),
                }
            />
        </main>
    }
    .into_any()
}

/// Says that the agent is a copy, to whoever has just made it: once, since the address forgets it.
fn say_copied() {
    let toasts = Toasts::from_context();
    Effect::new(move |_| {
        if dom::query() == COPIED {
            dom::set_address(&window().location().pathname().unwrap_or_default(), false);
            toasts.success(
                "Agent duplicated",
                "The copy is paused, so that nothing fires twice. Resume its schedule here.",
                None,
            );
        }
    });
}

/// Built once; what changes is read where it is shown.
#[component]
fn Settings(watch: AgentWatch, first: AgentView, offered: (ModelChoices, ToolCatalogue)) -> impl IntoView {
    say_copied();
    let (models, tools) = offered;
    let form = Form::of(first.agent.settings.clone(), first.agent.version);
    let view = Memo::new(move |_| watch.view.get().unwrap_or_else(|| first.clone()));
    let deletion = Deletion::of_page();
    let deleted = Callback::new(move |_| {
        // There is nothing left to save it to.
        form.discard();
        dom::leave_for("/");
    });
    let gone = move || {
        watch.gone.get().map(|says| {
            view! {
                <Failure title=says reason="It was deleted while you were here. What you see cannot be saved."/>
            }
        })
    };
    view! {
        <AgentHead view=view current=Tab::Settings deletion=deletion/>
        {move || gone()}
        <SettingsForm form watch view models tools/>
        <DangerZone view=view deletion=deletion/>
        <DeleteAgentDialog deletion=deletion done=deleted/>
    }
}
