//! `runboard stats rebuild`: counts the runs of each hour again.

use crate::server::clock::SystemClock;
use crate::server::config::{Config, StatsAction};
use crate::server::lock;
use crate::server::store::Store;
use crate::server::store::rollups::Rebuilt;
use anyhow::{Context, bail};
use std::sync::Arc;

/// Does as asked and prints what came of it.
///
/// # Errors
/// There is no database, a server is using it, its schema is not up to date, or it cannot be opened, read or written.
pub async fn run(config: &Config, action: StatsAction) -> anyhow::Result<()> {
    if let Some(path) = config.sqlite_file().filter(|path| !path.exists()) {
        bail!("there is no database at {}", path.display());
    }
    lock::take(config)?;
    let store = Store::open(&config.database, Arc::new(SystemClock)).await.context("cannot open the database")?;
    if store.migration_status().await?.iter().any(|(_, applied)| !applied) {
        bail!("the database's schema is not up to date: run `runboard migrate up` first");
    }
    let StatsAction::Rebuild = action;
    let Rebuilt { agents, hours, kept } = store.rebuild_stats().await?;
    println!("agents: {agents}");
    println!("hours counted again: {}", hours - kept);
    println!("hours left as they were, since not all of their runs are kept: {kept}");
    store.close().await;
    Ok(())
}
