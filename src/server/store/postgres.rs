//! Reaching PostgreSQL as people run it: few connections, a pooler in front, a database in another encoding, a server that is
//! still starting. Knows no statements of ours.

use super::error::{StoreError, StoreResult, ends_session};
use super::pool::{Pool, Sessions};
use super::reach::Reach;
use crate::server::backoff::Backoff;
use crate::server::config::database::{DatabaseConfig, PreparedStatements};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions, Connection, Row};
use sea_orm::{DbErr, RuntimeErr, SqlxPostgresConnector};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Connections at most, unless the operator says otherwise and as far as the server allows as many.
const CONNECTIONS: u32 = 20;
/// How long to wait at start for a server that does not take connections at all.
const UNREACHABLE_PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait at start for one that will take them: it is starting, or has none to spare.
const BUSY_PATIENCE: Duration = Duration::from_secs(300);
const BACKOFF: Backoff = Backoff { first: Duration::from_millis(100), longest: Duration::from_secs(5) };
/// How long a single attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// A setting of ours that a session has when what was asked for at its start has reached the server. Poolers refuse such
/// settings or leave them out, since they hand one session to many clients.
const MARK: &str = "runboard.session";

/// Asks everything that must be known of a server before it is used. One statement, so that a pooler need not keep a session for it.
/// `free`: how many connections we may have, this one included, by the limits of server, role and database
/// (<https://www.postgresql.org/docs/current/runtime-config-connection.html>).
const INSPECT: &str = "
SELECT pg_encoding_to_char(d.encoding) AS encoding,
       COALESCE(current_setting('runboard.session', TRUE), '') AS mark,
       CAST(GREATEST(1, 1 + LEAST(
           CAST(current_setting('max_connections') AS BIGINT)
               - CASE WHEN r.rolsuper THEN 0
                      ELSE CAST(current_setting('superuser_reserved_connections') AS BIGINT)
                         + CAST(COALESCE(NULLIF(current_setting('reserved_connections', TRUE), ''), '0') AS BIGINT) END
               - (SELECT COALESCE(SUM(numbackends), 0) FROM pg_stat_database),
           CASE WHEN r.rolconnlimit >= 0 AND NOT r.rolsuper
                THEN r.rolconnlimit - (SELECT COUNT(*) FROM pg_stat_activity WHERE usesysid = r.oid) END,
           CASE WHEN d.datconnlimit >= 0 AND NOT r.rolsuper
                THEN d.datconnlimit
                   - (SELECT COALESCE(SUM(numbackends), 0) FROM pg_stat_database WHERE datid = d.oid) END
       )) AS BIGINT) AS free
FROM pg_database d CROSS JOIN pg_roles r
WHERE d.datname = current_database() AND r.rolname = current_user";

struct Server {
    encoding: String,
    /// Whether a session is ours for as long as the connection lasts.
    is_direct: bool,
    free: u32,
}

/// Connects to a database, waiting for one that is starting or has no connection to spare.
///
/// # Errors
/// It cannot be reached, or it cannot hold all texts.
pub(super) async fn connect(config: &DatabaseConfig) -> StoreResult<Pool> {
    for parameter in config.url.ignored() {
        tracing::warn!(parameter, "a parameter of the database's URL means nothing here and is left out");
    }
    let options: PgConnectOptions = config.url.expose().parse().map_err(failed)?;
    // Poolers know the latter only where they are configured to, and nothing here is a floating-point number.
    let options = options.disable_statement_logging().extra_float_digits(None);
    let server = inspect(&options).await?;
    if server.encoding != "UTF8" {
        return Err(StoreError::Unusable(format!(
            "the database is encoded in {}, which cannot hold every text: make one that is, by CREATE DATABASE runboard \
             ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL",
            server.encoding
        )));
    }
    let is_named = match config.prepared {
        PreparedStatements::Auto => server.is_direct,
        PreparedStatements::On => true,
        PreparedStatements::Off => false,
    };
    let options = match server.is_direct {
        true => options
            .options([("default_transaction_isolation", "read committed"), ("default_transaction_read_only", "off")]),
        false => options,
    };
    let options = if is_named { options } else { options.statement_cache_capacity(0) };
    let connections = connections(config, &server);
    tracing::info!(connections, direct = server.is_direct, prepared = is_named, "using PostgreSQL");
    let reach = Reach::of(&options);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Pool::attempt(config.wait))
        .idle_timeout(config.idle)
        .connect_lazy_with(options);
    let sessions = match (server.is_direct, is_named) {
        (true, true) => Sessions::Own,
        (_, is_named) => Sessions::Shared { is_named },
    };
    Ok(Pool::new(SqlxPostgresConnector::from_sqlx_postgres_pool(pool), sessions, config.wait).of(reach))
}

/// Returns how many connections to have at most.
fn connections(config: &DatabaseConfig, server: &Server) -> u32 {
    // The connections behind a pooler are left to the pooler.
    let free = if server.is_direct { server.free } else { u32::MAX };
    match config.connections {
        Some(connections) if connections > free => {
            tracing::warn!(connections, free, "more connections are set than the database has to spare at present");
            connections
        }
        Some(connections) => connections,
        None => CONNECTIONS.min(free),
    }
}

async fn inspect(options: &PgConnectOptions) -> StoreResult<Server> {
    let marked = options.clone().options([(MARK, "own")]);
    let looked = match reach(&marked).await {
        Err(error) if refuses_settings(&error) => reach(options).await,
        looked => looked,
    };
    looked.map_err(failed)
}

/// Connects and looks at the server, however long that takes within reason.
async fn reach(options: &PgConnectOptions) -> Result<Server, sqlx::Error> {
    let began = Instant::now();
    let mut failures = 0;
    loop {
        let attempt = timeout(CONNECT_TIMEOUT, look(options)).await;
        let error = match attempt.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into()))) {
            Ok(server) => return Ok(server),
            Err(error) => error,
        };
        let (patience, says) = match Wait::of(&error) {
            Some(Wait::Unreachable) => (UNREACHABLE_PATIENCE, "the database cannot be reached; trying again"),
            Some(Wait::Busy) => (BUSY_PATIENCE, "the database lets nobody in at present; waiting for it"),
            None => return Err(error),
        };
        failures += 1;
        let pause = BACKOFF.pause(failures);
        if began.elapsed() + pause > patience {
            return Err(error);
        }
        tracing::warn!(%error, "{says}");
        sleep(pause).await;
    }
}

/// Connects and looks at the server. Some poolers let everybody in, and have no connection to spare only then.
async fn look(options: &PgConnectOptions) -> Result<Server, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let row = sqlx::raw_sql(INSPECT).fetch_one(&mut connection).await?;
    let server = Server {
        encoding: row.try_get("encoding")?,
        is_direct: row.try_get::<String, _>("mark")? == "own",
        free: u32::try_from(row.try_get::<i64, _>("free")?).unwrap_or(u32::MAX),
    };
    // The server must not count it any longer when the others come.
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "closing the first connection");
    }
    Ok(server)
}

/// Names the reason why a connection could not be made.
#[derive(Debug, PartialEq, Eq)]
enum Wait {
    Unreachable,
    Busy,
}

impl Wait {
    /// `None` where waiting would not help.
    fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            // Servers have codes of their own for that they are full or starting, poolers any. Not for whom it refuses, for a
            // database that is not there or damaged, or for what it does not know.
            sqlx::Error::Database(said) if !refuses_settings(error) => {
                let code = said.code().unwrap_or_default();
                let (class, is_full) = (code.get(..2), matches!(&*code, "53300" | "57P03" | "08P01"));
                let is_final =
                    matches!(class, Some("28" | "3D" | "42" | "0A" | "22")) || matches!(&*code, "XX001" | "XX002");
                (is_full || (ends_session(error) && !is_final)).then_some(Self::Busy)
            }
            sqlx::Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::TimedOut
                | ErrorKind::UnexpectedEof
                // The directory of its socket is not there yet.
                | ErrorKind::NotFound => Some(Self::Unreachable),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether a pooler does not take settings at the start of a session: protocol_violation with pgbouncer,
/// feature_not_supported with others.
fn refuses_settings(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|said| {
        let message = said.message();
        said.code().is_some_and(|code| matches!(&*code, "08P01" | "0A000"))
            && (message.contains("parameter") || message.contains("options"))
    })
}

fn failed(error: sqlx::Error) -> StoreError {
    // A server or pooler that responds without ending the session was reached, and has judged the statement.
    let is_judged = error.as_database_error().is_some() && !ends_session(&error);
    let cause = RuntimeErr::SqlxError(Arc::new(error));
    if is_judged { DbErr::Query(cause).into() } else { DbErr::Conn(cause).into() }
}

#[cfg(test)]
mod tests;
