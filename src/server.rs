//! The server half: HTTP, database, run engine, models. Compiled with `ssr` only.

pub mod agents;
pub mod apply;
pub mod aside;
pub mod backoff;
pub mod bulk;
pub mod callers;
pub mod charts;
pub mod clock;
mod compare;
pub mod config;
pub mod connections;
pub mod database_file;
mod differences;
pub mod doors;
pub mod entity;
pub mod examples;
pub mod execution;
pub mod file_limit;
pub mod hooks;
mod lenient;
pub mod live;
pub mod lock;
pub mod markdown;
pub mod migrate;
pub mod once;
mod private;
pub mod prune;
pub mod reads;
pub mod retention;
#[cfg(test)]
mod rooms;
pub mod runs;
pub mod schedule;
#[cfg(test)]
mod scopes;
pub mod shutdown;
pub mod starts;
pub mod state;
pub mod stats;
pub mod store;
pub mod tasks;
pub mod telemetry;
pub mod threads;
pub mod views;
pub mod work;

use anyhow::Context;
use config::Config;
use connections::Patience;
use state::AppState;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Rendering a page makes and drops many small values; with the system's allocator that is the larger part of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the server until it is asked to end.
///
/// # Errors
/// The address is taken, the data directory is in use or cannot be written, or the database cannot be opened.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    // Bound first: an address that is taken should leave no trace in the data directory.
    let listener = connections::listen(config.addr)
        .with_context(|| format!("cannot listen on {}: is another server there? Choose with --addr", config.addr))?;
    survive_file_size_limits();
    file_limit::raise();
    let config = config.within(file_limit::files().saturating_sub(connections::LEAST_FILES));
    lock::take(&config)?;
    let state = AppState::open(&config, Arc::new(clock::SystemClock), doors::assets::names()?).await?;
    state.toolbox.start().await;
    state.runs.start(&state.tasks).await.context("cannot recover the runs of the last start")?;
    let address = listener.local_addr()?;
    lock::announce(&config, address)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, "listening");
    println!("Runboard is at http://{address}");
    let closing = state.closing.clone();
    tokio::spawn(async move {
        shutdown::requested().await;
        tracing::info!("ending: no new runs; those running have a moment to finish");
        closing.cancel();
    });
    serve_on(listener, state).await
}

/// Makes a write beyond the limit on the size of files (`ulimit -f`) an error like others, not the end of the process.
fn survive_file_size_limits() {
    let beyond = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    // Once registered, it stays so.
    if let Err(error) = signal(beyond) {
        tracing::warn!(%error, "a limit on the size of files will end the server");
    }
}

/// Serves on a bound listener until the state's `closing` is cancelled, then drains.
///
/// # Errors
/// A panic while connections were taken.
pub async fn serve_on(listener: TcpListener, state: AppState) -> anyhow::Result<()> {
    let (router, full) = (doors::router::build(state.clone()), doors::router::full());
    let closing = state.closing.clone();
    let places = connections::places(state.files);
    let server = tokio::spawn(connections::serve(listener, places, router, full, closing.clone(), Patience::USUAL));
    closing.cancelled().await;
    shutdown::drain(state, server).await
}
