//! The dashboard, and pages about many agents or none yet.

use super::cookies;
use super::visit::Visit;
use crate::domain::live::Topic;
use crate::domain::views::page::{DashboardData, ImportData, NewAgentData, SelectData};
use crate::server::doors::request_id;
use crate::server::reads::snapshots::DashboardSnapshots;
use crate::ui::model::address::Address;
use axum::extract::RawQuery;
use axum::response::Response;

pub async fn dashboard(RawQuery(query): RawQuery, visit: Visit) -> Response {
    let Visit { state, scope, headers } = &visit;
    let query = query.unwrap_or_default();
    let address = Address::from_query(&query);
    let (listing, open) = (address.listing(), address.open);
    let (agents, summary, history) = match state.snapshots.dashboard(scope, &listing, open).await {
        Ok(DashboardSnapshots { agents, summary, history }) => (Ok(agents), Ok(summary), history),
        // Each by itself, so that a part that cannot be read leaves the others alone.
        Err(_) => {
            let read = async |topic| state.snapshots.read(scope, topic).await.map_err(request_id::named);
            let history = async {
                match open {
                    Some(id) => Some(read(Topic::Agent(id)).await),
                    None => None,
                }
            };
            let agents = async { state.snapshots.agent_list(scope, &listing, open).await.map_err(request_id::named) };
            tokio::join!(agents, read(Topic::Summary), history)
        }
    };
    let provider_notice = !state.models.choices().provider_configured && !cookies::has_dismissed_notice(headers);
    visit.page(DashboardData { query, agents, summary, history, provider_notice }).await
}

pub async fn new_agent(visit: Visit) -> Response {
    let (models, tools) = (visit.state.agents.models(None), visit.state.toolbox.catalogue());
    visit.page(NewAgentData { models, tools }).await
}

pub async fn import(visit: Visit) -> Response {
    visit.page(ImportData {}).await
}

pub async fn select(RawQuery(query): RawQuery, visit: Visit) -> Response {
    let query = query.unwrap_or_default();
    let listing = Address::from_query(&query).listing();
    let agents = visit.state.snapshots.agent_list(&visit.scope, &listing, None).await;
    visit.page_of(agents, |agents| SelectData { query, agents }).await
}
