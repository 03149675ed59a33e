//! The services that the doors call, wired once.

use crate::domain::views::assets::AssetNames;
use crate::server::agents::Agents;
use crate::server::bulk::Bulk;
use crate::server::callers::{Callers, Local};
use crate::server::clock::SharedClock;
use crate::server::config::Config;
use crate::server::examples;
use crate::server::execution::RunExecutor;
use crate::server::hooks::Hooks;
use crate::server::live::hub::Hub;
use crate::server::reads::run_lists::RunLists;
use crate::server::reads::snapshots::Snapshots;
use crate::server::retention::Retention;
use crate::server::runs::Runs;
use crate::server::runs::events::EventBus;
use crate::server::starts::Starts;
use crate::server::store::{Store, bulk, deliveries, echoes, once, search, upkeep};
use crate::server::tasks::Tasks;
use crate::server::threads::Threads;
use crate::server::views::Views;
use crate::server::work::catalogue::Catalogue;
use crate::server::work::executor::ChatExecutor;
use crate::server::work::pricing::{self, Prices};
use crate::server::work::provider_model::ProviderModel;
use crate::server::work::providers::ProvidersConfig;
use crate::server::work::tools::Toolbox;
use anyhow::Context;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub callers: Arc<dyn Callers>,
    pub store: Store,
    pub agents: Agents,
    pub runs: Runs,
    pub starts: Starts,
    pub bulk: Bulk,
    pub views: Views,
    pub hooks: Hooks,
    pub threads: Threads,
    pub models: Arc<ProvidersConfig>,
    pub catalogue: Catalogue,
    pub snapshots: Snapshots,
    pub run_lists: RunLists,
    pub retention: Retention,
    pub hub: Hub,
    /// The server is ending: open streams close, nothing new begins.
    pub closing: CancellationToken,
    pub assets: Arc<AssetNames>,
    pub toolbox: Toolbox,
    pub tasks: Tasks,
    /// Files that are needed besides those of clients' connections.
    pub files: u64,
}

impl AppState {
    /// Opens the database, brings its schema up to date and wires the services with the configured models.
    ///
    /// # Errors
    /// The database cannot be opened or migrated.
    pub async fn open(config: &Config, clock: SharedClock, assets: AssetNames) -> anyhow::Result<Self> {
        pricing::warm(&config.providers);
        let model = Arc::new(ProviderModel::new(config.providers.clone(), Arc::clone(&clock))?);
        let prices = prices(config);
        let toolbox = Toolbox::new(&config.file.tools, Arc::clone(&clock));
        let executor = ChatExecutor::new(model, prices, toolbox.clone(), Arc::clone(&clock));
        Self::wire(config, clock, toolbox, Arc::new(executor), assets).await
    }

    /// Opens the state as [`Self::open`] does, with the given tools, executor and pages' files.
    ///
    /// # Errors
    /// The database cannot be opened or migrated.
    pub async fn wire(
        config: &Config,
        clock: SharedClock,
        toolbox: Toolbox,
        executor: Arc<dyn RunExecutor>,
        assets: AssetNames,
    ) -> anyhow::Result<Self> {
        let catalogue = Catalogue::new(config.providers.clone(), prices(config), Arc::clone(&clock))?;
        let store = Store::open(&config.database, clock).await.context("cannot open the database")?;
        let store = store.with_pricing(Arc::new(prices(config)));
        store.migrate().await.context("cannot bring the database's schema up to date")?;
        examples::plant(&store).await.context("cannot write to the database")?;
        let events = EventBus::default();
        let runs = Runs::new(store.clone(), Arc::clone(&executor), events.clone(), owner(), config.workers);
        let closing = CancellationToken::new();
        let tasks = Tasks::new(closing.clone());
        upkeep::start(&store, &tasks);
        echoes::start(&store, &tasks);
        once::start(&store, &tasks);
        deliveries::start(&store, &tasks);
        bulk::start(&store, &tasks);
        search::start(&store, &tasks);
        let retention = Retention::new(store.clone(), events.clone(), config.retention);
        retention.start(&tasks);
        let hub = Hub::new(store.clone());
        hub.start(&events, closing.clone(), &tasks);
        let models = Arc::new(config.providers.clone());
        let agents = agents(config, &store, &events);
        let starts = Starts::new(store.clone(), runs.clone(), agents.clone());
        let bulk = Bulk::new(store.clone(), runs.clone(), owner());
        bulk.start(&tasks, closing.clone());
        Ok(Self {
            callers: Arc::new(Local),
            hooks: Hooks::new(store.clone(), starts.clone(), events.clone()),
            starts,
            bulk,
            views: Views::new(store.clone()),
            agents,
            threads: Threads::new(store.clone(), runs.clone(), events),
            snapshots: Snapshots::new(store.clone(), runs.registry().clone(), executor),
            run_lists: RunLists::new(store.clone()),
            retention,
            store,
            runs,
            models,
            catalogue,
            hub,
            closing,
            assets: Arc::new(assets),
            toolbox,
            tasks,
            files: config.files(),
        })
    }
}

/// Returns the service for agents.
pub fn agents(config: &Config, store: &Store, events: &EventBus) -> Agents {
    Agents::new(store.clone(), events.clone(), Arc::new(config.providers.clone()), prices(config))
}

/// Returns the prices that apply: the operator's own over the bundled ones.
fn prices(config: &Config) -> Prices {
    Prices::new(&config.providers).with_overrides(config.file.prices.clone())
}

/// Makes a name for this start of this process, so that leases distinguish their holders.
fn owner() -> String {
    format!("{}-{:016x}", std::process::id(), rand::random::<u64>())
}
