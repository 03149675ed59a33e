//! The overview of one agent: what it is, how it stands, its newest runs.

use crate::domain::error_group::ErrorGroup;
use crate::domain::tool::ToolCatalogue;
use crate::domain::views::page::AgentPageData;
use crate::error::AppError;
use crate::ui::agents::charts::AgentCharts;
use crate::ui::agents::errors::AgentErrors;
use crate::ui::agents::facts::AgentFacts;
use crate::ui::agents::frame::framed;
use crate::ui::agents::head::{AgentHead, Tab};
use crate::ui::agents::recent_runs::RecentRuns;
use crate::ui::dom;
use crate::ui::model::address::MADE;
use crate::ui::model::agent_view::AgentView;
use crate::ui::state::agent_watch::AgentWatch;
use crate::ui::state::deletion::Deletion;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;

/// `/agents/{id}`.
pub fn show(data: AgentPageData) -> AnyView {
    let AgentPageData { id, detail, tools, charts, errors } = data;
    framed(id, detail, move |watch, first, deletion| {
        view! { <Overview watch=watch first=first tools=tools.clone() charts=charts.clone() errors=errors.clone() deletion=deletion/> }
            .into_any()
    })
}

/// Says that the agent was created, to whoever comes from the form that made it: once, since the address forgets it.
fn say_made(name: String) {
    let toasts = Toasts::from_context();
    Effect::new(move |_| {
        if dom::query() == MADE {
            dom::set_address(&window().location().pathname().unwrap_or_default(), false);
            toasts.success("Agent created", &name, None);
        }
    });
}

/// Built once; what changes is read where it is shown.
#[component]
fn Overview(
    watch: AgentWatch,
    first: AgentView,
    tools: ToolCatalogue,
    charts: Result<String, AppError>,
    errors: Result<Vec<ErrorGroup>, AppError>,
    deletion: Deletion,
) -> impl IntoView {
    say_made(first.agent.settings.name.clone());
    let view = Memo::new(move |_| watch.view.get().unwrap_or_else(|| first.clone()));
    let description = Memo::new(move |_| view.with(|view| view.agent.settings.description.clone()));
    let about = move || {
        let description = description.get();
        (!description.is_empty()).then(|| view! { <p class="agent-about">{description}</p> })
    };
    view! {
        <AgentHead view=view current=Tab::Overview deletion=deletion/>
        {move || about()}
        <div class="split">
            <div class="split__main">
                <AgentCharts id=watch.id view=view first=charts/>
                <AgentErrors agent=watch.id view=view first=errors/>
                <RecentRuns watch=watch view=view/>
            </div>
            <div class="split__side"><AgentFacts view=view tools=tools/></div>
        </div>
    }
}
