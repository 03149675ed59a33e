//! Agents as a service: checks what the doors pass on, resolves the model, tells whoever listens.

use crate::domain::agent::{Agent, AgentInput};
use crate::domain::id::AgentId;
use crate::error::AppError;
use crate::server::runs::events::{EventBus, EventKind};
use crate::server::schedule;
use crate::server::schedule::error::by_field;
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use crate::server::work::name::ModelName;
use crate::server::work::pricing::Prices;
use crate::server::work::providers::ProvidersConfig;
use garde::Validate;
use std::str::FromStr;
use std::sync::Arc;

/// Cheap to clone.
#[derive(Clone)]
pub struct Agents {
    store: Store,
    events: EventBus,
    models: Arc<ProvidersConfig>,
    prices: Prices,
}

impl Agents {
    pub fn new(store: Store, events: EventBus, models: Arc<ProvidersConfig>, prices: Prices) -> Self {
        Self { store, events, models, prices }
    }

    /// Makes an agent.
    ///
    /// # Errors
    /// `Invalid` when a value is out of its range, the model's name is not `provider/model`, the schedule or its time
    /// zone cannot be used, or a budget is in dollars and the model's price is not known.
    pub async fn create(&self, scope: &Scope, input: AgentInput) -> Result<Agent, AppError> {
        let input = input.tidied();
        let model = self.check(&input)?;
        let id = self.store.create_agent(scope, &input, &model).await?;
        let (agent, seq) = self.store.agent(scope, id).await?;
        self.events.publish(scope.owner(), id, seq, EventKind::AgentChanged);
        Ok(agent)
    }

    /// Replaces what a person sets on an agent.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when somebody has changed the agent since the version the input names; and as
    /// [`Agents::create`].
    pub async fn replace(&self, scope: &Scope, id: AgentId, input: AgentInput) -> Result<Agent, AppError> {
        let input = input.tidied();
        let model = self.check(&input)?;
        let seq = self.store.replace_agent(scope, id, &input, &model).await?;
        self.events.publish(scope.owner(), id, seq, EventKind::AgentChanged);
        Ok(self.store.agent(scope, id).await?.0)
    }

    /// Holds back an agent's schedule or lets it go on; runs under way are left alone.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_paused(&self, scope: &Scope, id: AgentId, paused: bool) -> Result<(), AppError> {
        let seq = self.store.set_paused(scope, id, paused).await?;
        self.events.publish(scope.owner(), id, seq, EventKind::AgentChanged);
        Ok(())
    }

    /// The model's name, or the default, once everything is in its range.
    fn check(&self, input: &AgentInput) -> Result<String, AppError> {
        input.validate()?;
        let named = self.named_model(input.model.as_deref());
        let faults = schedule::faults(input.kept_schedule(), &input.time_zone);
        let mut errors: Vec<(&str, String)> = by_field(faults).collect();
        errors.extend(named.as_ref().err().map(|error| ("model", error.to_string())));
        match named {
            Ok(model) if errors.is_empty() => {
                self.check_price(input, &model)?;
                Ok(model)
            }
            _ => Err(AppError::invalid_fields(errors)),
        }
    }

    /// Whether an agent may have this model; left empty, it gets the default one.
    ///
    /// # Errors
    /// `Invalid`, with what is wrong with its name.
    pub fn check_model(&self, name: &str) -> Result<(), AppError> {
        self.named_model(Some(name)).map(drop).map_err(|error| AppError::invalid_field("model", error))
    }

    fn named_model(&self, name: Option<&str>) -> Result<String, <ModelName as FromStr>::Err> {
        match name.map(str::trim).filter(|name| !name.is_empty()) {
            None => Ok(self.models.default_model()),
            Some(name) => name.parse::<ModelName>().map(|_| name.to_owned()),
        }
    }

    /// A limit in dollars cannot be kept without a price.
    fn check_price(&self, input: &AgentInput, model: &str) -> Result<(), AppError> {
        let field = match (input.run_budget_usd, input.month_budget_usd) {
            (Some(_), _) => "run_budget_usd",
            (None, Some(_)) => "month_budget_usd",
            (None, None) => return Ok(()),
        };
        match self.prices.knows(model, self.store.now()) {
            true => Ok(()),
            false => {
                let text = format!(
                    "the price of {model} is not known, so a budget in dollars cannot be kept. Limit the tokens \
                     instead, or name the price in runboard.toml."
                );
                Err(AppError::invalid_field(field, text))
            }
        }
    }
}
