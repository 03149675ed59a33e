//! Logs: to standard error, filtered by `RUST_LOG`.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Log filter when `RUST_LOG` says nothing. The state of rmcp's servers says what it does.
pub const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,rmcp=off";

/// Begins to log, in colour for people at a terminal who have not said no to it (<https://no-color.org>). Doing it twice is
/// fine.
pub fn start(filter: EnvFilter) {
    let declined = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = std::io::stderr().is_terminal() && !declined;
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colour).with_writer(std::io::stderr).try_init();
}
