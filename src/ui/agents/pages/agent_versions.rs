//! The versions of one agent's settings.

use crate::domain::views::page::AgentVersionsData;
use crate::domain::views::versions::VersionsView;
use crate::error::AppError;
use crate::ui::agents::frame::framed;
use crate::ui::agents::head::{AgentHead, Tab};
use crate::ui::agents::versions::compared::ComparedVersions;
use crate::ui::agents::versions::list::VersionList;
use crate::ui::agents::versions::restore::{Restore, RestoreDialog};
use crate::ui::dom;
use crate::ui::kit::notice::LoadError;
use crate::ui::model::agent_view::AgentView;
use crate::ui::state::agent_watch::AgentWatch;
use crate::ui::state::deletion::Deletion;
use leptos::prelude::*;

/// `/agents/{id}/versions`.
pub fn show(data: AgentVersionsData) -> AnyView {
    let AgentVersionsData { id, detail, versions } = data;
    framed(id, detail, move |watch, first, deletion| {
        view! { <Versions watch=watch first=first versions=versions.clone() deletion=deletion/> }.into_any()
    })
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
