//! Logs: to standard error, filtered by `RUST_LOG`.

use tracing_subscriber::EnvFilter;

/// What is logged when `RUST_LOG` says nothing. What rmcp does is in the state of its
/// servers.
pub const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,rmcp=off";

/// Begins to log. Doing it twice is fine.
pub fn start(filter: EnvFilter) {
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
