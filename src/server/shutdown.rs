//! How the server ends: within 10 s, with the truth written down.

use crate::server::state::AppState;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

/// How long runs may go on before they are cut off.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long runs and requests may take in all.
const LIMIT: Duration = Duration::from_millis(7_500);
/// How long MCP servers and the database each may take to close; neither must keep the process alive.
const CLOSING: Duration = Duration::from_secs(1);

/// Completes on SIGTERM, SIGINT or SIGHUP, which a terminal sends that is closed; under `nohup` that one stays ignored.
pub async fn requested() {
    let hangup_matters = !is_ignored(SignalKind::hangup());
    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                tracing::error!(%error, "cannot listen for signals");
                std::future::pending().await
            }
        }
    };
    tokio::select! {
        () = wait(SignalKind::terminate()) => {}
        () = wait(SignalKind::interrupt()) => {}
        () = wait(SignalKind::hangup()), if hangup_matters => {}
    }
}

/// Whether the process was started with this signal ignored; `false` where the system does not say (proc(5), `SigIgn`).
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (kind.as_raw_value() - 1) & 1 == 1
}

/// Waits for runs and open requests, each bounded, then closes the database.
///
/// # Errors
/// A panic while connections were taken.
pub async fn drain(state: AppState, server: JoinHandle<()>) -> anyhow::Result<()> {
    let runs = state.runs.drain(PATIENCE, LIMIT);
    let ((), served) = tokio::join!(runs, tokio::time::timeout(LIMIT, server));
    if tokio::time::timeout(CLOSING, state.toolbox.shut_down()).await.is_err() {
        tracing::warn!("some MCP servers did not end in time; they end with this process");
    }
    if tokio::time::timeout(CLOSING, state.store.close()).await.is_err() {
        tracing::warn!("the database did not close in time; it is left as after a crash, which loses nothing");
    }
    match served {
        Ok(Ok(())) => Ok(()),
        Ok(Err(panicked)) => Err(panicked.into()),
        Err(_) => {
            tracing::warn!("some requests were still open");
            Ok(())
        }
    }
}
