//! Agents as a service: checks the doors' input, resolves the model, notifies whoever listens.

mod copies;
mod edits;
pub mod estimates;
mod file;
pub mod imports;
pub mod versions;

use crate::domain::agent::{Agent, AgentSettings, Draft, Setting};
use crate::domain::id::AgentId;
use crate::domain::model::{ModelChoice, ModelChoices, ModelRates};
use crate::error::{AppError, FieldError};
use crate::server::runs::events::{EventBus, EventKind};
use crate::server::schedule;
use crate::server::schedule::error::by_field;
use crate::server::store::Store;
use crate::server::store::agents::Replaced;
use crate::server::store::scope::Scope;
use crate::server::store::versions::Saving;
use crate::server::work::name::{ModelName, NameError};
use crate::server::work::pricing::Prices;
use crate::server::work::providers::ProvidersConfig;
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

    /// Creates an agent.
    ///
    /// # Errors
    /// `Invalid`, with all that is wrong: a value that could not be read or is out of its bounds, a model that no provider
    /// can have, a schedule or time zone that cannot be used; or a budget in dollars where the model's price is not known.
    pub async fn create(&self, scope: &Scope, draft: Draft) -> Result<Agent, AppError> {
        if let Err(error) = self.store.not_again(scope).await {
            return Ok(self.store.agent(scope, error.recorded()?).await?.0);
        }
        let note = draft.note.clone();
        let settings = self.check(draft, None)?;
        let id = match self.store.create_agent(scope, &settings, note.as_deref()).await {
            Ok(id) => id,
            // As it is by now: others may have changed it.
            Err(error) => return Ok(self.store.agent(scope, error.recorded()?).await?.0),
        };
        let (agent, seq) = self.stored(scope, id).await?;
        self.events.publish(scope.owner(), id, seq, EventKind::AgentChanged);
        Ok(agent)
    }

    /// Returns an agent whose settings have just been stored; an error does not leave that open.
    async fn stored(&self, scope: &Scope, id: AgentId) -> Result<(Agent, i64), AppError> {
        self.store.agent(scope, id).await.map_err(|error| match error.is_passing() {
            true => {
                AppError::busy(format!("Agent #{id} is saved, but could not be read again just now. Look at it later."))
            }
            false => error.into(),
        })
    }

    /// Replaces an agent's settings, which makes a version of them unless nothing changes. Returns the number of the version
    /// that has them.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when somebody has changed the agent since the version the draft names; and as
    /// [`Agents::create`].
    pub async fn replace(&self, scope: &Scope, id: AgentId, draft: Draft) -> Result<i64, AppError> {
        let saving = Saving { from: draft.version, note: draft.note.clone() };
        let present = self.store.agent(scope, id).await?.0.settings;
        let settings = self.check(draft, Some(&present))?;
        let Replaced { seq, version } = self.store.replace_agent(scope, id, &settings, &saving).await?;
        self.events.publish(scope.owner(), id, seq, EventKind::AgentChanged);
        Ok(version)
    }

    /// Does so, and returns the agent as it is then.
    ///
    /// # Errors
    /// As [`Agents::replace`].
    pub async fn replaced(&self, scope: &Scope, id: AgentId, draft: Draft) -> Result<Agent, AppError> {
        self.replace(scope, id, draft).await?;
        Ok(self.stored(scope, id).await?.0)
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

    /// Returns the settings with their model, once nothing is wrong with any of them. A schedule and a model that the agent
    /// has already may stay, also where they could not be chosen any more.
    fn check(&self, draft: Draft, present: Option<&AgentSettings>) -> Result<AgentSettings, AppError> {
        let Draft { mut settings, mut errors, .. } = draft;
        let named = match present.filter(|present| present.model == settings.model) {
            Some(present) => Ok(present.model.clone()),
            None => self.named_model(&settings.model),
        };
        let timing = |settings: &AgentSettings| (settings.schedule.clone(), settings.time_zone.clone());
        let keeps_time = present.is_some_and(|present| timing(present) == timing(&settings));
        let faults = schedule::faults(settings.schedule.as_deref().filter(|_| !keeps_time), &settings.time_zone);
        let mut others: Vec<FieldError> = by_field(faults).collect();
        others.extend(named.as_ref().err().map(|error| FieldError::of(Setting::Model.name(), error)));
        // Of a value that is out of its bounds nothing more is said.
        others.retain(|other| errors.iter().all(|error| error.field() != other.field()));
        errors.append(&mut others);
        errors.sort_by_key(|error| Setting::named(error.field()).map_or(usize::MAX, |setting| setting as usize));
        if let (Ok(model), []) = (named, errors.as_slice()) {
            settings.model = model;
            self.check_price(&settings)?;
            return Ok(settings);
        }
        Err(AppError::invalid_fields(errors))
    }

    /// Returns the model of a run that is to go by these settings rather than by those of its agent.
    ///
    /// # Errors
    /// `Invalid`: no provider can have the model, or there is a limit in dollars and its price is not known.
    pub fn check_run(&self, settings: &AgentSettings, present: &AgentSettings) -> Result<String, AppError> {
        let named = match settings.model == present.model {
            true => Ok(present.model.clone()),
            false => self.named_model(&settings.model),
        };
        let model = named.map_err(|error| AppError::invalid_field(Setting::Model.name(), error))?;
        let names_budget = settings.run_budget_usd != present.run_budget_usd;
        if !names_budget && model != present.model && self.lacks_price(settings).is_some() {
            let text = format!(
                "has no known price, so the agent's budget in dollars cannot be kept with {model}. Choose another, or name \
                 the price in runboard.toml."
            );
            return Err(AppError::invalid_field(Setting::Model.name(), text));
        }
        self.check_price(settings)?;
        Ok(model)
    }

    /// Whether an agent may have this model, and what it costs, if that is known. Left empty, it is the default one.
    ///
    /// # Errors
    /// `Invalid`, with what is wrong with its name.
    pub fn check_model(&self, name: &str) -> Result<Option<ModelRates>, AppError> {
        let model = self.named_model(name).map_err(|error| AppError::invalid_field(Setting::Model.name(), error))?;
        Ok(self.prices.rates(&model, self.store.now()))
    }

    /// Returns the models a form offers, with their prices; among them the one that the agent has at `present`.
    pub fn models(&self, present: Option<&str>) -> ModelChoices {
        let mut models = self.models.choices();
        let is_new = |name: &&str| models.choices.iter().all(|choice| choice.name != **name);
        if let Some(name) = present.filter(is_new) {
            models
                .choices
                .insert(0, ModelChoice { name: name.to_owned(), note: "as it is now".to_owned(), rates: None });
        }
        let now = self.store.now();
        for choice in &mut models.choices {
            choice.rates = self.prices.rates(&choice.name, now);
        }
        models
    }

    fn named_model(&self, name: &str) -> Result<String, String> {
        let name = name.trim();
        if name.is_empty() {
            return Ok(self.models.default_model());
        }
        let parsed: ModelName = name.parse().map_err(|error: NameError| error.to_string())?;
        self.models.check(&parsed).map(|()| name.to_owned())
    }

    /// Refuses a limit in dollars without a price: it could not be kept.
    fn check_price(&self, settings: &AgentSettings) -> Result<(), AppError> {
        let Some(field) = self.lacks_price(settings) else { return Ok(()) };
        let text = format!(
            "the price of {} is not known, so a budget in dollars cannot be kept. Limit the tokens instead, or name the \
             price in runboard.toml.",
            settings.model
        );
        Err(AppError::invalid_field(field, text))
    }

    /// Returns the budget in dollars that cannot be kept, because the price of the model is not known.
    fn lacks_price(&self, settings: &AgentSettings) -> Option<&'static str> {
        let field = match (settings.run_budget_usd, settings.month_budget_usd) {
            (Some(_), _) => "run_budget_usd",
            (None, Some(_)) => "month_budget_usd",
            (None, None) => return None,
        };
        (!self.prices.knows(&settings.model, self.store.now())).then_some(field)
    }
}
