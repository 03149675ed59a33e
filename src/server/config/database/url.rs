//! The database's URL. It holds a password, so nothing here repeats a part of it: neither errors nor `Debug`.

use crate::server::database_file::path_of;
use reqwest::Url;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};

const POSTGRES: [&str; 2] = ["postgres://", "postgresql://"];
const ENCODE: &str = "in a user or password, write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25";
/// Parameters that the driver knows (sqlx, `PgConnectOptions::parse_from_url`). It logs the values of others.
const KNOWN: [&str; 19] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    POOLER,
];
/// Parameter by which other programs learn of a pooler in front of the database.
const POOLER: &str = "pgbouncer";
/// Parameters of libpq and of other programs that mean nothing to the driver and may be left out
/// (<https://www.postgresql.org/docs/current/libpq-connect.html>). Whatever is neither may be a mistyped `sslmode`, or a
/// part of a password.
const IGNORED: [&str; 14] = [
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "connection_limit",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "pool_timeout",
    "schema",
    "target_session_attrs",
    "tcp_user_timeout",
];

/// A `sqlite:` or `postgres:` URL that can be used.
#[derive(Clone)]
pub struct DatabaseUrl {
    text: SecretString,
    ignored: Vec<&'static str>,
    names_pooler: bool,
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.expose().split(':').next().unwrap_or_default();
        write!(f, "DatabaseUrl({scheme}:…)")
    }
}

impl DatabaseUrl {
    /// # Errors
    /// Says what is wrong and what would be right, without a word of the URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("sqlite:") {
            return sqlite(text);
        }
        if POSTGRES.iter().any(|scheme| text.starts_with(scheme)) {
            return postgres(text);
        }
        Err("the URL must begin with sqlite: or postgres://".to_owned())
    }

    /// Returns the URL of the SQLite database in a data directory.
    pub(in super::super) fn in_directory(data_dir: &Path) -> Self {
        Self { text: sqlite_url(data_dir).into(), ignored: Vec::new(), names_pooler: false }
    }

    /// Returns the URL itself, to connect with. It must not be shown.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// Names of parameters that were left out because they mean nothing here.
    pub fn ignored(&self) -> &[&'static str] {
        &self.ignored
    }

    /// Whether the URL says that statements cannot be prepared: `pgbouncer=true` or `statement-cache-capacity=0`.
    pub(super) fn names_pooler(&self) -> bool {
        self.names_pooler
    }

    /// Returns the SQLite file, if the database is one.
    pub(super) fn sqlite_file(&self) -> Option<PathBuf> {
        path_of(self.expose())
    }
}

/// Returns the URL of the SQLite database in a data directory. Two characters mean something in such a URL and may well
/// be in a directory's name.
pub fn sqlite_url(data_dir: &Path) -> String {
    let path = data_dir.join("runboard.db").display().to_string();
    format!("sqlite://{}", path.replace('%', "%25").replace('?', "%3F"))
}

fn sqlite(text: &str) -> Result<DatabaseUrl, String> {
    if text.contains(":memory:") || text.contains("mode=memory") {
        return Err("a database in memory forgets every run; name a file".to_owned());
    }
    match text.parse::<SqliteConnectOptions>() {
        Ok(_) => Ok(DatabaseUrl { text: text.into(), ignored: Vec::new(), names_pooler: false }),
        Err(_) => {
            Err("only mode, cache, immutable and vfs may follow the ? of a sqlite: URL, with values that SQLite \
                       knows (https://sqlite.org/uri.html); write a % of the path as %25"
                .to_owned())
        }
    }
}

fn postgres(text: &str) -> Result<DatabaseUrl, String> {
    let wrong = || format!("is not a URL such as postgres://user:password@host:5432/database; {ENCODE}");
    let mut url = Url::parse(text).map_err(|_| wrong())?;
    // After a / ? or # in a password the rest would be taken for a database, a parameter or nothing.
    if url.fragment().is_some() || url.path().contains('@') {
        return Err(wrong());
    }
    let (mut known, mut ignored) = (Vec::new(), Vec::new());
    for (name, value) in url.query_pairs().into_owned() {
        match IGNORED.iter().find(|ignored| **ignored == name) {
            Some(name) => ignored.push(*name),
            None if KNOWN.contains(&&*name) || name.starts_with("options[") => known.push((name, value)),
            None => {
                let names = KNOWN.join(", ");
                return Err(format!("a parameter of the URL is not known (there are {names}); {ENCODE}"));
            }
        }
    }
    let says = |name: &str, values: &[&str]| {
        known.iter().any(|(known, value)| known == name && values.contains(&value.as_str()))
    };
    let names_pooler = says(POOLER, &["true", "1"]) || says("statement-cache-capacity", &["0"]);
    let kept = known.iter().filter(|(name, _)| name != POOLER);
    url.set_query(None);
    for (name, value) in kept {
        url.query_pairs_mut().append_pair(name, value);
    }
    url.as_str().parse::<PgConnectOptions>().map_err(|_| {
        "a parameter of the URL has a value that cannot be used: sslmode is disable, allow, prefer, require, verify-ca \
         or verify-full, hostaddr an address, port and statement-cache-capacity numbers"
            .to_owned()
    })?;
    Ok(DatabaseUrl { text: url.as_str().into(), ignored, names_pooler })
}
