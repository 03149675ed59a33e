//! Reads the page of an agent's webhooks.

use super::Hooks;
use crate::domain::hook::Outcome;
use crate::domain::id::{AgentId, HookId};
use crate::domain::run_filter::Choice;
use crate::domain::views::hooks::{DeliveriesView, HooksView};
use crate::error::AppError;
use crate::server::store::deliveries::{Deliveries, DeliveriesFrom};
use crate::server::store::scope::Scope;

/// Deliveries that the page lists at once.
const LISTED: u64 = 25;

/// The parts of the page that its address names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// The webhook whose deliveries are shown; the one that had the last where there is no other.
    pub hook: Option<HookId>,
    /// The only deliveries that are listed.
    pub outcome: Option<Outcome>,
    /// The list begins below this id.
    pub below: Option<i64>,
}

impl Hooks {
    /// Returns what the page shows.
    ///
    /// # Errors
    /// `NotFound` where there is no such agent. A webhook that is not there is none that was asked for.
    pub async fn view(&self, scope: &Scope, agent: AgentId, asked: Asked) -> Result<HooksView, AppError> {
        let hooks = self.list(scope, agent).await?;
        let named = asked.hook.filter(|id| hooks.iter().any(|hook| hook.id == *id));
        let latest = || hooks.iter().max_by_key(|hook| (hook.last_delivery_at, -hook.id.0)).map(|hook| hook.id);
        let Some(hook) = named.or_else(latest) else { return Ok(HooksView { hooks, deliveries: None }) };
        let from = asked.below.filter(|_| named.is_some()).map_or(DeliveriesFrom::Newest, DeliveriesFrom::Below);
        let outcome = asked.outcome;
        let chosen = outcome.map(|outcome| Choice::of([outcome]));
        let listed = self.deliveries(scope, agent, hook, chosen.as_ref(), from, LISTED).await?;
        let Deliveries { deliveries, has_newer, has_older } = listed;
        let deliveries = Some(DeliveriesView { hook, outcome, deliveries, has_newer, has_older });
        Ok(HooksView { hooks, deliveries })
    }
}
