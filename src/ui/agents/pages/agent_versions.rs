//! The versions of one agent's settings.

use crate::domain::views::page::AgentVersionsData;
use crate::domain::views::versions::VersionsView;
use crate::error::AppError;
use crate::ui::agents::delete_dialog::DeleteAgentDialog;
use crate::ui::agents::head::{AgentHead, Tab};
use crate::ui::agents::versions::compared::ComparedVersions;
use crate::ui::agents::versions::list::VersionList;
use crate::ui::agents::versions::restore::{Restore, RestoreDialog};
use crate::ui::dom;
use crate::ui::kit::loaded::Loaded;
use crate::ui::kit::not_found::NotFound;
use crate::ui::kit::notice::LoadError;
use crate::ui::kit::skeleton::PageSkeleton;
use crate::ui::model::agent_view::AgentView;
use crate::ui::state::agent_watch::AgentWatch;
use crate::ui::state::deletion::Deletion;
use leptos::prelude::*;

/// `/agents/{id}/versions`.
pub fn show(data: AgentVersionsData) -> AnyView {
    let AgentVersionsData { id, detail, versions } = data;
    let (watch, part) = AgentWatch::of_page(id, detail);
    let AgentWatch { view, gone, .. } = watch;
    let versions = StoredValue::new(versions);
    // They outlive what is shown of the agent: the news of its end may come before the response.
    let deletion = Deletion::of_page();
    let deleted = Callback::new(|_| dom::leave_for("/"));
    view! {
        <main class="page" id="main" tabindex="-1">
            <Loaded
                part=part
                ready=Signal::derive(move || view.read().is_some() || gone.read().is_some())
                what="The agent"
                skeleton=|| view! { <PageSkeleton what="the agent"/> }
                content=move || match (gone.get(), view.get_untracked()) {
                    (Some(text), _) => view! { <NotFound what=text/> }.into_any(),
                    (None, Some(first)) => {
                        let versions = versions.get_value();
                        view! { <Versions watch=watch first=first versions=versions deletion=deletion/> }.into_any()
                    }
                    (None, None) => ().into_any(),
                }
            />
            <DeleteAgentDialog deletion=deletion done=deleted/>
        </main>
    }
    .into_any()
}

/// Built once; what changes is read where it is shown.
#[component]
fn Versions(
    watch: AgentWatch,
    first: AgentView,
    versions: Result<VersionsView, AppError>,
    deletion: Deletion,
) -> impl IntoView {
    let view = Memo::new(move |_| watch.view.get().unwrap_or_else(|| first.clone()));
    let present = Memo::new(move |_| view.with(|view| view.agent.version));
    let restore = Restore::of_page();
    let agent = watch.id;
    let shown = match versions {
        Ok(versions) => view! {
            <VersionList agent=agent view=versions.clone() present=present/>
            <ComparedVersions agent=agent view=versions present=present restore=restore/>
        }
        .into_any(),
        Err(error) => {
            let again = Callback::new(|()| dom::leave_for(""));
            view! { <LoadError what="The versions" error=error retry=again/> }.into_any()
        }
    };
    view! {
        <AgentHead view=view current=Tab::Versions deletion=deletion/>
        {shown}
        <RestoreDialog agent=agent restore=restore/>
    }
}
