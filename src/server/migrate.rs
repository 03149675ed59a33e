//! `runboard migrate up|down|status`: the schema by hand.

use crate::server::clock::SystemClock;
use crate::server::config::{Config, MigrateAction};
use crate::server::lock;
use crate::server::store::Store;
use anyhow::Context;
use std::sync::Arc;

/// Does as asked and prints what the schema then is.
///
/// # Errors
/// A server is using the database, it cannot be opened, or a migration fails.
pub async fn run(config: &Config, action: MigrateAction) -> anyhow::Result<()> {
    lock::take(config)?;
    let store = Store::open(&config.database, Arc::new(SystemClock)).await.context("cannot open the database")?;
    match action {
        MigrateAction::Up => store.migrate().await?,
        MigrateAction::Down { steps } => store.migrate_down(Some(steps)).await?,
        MigrateAction::Status => {}
    }
    for (name, applied) in store.migration_status().await? {
        println!("{} {name}", if applied { "applied" } else { "pending" });
    }
    store.close().await;
    Ok(())
}
