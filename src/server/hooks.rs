//! Webhooks as a service: made and changed by their owners, and received from whoever knows an address. A delivery is
//! verified, filtered and mapped to what a run is given; the run itself is started by the one service for that.
//!
//! Knows no HTTP but the names of headers, and no database but the store's.

mod arrival;
mod filter;
mod limits;
mod mapped;
mod page;
mod received;
mod token;
mod trial;
mod verify;

pub use self::limits::Allowance;
pub use self::page::Asked;
pub use self::received::{Received, Reception};

use self::arrival::Arrival;
use self::limits::Limits;
use self::token::Token;
use crate::domain::hook::{Hook, HookChange, HookSettings, NewAddress, Outcome, Receipt};
use crate::domain::id::{AgentId, DeliveryId, HookId, RunId};
use crate::domain::run_filter::Choice;
use crate::error::AppError;
use crate::server::aside;
use crate::server::runs::events::{EventBus, EventKind};
use crate::server::starts::{Carried, Starts};
use crate::server::store::Store;
use crate::server::store::deliveries::{Deliveries, DeliveriesFrom, KeptDelivery, NewDelivery};
use crate::server::store::error::StoreError;
use crate::server::store::hooks::FoundHook;
use crate::server::store::scope::Scope;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Longest body of a delivery, in bytes.
pub const MAX_DELIVERY: usize = 1024 * 1024;

/// Cheap to clone.
#[derive(Clone)]
pub struct Hooks {
    store: Store,
    starts: Starts,
    events: EventBus,
    limits: Arc<Limits>,
}

impl Hooks {
    pub fn new(store: Store, starts: Starts, events: EventBus) -> Self {
        Self { store, starts, events, limits: Arc::default() }
    }

    /// Returns an agent's webhooks, oldest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn list(&self, scope: &Scope, agent: AgentId) -> Result<Vec<Hook>, AppError> {
        Ok(self.store.hooks(scope, agent).await?)
    }

    /// Returns one webhook.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn hook(&self, scope: &Scope, agent: AgentId, id: HookId) -> Result<Hook, AppError> {
        Ok(self.store.hook(scope, agent, id).await?.hook)
    }

    /// Creates a webhook of what a body says, with the token that is in its address.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with all that is wrong; `Conflict` where the agent has as many as it may.
    pub async fn create(
        &self,
        scope: &Scope,
        agent: AgentId,
        members: Map<String, Value>,
    ) -> Result<NewAddress, AppError> {
        let (settings, secret) = match HookSettings::read(members) {
            Ok(read) => read,
            Err(errors) => {
                // Of an agent that is not there nothing else is said.
                self.store.require_agent(scope, agent).await?;
                return Err(AppError::invalid_fields(errors));
            }
        };
        let token = Token::random();
        match self.store.create_hook(scope, agent, &settings, &secret, &token.hash()).await {
            Ok((hook, seq)) => Ok(self.addressed(scope, hook, seq, token)),
            // The token was shown, and is not known any more.
            Err(error) => Ok(NewAddress::new(error.recorded()?, None)),
        }
    }

    /// Changes a webhook.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with all that is wrong.
    pub async fn change(
        &self,
        scope: &Scope,
        agent: AgentId,
        id: HookId,
        change: HookChange,
    ) -> Result<Hook, AppError> {
        let (hook, seq) = self.store.change_hook(scope, agent, id, &change).await?;
        self.events.publish(scope.owner(), agent, seq, EventKind::AgentChanged);
        Ok(hook)
    }

    /// Gives a webhook another address; the one that it had is gone.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn rotate(&self, scope: &Scope, agent: AgentId, id: HookId) -> Result<NewAddress, AppError> {
        let token = Token::random();
        match self.store.rotate_hook(scope, agent, id, &token.hash()).await {
            Ok((hook, seq)) => Ok(self.addressed(scope, hook, seq, token)),
            Err(error) => Ok(NewAddress::new(error.recorded()?, None)),
        }
    }

    fn addressed(&self, scope: &Scope, hook: Hook, seq: i64, token: Token) -> NewAddress {
        self.events.publish(scope.owner(), hook.agent_id, seq, EventKind::AgentChanged);
        NewAddress::new(hook, Some(token.into_text()))
    }

    /// Deletes a webhook and the record of its deliveries. Its runs stay.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, scope: &Scope, agent: AgentId, id: HookId) -> Result<(), AppError> {
        let seq = self.store.delete_hook(scope, agent, id).await?;
        self.limits.forget(id);
        self.events.publish(scope.owner(), agent, seq, EventKind::AgentChanged);
        Ok(())
    }

    /// Returns some of a webhook's deliveries, or of those with an outcome, newest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn deliveries(
        &self,
        scope: &Scope,
        agent: AgentId,
        id: HookId,
        outcome: Option<&Choice<Outcome>>,
        from: DeliveriesFrom,
        limit: u64,
    ) -> Result<Deliveries, AppError> {
        Ok(self.store.deliveries(scope, agent, id, outcome, from, limit).await?)
    }

    /// Returns the webhook at an address; `None` where there is none, or it is disabled. The hash of the token is what is looked
    /// for, so how long that takes says nothing about the tokens there are.
    pub async fn find(&self, token: &str) -> Result<Option<FoundHook>, AppError> {
        Ok(self.store.hook_of_token(&Token::of(token).hash()).await?)
    }

    /// Counts a delivery of a webhook, and says whether it is one too many.
    pub fn allow(&self, found: &FoundHook) -> Allowance {
        let Hook { id, settings, .. } = &found.stored.hook;
        self.limits.take(*id, settings.rate_per_minute, self.store.elapsed_ms())
    }

    /// Receives a delivery, and records what came of it.
    ///
    /// # Errors
    /// `Unauthorized` where it is not signed as it has to be; `Invalid` where it cannot be made into a run, and why; `NotFound`
    /// where the webhook has just gone.
    pub async fn receive(&self, scope: &Scope, found: FoundHook, received: Received) -> Result<Reception, AppError> {
        let (stored, now) = (found.stored, self.store.now());
        let hook = stored.hook.clone();
        let of_verified = {
            let received = received.clone();
            move || {
                let arrival = Arrival::verified(&stored, &received, now);
                let id = match arrival {
                    Arrival::Denied(_) => None,
                    _ => received.delivery_id(stored.hook.settings.verification.kind()),
                };
                (arrival, id)
            }
        };
        let (arrival, delivery_id) = aside::read(received.body.len(), of_verified).await;
        let new = NewDelivery::of(hook.id, received.body.len());
        if let Arrival::Denied(why) = &arrival {
            self.store.record_delivery(scope, &new, Outcome::Refused, 401, why).await?;
            let text = format!("The delivery was not accepted: {why}.");
            return Err(AppError::unauthorized(text));
        }
        let new = new.named(delivery_id);
        if let Some(run) = self.store.delivered_before(scope, &new).await? {
            return self.repeated(scope, run).await;
        }
        let challenge = arrival.challenge().map(str::to_owned);
        let receipt = self.carry_out(scope, &hook, arrival, new, received).await?;
        Ok(match (receipt, challenge) {
            (_, Some(challenge)) => Reception::Challenge(challenge),
            (Carried::Before(run), _) => return self.repeated(scope, run).await,
            (Carried::Out(receipt), _) => match *receipt {
                Receipt { run: Some(run), .. } => Reception::Accepted(run),
                Receipt { delivery, .. } => Reception::Filtered(delivery.detail.unwrap_or_default()),
            },
        })
    }

    /// Returns what comes of a delivery that has started a run before.
    async fn repeated(&self, scope: &Scope, run: RunId) -> Result<Reception, AppError> {
        match self.store.run(scope, run).await {
            Ok(run) => Ok(Reception::Repeated(run)),
            Err(StoreError::NoRun(_) | StoreError::RunRemoved(_)) => Ok(Reception::RepeatedOfRemoved(run)),
            Err(error) => Err(error.into()),
        }
    }

    /// Does again what a delivery asks for, by the filter and the map of now. Nothing is verified a second time.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where its body is not kept; `Invalid` where it cannot be made into a run, which is recorded too.
    pub async fn replay(
        &self,
        scope: &Scope,
        agent: AgentId,
        id: HookId,
        delivery: DeliveryId,
    ) -> Result<Receipt, AppError> {
        let hook = self.hook(scope, agent, id).await?;
        if let Err(error) = self.store.not_again(scope).await {
            return replayed(error.recorded()?);
        }
        let KeptDelivery { headers, body } = self.store.kept_delivery(scope, agent, id, delivery).await?;
        let received = Received { headers, body };
        let of_kept = {
            let (hook, received) = (hook.clone(), received.clone());
            move || Arrival::kept(&hook, &received)
        };
        let arrival = aside::read(received.body.len(), of_kept).await;
        let new = NewDelivery::of(id, received.body.len()).replaying(delivery);
        match self.carry_out(scope, &hook, arrival, new, received).await? {
            Carried::Out(receipt) => replayed(*receipt),
            // It has no id of its sender's, so it cannot have come before.
            Carried::Before(_) => Err(AppError::internal()),
        }
    }

    /// Does what a verified delivery asks for, and records it.
    async fn carry_out(
        &self,
        scope: &Scope,
        hook: &Hook,
        arrival: Arrival,
        new: NewDelivery,
        received: Received,
    ) -> Result<Carried, AppError> {
        let (bytes, settings) = (received.body.len(), hook.settings.clone());
        let keep = move || new.keeping(received.kept_headers(&settings), &received.body);
        let new = aside::read(bytes, keep).await;
        let recorded = async |outcome, status, detail: &str| match self
            .store
            .record_delivery(scope, &new, outcome, status, detail)
            .await
        {
            Ok(delivery) => Ok(Receipt { delivery, run: None }),
            Err(error) => error.recorded(),
        };
        let refused = match arrival {
            Arrival::Ready(request) => match self.starts.delivered(scope, hook, *request, &new).await {
                Ok(carried @ Carried::Out(_)) => return Ok(carried),
                // Of two that arrived together it is the second.
                Ok(Carried::Before(run)) => {
                    self.store.delivered_before(scope, &new).await?;
                    return Ok(Carried::Before(run));
                }
                Err(error) if error.kind.status() < 429 => error,
                // The sender will send it again.
                Err(error) => return Err(error),
            },
            Arrival::Unfit(error) => error,
            Arrival::Challenge { detail, .. } | Arrival::Filtered(detail) => {
                return Ok(Carried::Out(Box::new(recorded(Outcome::Filtered, 200, &detail).await?)));
            }
            Arrival::Denied(why) => AppError::unauthorized(why),
        };
        recorded(Outcome::Refused, refused.kind.status(), &refused.detail).await?;
        Err(refused)
    }
}

/// Returns what a replay has come to, now or when it was asked for first: then it may have been refused.
fn replayed(receipt: Receipt) -> Result<Receipt, AppError> {
    match receipt.delivery.outcome {
        Outcome::Refused => Err(AppError::invalid(receipt.delivery.detail.unwrap_or_default())),
        _ => Ok(receipt),
    }
}
