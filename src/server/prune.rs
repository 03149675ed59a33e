//! `runboard prune`: removes what has had its time by hand, where no server does, and shows what that would be.

use crate::domain::id::AgentId;
use crate::server::clock::SystemClock;
use crate::server::config::{Config, PruneOptions};
use crate::server::lock;
use crate::server::retention::Retention;
use crate::server::runs::events::EventBus;
use crate::server::store::Store;
use crate::server::store::retention::RetentionRecord;
use crate::server::store::space::Space;
use anyhow::{Context, bail};
use std::sync::Arc;

/// Agents that are read together.
const AGENTS: i64 = 200;

/// Does as asked and prints what came of it.
///
/// # Errors
/// There is no database, a server is using it, its schema is not up to date, or it cannot be opened, read or written; something
/// speaks against removing anything, and nobody has said that it is to be done anyway.
pub async fn run(config: &Config, options: PruneOptions) -> anyhow::Result<()> {
    if let Some(path) = config.sqlite_file().filter(|path| !path.exists()) {
        bail!("there is no database at {}", path.display());
    }
    if !options.dry_run {
        lock::take(config).context("a running server removes by itself what has had its time; --dry-run shows it")?;
    }
    let store = Store::open(&config.database, Arc::new(SystemClock)).await.context("cannot open the database")?;
    if store.migration_status().await?.iter().any(|(_, applied)| !applied) {
        bail!("the database's schema is not up to date: run `runboard migrate up` first");
    }
    match config.sqlite_file() {
        Some(path) => println!("database: {}", path.canonicalize().unwrap_or(path).display()),
        None => println!("database: PostgreSQL"),
    }
    println!("limits: {}", config.retention);
    let record = store.retention_record().await?;
    let objections = objections(config, record.as_ref(), &store);
    if options.dry_run {
        foresee(config, &store).await?;
        objections.iter().for_each(|objection| println!("note: {objection}"));
        store.close().await;
        return Ok(());
    }
    if !objections.is_empty() && !options.anyway {
        bail!(
            "nothing was removed: {}. To remove all the same, say --anyway; --dry-run shows what that is",
            objections.join("; ")
        );
    }
    let before = store.space().await?;
    let swept = Retention::new(store.clone(), EventBus::default(), config.retention).sweep(store.now(), None).await?;
    println!("runs removed: {}", swept.runs);
    println!("runs whose inputs and outputs were removed: {}", swept.payloads);
    while store.give_back_some().await? {}
    if options.vacuum {
        store.write_again().await.context("cannot write the file again")?;
    }
    say_space(before, store.space().await?);
    store.close().await;
    Ok(())
}

/// Returns what speaks against removing anything.
fn objections(config: &Config, record: Option<&RetentionRecord>, store: &Store) -> Vec<String> {
    let mut objections = Vec::new();
    if !config.retention_is_said {
        objections.push(
            "there is no configuration file, so these limits are the defaults: name the server's file with --config, or \
             set the limits by flags"
                .to_owned(),
        );
    }
    if let Some(record) = record.filter(|record| record.limits != config.retention) {
        objections.push(format!("the server that used this database last has other limits ({})", record.limits));
    }
    if let Some(grace) = RetentionRecord::grace_of(record, store.now()) {
        objections.push(format!(
            "no server that removes runs has used this database for long enough, or the clock has jumped ahead: it would \
             remove nothing until {}",
            grace.until
        ));
    }
    objections
}

/// Prints what would be removed.
async fn foresee(config: &Config, store: &Store) -> anyhow::Result<()> {
    let (mut runs, mut payloads, mut after) = (0, 0, AgentId(0));
    loop {
        let agents = store.agents_to_prune(after, AGENTS).await?;
        for agent in &agents {
            let Some(found) = store.agent_foresight(agent, config.retention, store.now()).await? else { continue };
            println!("agent #{} {}: {} runs, and the payloads of {}", agent.id, agent.name, found.runs, found.payloads);
            runs += found.runs;
            payloads += found.payloads;
        }
        match agents.last() {
            Some(last) if agents.len() as i64 == AGENTS => after = last.id,
            _ => break,
        }
    }
    println!("runs that would be removed: {runs}");
    println!("runs whose inputs and outputs would be removed: {payloads}");
    Ok(())
}

fn say_space(before: Option<Space>, after: Option<Space>) {
    let Some((before, after)) = before.zip(after) else { return };
    println!("file: {} bytes, before {}; {} of them free", after.bytes, before.bytes, after.free);
    if !after.gives_back && after.free > 0 {
        println!("free space is used for what comes next; `runboard prune --vacuum` gives it back to the disk");
    }
}
