//! The frame of pages that show one agent as it is: they give way to the news of its end, and it can be deleted there. A page
//! with a form has its own, since what was typed may still be wanted.

use crate::domain::id::AgentId;
use crate::domain::views::agent::AgentDetail;
use crate::error::AppError;
use crate::ui::agents::delete_dialog::DeleteAgentDialog;
use crate::ui::dom;
use crate::ui::kit::loaded::Loaded;
use crate::ui::kit::not_found::NotFound;
use crate::ui::kit::skeleton::PageSkeleton;
use crate::ui::model::agent_view::AgentView;
use crate::ui::state::agent_watch::AgentWatch;
use crate::ui::state::deletion::Deletion;
use leptos::prelude::*;

/// Returns the page whose content is made, once the agent is known, of its state, of how it stands first, and of its deletion.
pub fn framed(
    id: AgentId,
    detail: Result<AgentDetail, AppError>,
    content: impl Fn(AgentWatch, AgentView, Deletion) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let (watch, part) = AgentWatch::of_page(id, detail);
    let AgentWatch { view, gone, .. } = watch;
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
                    (None, Some(first)) => content(watch, first, deletion),
                    (None, None) => ().into_any(),
                }
            />
            <DeleteAgentDialog deletion=deletion done=deleted/>
        </main>
    }
    .into_any()
}
