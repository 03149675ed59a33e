//! Settings of a webhook tried on its newest delivery, before they are saved: nothing is started, nothing recorded.

use super::arrival::Arrival;
use super::{Hooks, Received};
use crate::domain::hook::{Hook, HookSettings, Outcome};
use crate::domain::id::{AgentId, HookId};
use crate::domain::request::RunRequest;
use crate::domain::views::hooks::HookTrial;
use crate::error::AppError;
use crate::server::aside;
use crate::server::store::scope::Scope;
use serde_json::{Map, Value};

impl Hooks {
    /// Says what settings would make of the newest delivery whose body is kept; `None` where there is none.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with all that is wrong with the settings.
    pub async fn trial(
        &self,
        scope: &Scope,
        agent: AgentId,
        id: HookId,
        members: Map<String, Value>,
    ) -> Result<Option<HookTrial>, AppError> {
        let hook = self.hook(scope, agent, id).await?;
        let (settings, _) = HookSettings::read(members).map_err(AppError::invalid_fields)?;
        let Some((delivery, kept)) = self.store.newest_kept_delivery(scope, agent, id).await? else { return Ok(None) };
        let received = Received { headers: kept.headers, body: kept.body };
        let hook = Hook { settings, ..hook };
        let read = move || Arrival::kept(&hook, &received);
        let (outcome, detail, given) = match aside::read(delivery.bytes as usize, read).await {
            Arrival::Ready(request) => match self.starts.trial(scope, agent, *request).await {
                Ok(request) => (Outcome::Accepted, None, Some(request)),
                Err(error) if error.kind.status() < 429 => (Outcome::Refused, Some(error.detail), None),
                Err(error) => return Err(error),
            },
            Arrival::Unfit(error) => (Outcome::Refused, Some(error.detail), None),
            Arrival::Denied(why) => (Outcome::Refused, Some(why), None),
            Arrival::Challenge { detail, .. } | Arrival::Filtered(detail) => (Outcome::Filtered, Some(detail), None),
        };
        let given = given.map(|given| RunRequest { input: given.preview(), ..given });
        Ok(Some(HookTrial { delivery: delivery.id, received_at: delivery.received_at, outcome, detail, given }))
    }
}
