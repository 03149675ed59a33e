//! The pages of one agent.

use super::visit::{PageId, Visit};
use crate::domain::id::AgentId;
use crate::domain::views::agent::AgentDetail;
use crate::domain::views::page::{AgentHooksData, AgentPageData, AgentSettingsData, AgentVersionsData, PageData};
use crate::error::AppError;
use crate::server::agents::versions::Asked;
use crate::server::doors::request_id;
use crate::server::hooks;
use crate::ui::model::hooks::HooksAddress;
use crate::ui::model::versions::VersionsAddress;
use axum::extract::RawQuery;
use axum::response::Response;

const NO_NUMBER: &str = "An agent's address has its number in it.";

pub async fn show(PageId(id): PageId<AgentId>, visit: Visit) -> Response {
    let Some(id) = id else { return visit.not_found(NO_NUMBER).await };
    let charts = visit.state.snapshots.overview(&visit.scope, id).await.map_err(request_id::named);
    let errors = visit.state.snapshots.top_errors(&visit.scope, id).await.map_err(request_id::named);
    let tools = visit.state.toolbox.catalogue();
    agent_page(&visit, id, |detail| AgentPageData { id, detail, tools, charts, errors }).await
}

pub async fn settings(PageId(id): PageId<AgentId>, visit: Visit) -> Response {
    let Some(id) = id else { return visit.not_found(NO_NUMBER).await };
    let tools = visit.state.toolbox.catalogue();
    let data = |detail: Result<AgentDetail, AppError>| {
        let present = detail.as_ref().ok().and_then(AgentDetail::agent).map(|agent| agent.settings.model.as_str());
        let models = visit.state.agents.models(present);
        AgentSettingsData { id, detail, models, tools }
    };
    agent_page(&visit, id, data).await
}

pub async fn versions(PageId(id): PageId<AgentId>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let Some(id) = id else { return visit.not_found(NO_NUMBER).await };
    let VersionsAddress { a, b, below } = VersionsAddress::from_query(&query.unwrap_or_default());
    let versions = visit.state.agents.versions(&visit.scope, id, Asked { a, b, below }).await;
    let versions = versions.map_err(request_id::named);
    agent_page(&visit, id, |detail| AgentVersionsData { id, detail, versions }).await
}

pub async fn webhooks(PageId(id): PageId<AgentId>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let Some(id) = id else { return visit.not_found(NO_NUMBER).await };
    let HooksAddress { hook, outcome, below } = HooksAddress::from_query(&query.unwrap_or_default());
    let hooks = visit.state.hooks.view(&visit.scope, id, hooks::Asked { hook, outcome, below }).await;
    let hooks = hooks.map_err(request_id::named);
    agent_page(&visit, id, |detail| AgentHooksData { id, detail, hook, outcome, below, hooks }).await
}

/// Returns one of the pages of an agent.
async fn agent_page<D: Into<PageData>>(
    visit: &Visit,
    id: AgentId,
    data: impl FnOnce(Result<AgentDetail, AppError>) -> D,
) -> Response {
    visit.page_of_one(visit.state.snapshots.agent_detail(&visit.scope, id).await, data).await
}
