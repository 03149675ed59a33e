//! `runboard migrate up|down|status`: the schema by hand.

use crate::server::clock::SystemClock;
use crate::server::config::{Config, MigrateAction};
use crate::server::lock;
use crate::server::store::Store;
use anyhow::{Context, bail};
use migration::{Migrator, MigratorTrait};
use std::sync::Arc;

/// Migrates as asked and prints the state of the schema. Only `up` creates a database that is not there.
///
/// # Errors
/// There is no database to take migrations back from, a server is using it, it cannot be opened, or a migration fails.
pub async fn run(config: &Config, action: MigrateAction) -> anyhow::Result<()> {
    if let Some(path) = config.sqlite_file().filter(|path| !path.exists()) {
        match action {
            MigrateAction::Up => {}
            MigrateAction::Down { .. } => bail!("there is no database at {}", path.display()),
            MigrateAction::Status => {
                eprintln!("runboard: there is no database at {} yet; `runboard migrate up` creates it", path.display());
                Migrator::migrations().iter().for_each(|migration| print(migration.name(), false));
                return Ok(());
            }
        }
    }
    lock::take(config)?;
    let store = Store::open(&config.database, Arc::new(SystemClock)).await.context("cannot open the database")?;
    match action {
        MigrateAction::Up => store.migrate().await?,
        MigrateAction::Down { steps } => store.migrate_down(Some(steps)).await?,
        MigrateAction::Status => {}
    }
    for (name, applied) in store.migration_status().await? {
        print(&name, applied);
    }
    store.close().await;
    Ok(())
}

fn print(migration: &str, applied: bool) {
    println!("{} {migration}", if applied { "applied" } else { "pending" });
}
